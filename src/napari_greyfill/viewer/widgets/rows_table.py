"""The table of finished fills in a dock: the view, its buttons, and what they write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from napari_greyfill.comparison import Row
from napari_greyfill.comparison.columns import Column, best_rows
from napari_greyfill.comparison.tables import to_tsv, write_table
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.tables import SortedRows, TableModel, ask_and_write, table_view

__all__ = ["RowsTable"]

_KINDS = "CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex);;HTML (*.html)"


class RowsTable(QWidget):
    """A table of rows that can be sorted, copied and saved; the best of each column is bold.

    Parameters
    ----------
    columns : sequence of Column
        What the view shows; files have all columns.
    texts : dict
        Tooltips, by "table", "copy" and "save".
    name : str
        What files are called unless the user says otherwise.
    height : int
        Of the view at least, in pixels.
    key : callable, optional
        A row replaces an earlier one of the same key.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        texts: dict[str, str],
        name: str,
        height: int,
        key: Callable[[Row], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.model = TableModel(columns, self, key=key, best=best_rows, tip=_tip)
        self.sorted = SortedRows(self.model, self)
        self.view = table_view(self.sorted, texts["table"], height)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.copy_button = button("Copy", texts["copy"], self.copy)
        self.save_button = button("Save table…", texts["save"], self._ask_and_save)
        self._buttons: list[QPushButton] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def arrange(self, above: Sequence[QWidget] = (), buttons: Sequence[QPushButton] = ()) -> None:
        """Lay out the view, with widgets above it and more buttons beside its own."""
        self._buttons = [self.copy_button, self.save_button, *buttons]
        for widget in (*above, self.view):
            self._layout.addWidget(widget)
        self._layout.addLayout(side_by_side(*self._buttons))
        self._enable_buttons()

    @property
    def rows(self) -> list[Row]:
        """Return the rows in the order they came."""
        return self.model.rows

    def add(self, row: Row) -> None:
        """Append a row, or replace the one of the same key."""
        self.model.add(row)
        self.view.resizeColumnsToContents()
        self._enable_buttons()

    def clear(self) -> None:
        """Remove all rows."""
        self.model.show_rows([])
        self._enable_buttons()

    def shown_rows(self) -> list[Row]:
        """Return the rows that are shown, in that order."""
        return self.sorted.shown()

    def copy(self) -> None:
        """Put the table on the clipboard as it is shown."""
        text = to_tsv(self.shown_rows(), self.model.columns)
        QGuiApplication.clipboard().setText(text)

    def save(self, path: Path) -> None:
        """Write the rows that are shown; raises as `write_table` does."""
        write_table(self.shown_rows(), path)

    def _ask_and_save(self) -> None:
        ask_and_write(self, "Save table", f"{self._name}.csv", _KINDS, self.save)

    def _enable_buttons(self) -> None:
        for action in self._buttons:
            action.setEnabled(bool(self.rows))


def _tip(row: Row, column: Column[Row]) -> str:
    """Return why a row failed, or what a cell shows."""
    return row.error or f"{row.combination.title}\n{column.title}: {column.text(row)}"
