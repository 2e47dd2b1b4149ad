"""The table of runs: a Qt model over plain rows, and the view with its buttons."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from napari_greyfill.atomic import write_text
from napari_greyfill.viewer.layers.models import COLUMNS, RunRow, to_csv, to_tsv
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.tables import SortedRows, TableModel, ask_and_write, table_view
from napari_greyfill.viewer.widgets.texts import METRICS_TABLE as TEXTS

__all__ = ["MetricsTable", "RunTableModel"]


class RunTableModel(TableModel):
    """Runs as rows."""

    columns = COLUMNS
    rows: list[RunRow]


class MetricsTable(QWidget):
    """The table with its buttons.

    Signals
    -------
    run_chosen : int
        The number of the run whose row was clicked.
    """

    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RunTableModel(self)
        self._sorted = SortedRows(self.model, self)
        self.view = self._make_view()
        self.copy_button = button("Copy", TEXTS["copy"], self.copy)
        self.save_button = button("Save CSV…", TEXTS["save"], self._ask_and_save)
        self.clear_button = button("Clear", TEXTS["clear"], self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addLayout(side_by_side(self.copy_button, self.save_button, self.clear_button))
        self._enable_buttons()

    def add(self, row: RunRow) -> None:
        """Append a run and scroll to it."""
        self.model.add(row)
        self.view.resizeColumnsToContents()
        self._enable_buttons()
        last = self.model.index(len(self.model.rows) - 1, 0)
        self.view.scrollTo(self._sorted.mapFromSource(last))

    def clear(self) -> None:
        """Remove all rows."""
        self.model.clear()
        self._enable_buttons()

    def shown_rows(self) -> list[RunRow]:
        """Return the rows in the order they are shown."""
        return self._sorted.shown()

    def copy(self) -> None:
        """Put the table on the clipboard as it is shown."""
        QGuiApplication.clipboard().setText(to_tsv(self.shown_rows()))

    def save(self, path: Path) -> None:
        """Write the table as CSV.

        Raises
        ------
        UnwritablePathError
            If the file cannot be written.
        """
        write_text(path, to_csv(self.shown_rows()))

    def _ask_and_save(self) -> None:
        kinds = "CSV (*.csv)"
        ask_and_write(self, "Save metrics", "metrics.csv", kinds, self.save)

    def _make_view(self) -> QTableView:
        view = table_view(self._sorted, TEXTS["table"], height=90)
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.clicked.connect(self._choose)
        return view

    def _choose(self, index: QModelIndex) -> None:
        self.run_chosen.emit(self._sorted.row_at(index).run)

    def _enable_buttons(self) -> None:
        for action in (self.copy_button, self.save_button, self.clear_button):
            action.setEnabled(bool(self.model.rows))
