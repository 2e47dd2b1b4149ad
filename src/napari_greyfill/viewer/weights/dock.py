"""The dock Weights: see, get, add, describe and remove checkpoints, published and own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, QUrl, Signal
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import CancelledError, GreyfillError, UnidentifiedCheckpointError
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.viewer.settings import apply_weights_folder
from napari_greyfill.viewer.threads.runs import Failed, outcome_of
from napari_greyfill.viewer.weights.downloads import DownloadsWatch, OfferBar, downloads_folder
from napari_greyfill.viewer.weights.news import NEWS
from napari_greyfill.viewer.weights.own_form import OwnForm
from napari_greyfill.viewer.weights.table import COLUMNS, details, state_of, verb_of
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.tables import TableModel, table_view
from napari_greyfill.viewer.widgets.texts import WEIGHTS as TEXTS
from napari_greyfill.weights.own import LayoutInfo, Own, name_of
from napari_greyfill.weights.stored import StoredCheckpoint
from napari_greyfill.weights.together import Fetched, downloadable, get_all, in_order, size_of

if TYPE_CHECKING:
    from napari.qt.threading import FunctionWorker

__all__ = ["WeightsDock"]


class _Arrivals(QObject):
    """What tells of a download from its thread; it lives as long as the download does.

    Signals
    -------
    arrived : int, int
        Bytes so far, and in all (0 if unknown).
    named : str
        What is downloaded now.
    """

    arrived = Signal(object, object)
    named = Signal(str)


class WeightsDock(Dock):
    """Lists checkpoints, published and own, and changes which of them are on this computer.

    Closing the dock cancels a download; what has arrived is kept for the next one.

    Signals
    -------
    arrived : int, int
        Bytes of a download so far, and in all (0 if unknown).
    done
        A download or an addition is over, whatever came of it.
    """

    arrived = Signal(object, object)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        apply_weights_folder()
        self.store = network_weights()
        self._file: Path | None = None  # the one that is asked about
        self._arrived_file: Path | None = None  # the one that came to the downloads folder
        self._fetched = ""  # the id whose page was opened last
        self._added: StoredCheckpoint | None = None  # by the work that ends now
        self._workers: list[FunctionWorker] = []  # the running one, or none
        self._stop = Event()
        self._build()
        self.store.sweep()
        self.refresh()
        self.view.selectRow(0)
        self._follow(NEWS.changed, self.refresh)

    def _build(self) -> None:
        self.model = TableModel(COLUMNS, self)
        self.view = table_view(self.model, TEXTS["table"], height=120)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.get_button = button("Get", TEXTS["get"], self.get)
        self.add_button = button("Add file…", TEXTS["add"], self._ask_and_add)
        self.remove_button = button("Remove", TEXTS["remove"], self._ask_and_remove)
        self.folder_button = button("Open folder", TEXTS["folder"], self._open_folder)
        self.all_button = button("Get all", TEXTS["all"], self.get_all)
        self.all_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.form, self.offer = OwnForm(), OfferBar()
        self.downloads = DownloadsWatch(self)
        self.cancel_button = button("Cancel", TEXTS["cancel"], self.cancel)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, stretch=1)
        layout.addWidget(self.about)
        layout.addWidget(self.offer)
        layout.addWidget(self.form)
        layout.addWidget(self._buttons())
        layout.addLayout(side_by_side(self.progress, self.cancel_button))
        layout.addWidget(self.status)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        self.arrived.connect(self._show_arrived)
        self.downloads.arrived.connect(self._look_at)
        self.offer.wanted.connect(self.add)
        self.form.said.connect(self._take)
        self.form.left.connect(self._leave_form)

    def _buttons(self) -> QWidget:
        """Return what can be done with the chosen row, in place of which the form may stand."""
        self.buttons = QWidget()
        rows = QVBoxLayout(self.buttons)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(side_by_side(self.get_button, self.add_button))
        rows.addLayout(side_by_side(self.remove_button, self.folder_button))
        rows.addWidget(self.all_button)
        return self.buttons

    # ------------------------------------------------------------ what is shown

    @property
    def chosen(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the selected row."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def refresh(self) -> None:
        """Look into the folder anew."""
        self.model.show_rows(in_order(self.store.list()))
        self.view.resizeColumnsToContents()
        self._show_chosen()

    def _select(self, stored: StoredCheckpoint) -> None:
        """Choose the row of a checkpoint."""
        for row, each in enumerate(self.model.rows):
            if each.info.id == stored.info.id:
                self.view.selectRow(row)

    def _leave_form(self) -> None:
        """Ask no more."""
        self._file = None
        self.form.hide()
        self.status.setText("")
        self._show_chosen()

    def _choose(self) -> None:
        """Show another row; what was asked about the one before is not asked any more."""
        if self._file is None:
            self.form.hide()
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen, busy = self.chosen, bool(self._workers)
        self.about.setText("" if chosen is None else details(chosen))
        self._show_get(chosen, busy)
        self.add_button.setEnabled(not busy)
        here = chosen is not None and chosen.state not in ("download", "by hand", "unreadable")
        waiting = downloadable(self.model.rows)
        size = size_of(waiting)
        if size.startswith("at least "):  # there is little room
            size = f"> {size.removeprefix('at least ')}"
        self.all_button.setText(f"Get all that download ({size})")
        self.all_button.setEnabled(bool(waiting) and not busy)
        self.all_button.setVisible(bool(waiting))
        self.remove_button.setEnabled(here and not busy)
        self.buttons.setVisible(self.form.isHidden())
        self.about.setVisible(self.form.isHidden())
        self.progress.setVisible(busy)
        self.cancel_button.setVisible(busy)
        if not busy and not self.status.text():
            self.status.setText(f"{_no_network()}Kept in {self.store.folder.path}")

    def _show_get(self, chosen: StoredCheckpoint | None, busy: bool) -> None:
        self.get_button.setText("Download" if chosen is None else verb_of(chosen))
        done = chosen is None or chosen.state == ("damaged" if chosen.info.own else "ready")
        self.get_button.setEnabled(not (done or busy))

    # ------------------------------------------------------------ actions

    def get(self) -> None:
        """Do what the first button says: fetch the chosen checkpoint, look at or describe it."""
        chosen = self.chosen
        if chosen is None:
            return
        if chosen.state == "unconfirmed":
            self._ask_and_confirm(chosen)
            return
        if chosen.info.own:
            if chosen.state == "unknown":
                self._recognise()
            else:
                self.ask_about()
            return
        if not chosen.info.url:
            QDesktopServices.openUrl(QUrl(chosen.info.page))
            self._fetched = chosen.info.id
            self.downloads.start(downloads_folder())
            self.status.setText(
                "Fetch the file with your browser: once it is in your downloads folder, it is "
                "offered here. Or press Add file…."
            )
            return
        store, name, arrivals = self.store, chosen.info.id, _Arrivals()
        stop = self._stop = Event()
        arrivals.arrived.connect(self.arrived)
        self._start(
            # without the dock, which may be closed meanwhile
            lambda: store.get(name, arrivals.arrived.emit, stop.is_set),
            f"Downloading {chosen.info.title}…",
        )

    def get_all(self) -> None:
        """Download all that need no browser, one after the other."""
        store, arrivals, infos = self.store, _Arrivals(), downloadable(self.model.rows)
        stop = self._stop = Event()
        arrivals.arrived.connect(self.arrived)
        arrivals.named.connect(self.status.setText)
        titles = [f"{n} of {len(infos)}: {each.title}…" for n, each in enumerate(infos, 1)]

        def progress(index: int, done: int, total: int | None) -> None:
            arrivals.named.emit(f"Downloading {titles[index]}")
            arrivals.arrived.emit(done, total)

        self._start(
            lambda: get_all(store, infos, progress, stop.is_set), f"Downloading {titles[0]}"
        )

    def confirm(self, name: str, sha256: str) -> None:
        """Let a program run, after it was tried.

        Parameters
        ----------
        name : str
            The id of the checkpoint.
        sha256 : str
            Of the file, as the user has seen it.
        """
        store, stop = self.store, Event()
        self._stop = stop
        self._start(
            lambda: store.confirm(name, sha256, stop.is_set), "Trying the program on a picture…"
        )

    def _ask_and_confirm(self, chosen: StoredCheckpoint) -> None:
        sha256 = self.store.folder.sha256(chosen.info)
        question = (
            f"{chosen.path.name} is a program (TorchScript): it can do anything that you can. "
            f"It came from\n{chosen.info.url or chosen.info.page}\nand no SHA-256 of it is "
            f"published. The one it has is\n{sha256}\n\nLet it run?"
        )
        if QMessageBox.question(self, "Confirm a program", question) == _YES:
            self.confirm(chosen.info.id, sha256)

    def _look_at(self, file: Path) -> None:
        """Look which layout a file has that a browser has downloaded."""
        if self._workers or self._file is not None:
            return
        store, stop = self.store, Event()
        self._stop, self._arrived_file = stop, file
        self._start(
            lambda: store.layout_of(file, stop.is_set), f"Looking at {file.name}, which arrived…"
        )

    def add(self, file: Path, name: str | None = None, own: Own | None = None) -> None:
        """Check a file, find out which checkpoint it is, and copy it into the folder.

        Where its SHA-256 does not tell, the user is asked.

        Parameters
        ----------
        file : Path
            The checkpoint; it stays where it is.
        name : str, optional
            The id of the published checkpoint that the user says it is.
        own : Own, optional
            What the user says about weights of their own.
        """
        store, self._file = self.store, file
        stop = self._stop = Event()
        self.form.hide()
        self._start(
            lambda: store.add(file, name, own=own, cancelled=stop.is_set),
            f"Checking {file.name}…",
        )

    def ask_about(self) -> None:
        """Ask for name, training data and licence of the chosen weights."""
        chosen = self.chosen
        if chosen is None:
            return
        self._file = None
        try:
            known = self.store.said(chosen.info.id)
        except GreyfillError as error:
            self._show_failure(error)
            return
        self.form.ask_about(f"What is known about {chosen.path.name}:", known)
        self._show_chosen()

    def _ask_which(self, error: UnidentifiedCheckpointError) -> None:
        """Ask which checkpoint the file is that was looked at."""
        assert self._file is not None
        possible = [self.store.info(name) for name in error.possible]
        taken = [info.id for info in self.store.own()]
        layout = self.store.layouts[error.layout]
        self.form.ask_which(
            f"{self._file.name} has the layout of {layout.title}, but no published SHA-256 says "
            "which checkpoint it is.",
            possible,
            self._fetched,
            name_of(self._file.name, error.layout, taken),
        )
        self.status.setText("Say what the file is, and press Add.")

    def _take(self, name: str, said: Own) -> None:
        """Do what the user says about a file, or about the chosen weights."""
        if self._file is not None:
            self.add(self._file, name or None, None if name else said)
            return
        chosen = self.chosen
        if chosen is None:
            return
        try:
            now = self.store.describe(chosen.info.id, said)
        except GreyfillError as error:
            self._show_failure(error)
            return
        self.form.hide()
        self.status.setText(f"Saved what is known about {now.info.title}.")
        self.refresh()
        self._select(now)

    def _recognise(self) -> None:
        store, stop = self.store, Event()
        self._stop = stop
        self._start(lambda: store.recognise(stop.is_set), "Looking at the files in the folder…")

    def remove(self) -> None:
        """Delete the chosen checkpoint."""
        chosen = self.chosen
        if chosen is None:
            return
        try:
            self.store.remove(chosen.info.id)
            self.status.setText(f"Removed {chosen.info.title}.")
            NEWS.changed.emit()
        except GreyfillError as error:
            self._show_failure(error)
        self.refresh()

    def cancel(self) -> None:
        """Stop a download, or the look at a file."""
        self._stop.set()
        self.status.setText("Cancelling…")

    def _let_go(self) -> None:
        self.downloads.stop()
        self._stop.set()

    def _ask_and_add(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            "Add a checkpoint",
            "",
            "Checkpoints (*.pth *.pt *.safetensors *.t7 *.ckpt *.zip *.pb);;All files (*)",
        )
        if chosen:
            self.add(Path(chosen))

    def _ask_and_remove(self) -> None:
        assert self.chosen is not None
        question = f"Delete {self.chosen.path.name} from the weights folder?"
        if QMessageBox.question(self, "Remove weights", question) == _YES:
            self.remove()

    def _open_folder(self) -> None:
        try:
            self.store.folder.create()
        except GreyfillError as error:
            self._show_failure(error)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.store.folder.path)))

    # ------------------------------------------------------------ work in a thread

    def _start(self, work: Callable[[], object], text: str) -> None:
        from napari.qt.threading import create_worker

        self.progress.setRange(0, 0)
        self.status.setText(text)

        worker = create_worker(outcome_of, work, _start_thread=False)
        worker.returned.connect(self._show_outcome)
        worker.finished.connect(self._end)
        self._workers.append(worker)
        self._show_chosen()
        worker.start()

    def _show_arrived(self, done: int, total: int) -> None:
        if self.closed:
            return
        self.progress.setRange(0, 1000 if total else 0)
        self.progress.setValue(round(1000 * done / total) if total else 0)

    def _show_outcome(self, outcome: object) -> None:
        if self.closed:
            return
        error = outcome.error if isinstance(outcome, Failed) else None
        if isinstance(error, CancelledError):
            self.status.setText(f"Cancelled. {error}")
        elif isinstance(error, UnidentifiedCheckpointError):
            self._ask_which(error)
        elif error is not None:
            self._show_failure(error)
        elif isinstance(outcome, StoredCheckpoint):
            self._added = outcome
            self.status.setText(f"{outcome.info.title}: {state_of(outcome)}.")
        elif isinstance(outcome, Path):
            self.status.setText("Downloaded and checked.")
        elif isinstance(outcome, LayoutInfo) and self._arrived_file is not None:
            self.offer.offer(self._arrived_file, f"it has the layout of {outcome.title}")
            self.status.setText("")
        elif isinstance(outcome, list) and all(isinstance(each, Fetched) for each in outcome):
            self.status.setText(_summary(outcome))
        else:
            self.status.setText("")

    def _show_failure(self, error: Exception) -> None:
        self.status.setText(f"Failed: {error}")
        show_failure(error)

    def _end(self) -> None:
        self._workers.clear()
        if self.closed:
            return
        self.refresh()
        if self._added is not None:
            self._select(self._added)
            self._added = None
        NEWS.changed.emit()
        self.done.emit()


def _no_network() -> str:
    """Return why no network can run whatever weights are here, or nothing."""
    return f"No network can run: {lacking_torch()}\n" if lacking_torch() else ""


def _summary(done: list[Fetched]) -> str:
    """Return what came of several downloads."""
    problems = [each.problem for each in done if each.problem]
    said = f"Downloaded and checked {len(done) - len(problems)} of {len(done)}."
    return " ".join([said, *problems])


_YES = QMessageBox.StandardButton.Yes
