"""The table of a comparison, with a filter and charts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QModelIndex, Signal
from qtpy.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QWidget

from napari_greyfill.comparison.bars import bars
from napari_greyfill.comparison.columns import columns_named
from napari_greyfill.comparison.figures import save_figure
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.sheet import sheet_of
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.measure import METRICS
from napari_greyfill.viewer.layers.models import PlaneSource
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.rows_table import RowsTable
from napari_greyfill.viewer.widgets.tables import ask_and_write
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

__all__ = ["COLUMNS", "CompareTable"]

Compared = tuple[PlaneSource, PlaneSource | None]  # image and reference
_KINDS = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"

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
        self.figure_button = button("Figure…", TEXTS["figure"])
        self.save_button.setText("Table…")  # three buttons fit into a narrow dock
        menu = QMenu(self.figure_button)
        menu.addAction("Bars…", self._ask_and_draw)
        self.sheet_action = menu.addAction("Contact sheet…", self._ask_and_draw_sheet)
        self.figure_button.setMenu(menu)
        self._compared: Compared | None = None
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.selectionModel().currentRowChanged.connect(lambda index, _: self._choose(index))
        self.view.clicked.connect(self._choose)
        self.arrange(above=[self.filter], buttons=[self.figure_button])

    def about(self, image: PlaneSource, reference: PlaneSource | None) -> None:
        """Remember what the rows are about, for the contact sheet.

        Parameters
        ----------
        image : PlaneSource
            What was filled.
        reference : PlaneSource or None
            What the fills are measured against, if it is known.
        """
        self._compared = (image, reference)

    def draw(self, path: Path) -> None:
        """Write a chart of the rows that are shown; raises as `save_figure` does."""
        save_figure(bars(self.shown_rows()), path)

    def draw_sheet(self, path: Path) -> None:
        """Write a contact sheet of the rows that are shown.

        Raises
        ------
        NothingKnownError
            If none of them has an image, as with random masks.
        GreyfillError
            As `save_figure` does.
        """
        if self._compared is None:
            raise NothingKnownError("There is no result to show; run a comparison first.")
        image, reference = self._compared
        truth = None if reference is None else reference.read()
        save_figure(sheet_of(self.shown_rows(), image.read(), reference=truth), path)

    def show_means(self, rows: Sequence[Row]) -> None:
        """Show means of fills, in place of what was shown."""
        for row in rows:
            self.add(row)

    def _ask_and_draw(self) -> None:
        ask_and_write(self, "Save figure", "comparison.png", _KINDS, self.draw)

    def _ask_and_draw_sheet(self) -> None:
        ask_and_write(self, "Save contact sheet", "contact_sheet.png", _KINDS, self.draw_sheet)

    def _enable_buttons(self) -> None:
        super()._enable_buttons()
        self.sheet_action.setEnabled(any(row.image is not None for row in self.rows))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.sorted.row_at(index).combination)
