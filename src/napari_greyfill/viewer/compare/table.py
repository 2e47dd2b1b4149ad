"""The table of a comparison, with a filter and charts."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QModelIndex, Signal
from qtpy.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from napari_greyfill.comparison.bars import bars
from napari_greyfill.comparison.columns import columns_named
from napari_greyfill.comparison.figures import save_figure
from napari_greyfill.measure import METRICS
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.rows_table import RowsTable
from napari_greyfill.viewer.widgets.tables import ask_and_write
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

__all__ = ["COLUMNS", "CompareTable"]

COLUMNS = columns_named(
    *("method", "pipeline"),
    *(metric.key for metric in METRICS),
    *("seconds", "memory"),
    *("colorizer", "error"),  # last: docks are narrow, and the numbers matter more
)


class CompareTable(RowsTable):
    """Ways of filling as rows, one for each combination.

    Signals
    -------
    chosen : Combination
        A row was clicked, or reached with the arrow keys.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            COLUMNS, TEXTS, "comparison", 150, key=lambda row: row.combination, parent=parent
        )
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter rows")
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip(TEXTS["filter"])
        self.filter.textChanged.connect(self.sorted.setFilterFixedString)
        self.figure_button = button("Figure…", TEXTS["figure"], self._ask_and_draw)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.selectionModel().currentRowChanged.connect(lambda index, _: self._choose(index))
        self.view.clicked.connect(self._choose)
        self.arrange(above=[self.filter], buttons=[self.figure_button])

    def draw(self, path: Path) -> None:
        """Write a chart of the rows that are shown; raises as `save_figure` does."""
        save_figure(bars(self.shown_rows()), path)

    def _ask_and_draw(self) -> None:
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        ask_and_write(self, "Save figure", "comparison.png", kinds, self.draw)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.sorted.row_at(index).combination)
