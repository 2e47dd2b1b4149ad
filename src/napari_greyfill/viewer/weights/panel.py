"""What one sees of the dock Weights: the table, what is said about a row, and the buttons."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.viewer.weights.downloads import OfferBar
from napari_greyfill.viewer.weights.own_form import OwnForm
from napari_greyfill.viewer.weights.table import COLUMNS, details, verb_of
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.tables import TableModel, table_view
from napari_greyfill.viewer.widgets.texts import WEIGHTS as TEXTS
from napari_greyfill.weights.stored import StoredCheckpoint
from napari_greyfill.weights.together import downloadable, in_order, size_of

__all__ = ["WeightsPanel"]


class WeightsPanel(QWidget):
    """Shows checkpoints and what can be done with them; it does nothing itself.

    Signals
    -------
    chose
        Another row was chosen.
    get, get_all, add, remove, open_folder, cancel
        A button was pressed; the one of `get` says what it does with the chosen row.
    """

    chose = Signal()
    get = Signal()
    get_all = Signal()
    add = Signal()
    remove = Signal()
    open_folder = Signal()
    cancel = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = TableModel(COLUMNS, self)
        self.view = table_view(self.model, TEXTS["table"], height=120)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.get_button = button("Get", TEXTS["get"], self.get.emit)
        self.add_button = button("Add file…", TEXTS["add"], self.add.emit)
        self.remove_button = button("Remove", TEXTS["remove"], self.remove.emit)
        self.folder_button = button("Open folder", TEXTS["folder"], self.open_folder.emit)
        self.all_button = button("Get all", TEXTS["all"], self.get_all.emit)
        self.all_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.cancel_button = button("Cancel", TEXTS["cancel"], self.cancel.emit)
        self.form, self.offer = OwnForm(), OfferBar()
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, stretch=1)
        layout.addWidget(self.about)
        layout.addWidget(self.offer)
        layout.addWidget(self.form)
        layout.addWidget(self._buttons())
        layout.addLayout(side_by_side(self.progress, self.cancel_button))
        layout.addWidget(self.status)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.chose.emit())

    def _buttons(self) -> QWidget:
        """Return what can be done with the chosen row, in place of which the form may stand."""
        self.buttons = QWidget()
        rows = QVBoxLayout(self.buttons)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(side_by_side(self.get_button, self.add_button))
        rows.addLayout(side_by_side(self.remove_button, self.folder_button))
        rows.addWidget(self.all_button)
        return self.buttons

    @property
    def chosen(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the selected row."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def show_rows(self, found: Iterable[StoredCheckpoint]) -> None:
        """Show which checkpoints there are now; the same row stays chosen."""
        self.model.show_rows(in_order(found))
        self.view.resizeColumnsToContents()

    def select(self, stored: StoredCheckpoint) -> None:
        """Choose the row of a checkpoint."""
        for row, each in enumerate(self.model.rows):
            if each.info.id == stored.info.id:
                self.view.selectRow(row)

    def show_chosen(self, *, busy: bool) -> None:
        """Show what is known about the chosen row, and what can be done now.

        Parameters
        ----------
        busy : bool
            Whether something is under way.
        """
        chosen = self.chosen
        self.about.setText("" if chosen is None else details(chosen))
        self.get_button.setText("Download" if chosen is None else verb_of(chosen))
        done = chosen is None or chosen.state == ("damaged" if chosen.info.own else "ready")
        self.get_button.setEnabled(not (done or busy))
        self.add_button.setEnabled(not busy)
        here = chosen is not None and chosen.state not in ("download", "by hand", "unreadable")
        self.remove_button.setEnabled(here and not busy)
        self._show_all(busy)
        self.buttons.setVisible(self.form.isHidden())
        self.about.setVisible(self.form.isHidden())
        self.progress.setVisible(busy)
        self.cancel_button.setVisible(busy)

    def _show_all(self, busy: bool) -> None:
        waiting = downloadable(self.model.rows)
        size = size_of(waiting)
        if size.startswith("at least "):  # there is little room
            size = f"> {size.removeprefix('at least ')}"
        self.all_button.setText(f"Get all that download ({size})")
        self.all_button.setEnabled(bool(waiting) and not busy)
        self.all_button.setVisible(bool(waiting))

    def show_arrived(self, done: int, total: int) -> None:
        """Show how much of a download is here.

        Parameters
        ----------
        done, total : int
            Bytes; a total of 0 is not known.
        """
        self.progress.setRange(0, 1000 if total else 0)
        self.progress.setValue(round(1000 * done / total) if total else 0)
