"""The table of a comparison: a Qt model over rows, and the view with filter and buttons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtGui import QFont, QGuiApplication
from qtpy.QtWidgets import QAbstractItemView, QLineEdit, QTableView, QVBoxLayout, QWidget

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison import Row
from napari_greyfill.comparison.figures import bars, save_figure
from napari_greyfill.comparison.tables import (
    COLUMNS,
    Column,
    best_rows,
    to_csv,
    to_latex,
    to_markdown,
    to_tsv,
)
from napari_greyfill.errors import BadParameterError
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.tables import SortedRows, TableModel, ask_and_write, table_view
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

__all__ = ["CompareTable", "CompareTableModel"]

_LAST = ("colorizer", "error")  # docks are narrow, and the numbers matter more
_COLUMNS = tuple(
    sorted((c for c in COLUMNS if c.key != "picture"), key=lambda column: column.key in _LAST)
)
_WRITERS: dict[str, Callable[[list[Row]], str]] = {
    ".csv": to_csv,
    ".md": to_markdown,
    ".tex": to_latex,
}


class CompareTableModel(TableModel):
    """Ways of filling as rows; the best of each column is bold."""

    columns = _COLUMNS
    rows: list[Row]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._best: dict[str, set[int]] = {}

    def add(self, row: Row) -> None:
        """Append a row, or replace the one of the same combination."""
        known = [old.combination for old in self.rows]
        if row.combination in known:
            self.rows[known.index(row.combination)] = row
        else:
            super().add(row)
        self._best = best_rows(self.rows)
        self.tell_changed()  # what was best may be no longer

    def clear(self) -> None:
        """Remove all rows."""
        self._best = {}
        super().clear()

    def tip(self, row: Row, column: Column[Row]) -> str:
        """Return why a row failed, or what a cell shows."""
        return row.error or f"{row.combination.title}\n{super().tip(row, column)}"

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what Qt asks of a cell."""
        if role == Qt.ItemDataRole.FontRole and self._is_best(index):
            font = QFont()
            font.setBold(True)
            return font
        return super().data(index, role)

    def _is_best(self, index: QModelIndex) -> bool:
        if not index.isValid():
            return False
        return index.row() in self._best.get(_COLUMNS[index.column()].key, ())


class CompareTable(QWidget):
    """The table with its filter and buttons.

    Signals
    -------
    chosen : Combination
        A row was clicked, or reached with the arrow keys.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CompareTableModel(self)
        self._sorted = SortedRows(self.model, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter rows")
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip(TEXTS["filter"])
        self.filter.textChanged.connect(self._sorted.setFilterFixedString)
        self.view = self._make_view()
        self.copy_button = button("Copy", TEXTS["copy"], self.copy)
        self.save_button = button("Save table…", TEXTS["save"], self._ask_and_save)
        self.figure_button = button("Figure…", TEXTS["figure"], self._ask_and_draw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.filter)
        layout.addWidget(self.view)
        layout.addLayout(side_by_side(self.copy_button, self.save_button, self.figure_button))
        self._enable_buttons()

    @property
    def rows(self) -> list[Row]:
        """Return the rows in the order they came."""
        return self.model.rows

    def add(self, row: Row) -> None:
        """Append a row, or replace the one of the same combination."""
        self.model.add(row)
        self.view.resizeColumnsToContents()
        self._enable_buttons()

    def clear(self) -> None:
        """Remove all rows."""
        self.model.clear()
        self._enable_buttons()

    def shown_rows(self) -> list[Row]:
        """Return the rows that are shown, in that order."""
        return self._sorted.shown()

    def copy(self) -> None:
        """Put the table on the clipboard as it is shown."""
        QGuiApplication.clipboard().setText(to_tsv(self.shown_rows()))

    def save(self, path: Path) -> None:
        """Write the rows that are shown, as the suffix says.

        Raises
        ------
        BadParameterError
            For other suffixes than .csv, .md and .tex.
        UnwritablePathError
        """
        writer = _WRITERS.get(path.suffix.lower())
        if writer is None:
            known = ", ".join(_WRITERS)
            raise BadParameterError(
                f"A table cannot be written as {path.name}; use one of: {known}."
            )
        write_text(path, writer(self.shown_rows()))

    def draw(self, path: Path) -> None:
        """Write a chart of the rows that are shown; raises as `save_figure` does."""
        save_figure(bars(self.shown_rows()), path)

    def _ask_and_save(self) -> None:
        kinds = "CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex)"
        ask_and_write(self, "Save table", "comparison.csv", kinds, self.save)

    def _ask_and_draw(self) -> None:
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        ask_and_write(self, "Save figure", "comparison.png", kinds, self.draw)

    def _make_view(self) -> QTableView:
        view = table_view(self._sorted, TEXTS["table"], height=150)
        view.setSortingEnabled(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.selectionModel().currentRowChanged.connect(lambda index, _: self._choose(index))
        view.clicked.connect(self._choose)
        return view

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._sorted.row_at(index).combination)

    def _enable_buttons(self) -> None:
        for action in (self.copy_button, self.save_button, self.figure_button):
            action.setEnabled(bool(self.rows))
