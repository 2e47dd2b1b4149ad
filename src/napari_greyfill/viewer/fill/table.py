"""The table of runs in the dock Fill."""

from __future__ import annotations

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtWidgets import QWidget

from napari_greyfill.comparison import Row
from napari_greyfill.comparison.columns import columns_named
from napari_greyfill.measure import METRICS
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.rows_table import RowsTable
from napari_greyfill.viewer.widgets.texts import METRICS_TABLE as TEXTS

__all__ = ["COLUMNS", "MetricsTable"]

COLUMNS = columns_named(
    *("run", "method", "colorizer"),
    *(metric.key for metric in METRICS),
    *("seconds", "pixels", "pipeline", "picture"),
)


class MetricsTable(RowsTable):
    """Runs as rows, numbered in their order.

    Signals
    -------
    run_chosen : int
        The number of the run whose row was clicked.
    """

    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COLUMNS, TEXTS, "metrics", height=90, parent=parent)
        self.clear_button = button("Clear", TEXTS["clear"], self.clear)
        self.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.view.clicked.connect(self._choose)
        self.arrange(buttons=[self.clear_button])

    def add(self, row: Row) -> None:
        """Append a run and scroll to it."""
        super().add(row)
        last = self.model.index(len(self.rows) - 1, 0)
        self.view.scrollTo(self.sorted.mapFromSource(last))

    def _choose(self, index: QModelIndex) -> None:
        self.run_chosen.emit(self.sorted.row_at(index).run)
