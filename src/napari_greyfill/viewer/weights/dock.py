"""The dock Weights: see, get, add, describe and remove checkpoints, published and own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import QUrl, Signal
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import QVBoxLayout

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import CancelledError, GreyfillError, UnidentifiedCheckpointError
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.viewer.settings import apply_weights_folder
from napari_greyfill.viewer.threads.runs import Failed
from napari_greyfill.viewer.weights.downloads import DownloadsWatch, downloads_folder
from napari_greyfill.viewer.weights.news import NEWS
from napari_greyfill.viewer.weights.panel import WeightsPanel
from napari_greyfill.viewer.weights.questions import ask_for_file, may_be_removed, may_run
from napari_greyfill.viewer.weights.runner import Arrivals, WeightsRunner
from napari_greyfill.viewer.weights.table import state_of
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.weights.own import LayoutInfo, Own, name_of
from napari_greyfill.weights.stored import StoredCheckpoint
from napari_greyfill.weights.together import Fetched, downloadable, get_all

__all__ = ["WeightsDock"]


class WeightsDock(Dock):
    """Changes which checkpoints, published and own, are on this computer.

    Closing the dock cancels a download; what has arrived is kept for the next one.

    Signals
    -------
    done
        A download or an addition is over, whatever came of it.
    """

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        apply_weights_folder()
        self.store = network_weights()
        self._file: Path | None = None  # the one that is asked about
        self._arrived_file: Path | None = None  # the one that came to the downloads folder
        self._fetched = ""  # the id whose page was opened last
        self._added: StoredCheckpoint | None = None  # by the work that ends now
        self.panel = WeightsPanel()
        self.runner = WeightsRunner(self)
        self.downloads = DownloadsWatch(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        self._connect()
        self.store.sweep()
        self.refresh()
        self.panel.view.selectRow(0)
        self._follow(NEWS.changed, self.refresh)

    def _connect(self) -> None:
        panel, runner = self.panel, self.runner
        panel.chose.connect(self._choose)
        panel.get.connect(self.get)
        panel.get_all.connect(self.get_all)
        panel.add.connect(self._ask_and_add)
        panel.remove.connect(self._ask_and_remove)
        panel.open_folder.connect(self._open_folder)
        panel.cancel.connect(self.cancel)
        panel.offer.wanted.connect(self.add)
        panel.form.said.connect(self._take)
        panel.form.left.connect(self._leave_form)
        runner.arrived.connect(panel.show_arrived)
        runner.named.connect(panel.status.setText)
        runner.returned.connect(self._show_outcome)
        runner.ended.connect(self._end)
        self.downloads.arrived.connect(self._look_at)

    # ------------------------------------------------------------ what is shown

    @property
    def chosen(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the selected row."""
        return self.panel.chosen

    def refresh(self) -> None:
        """Look into the folder anew."""
        self.panel.show_rows(self.store.list())
        self._show_chosen()

    def _leave_form(self) -> None:
        """Ask no more."""
        self._file = None
        self.panel.form.hide()
        self.panel.status.setText("")
        self._show_chosen()

    def _choose(self) -> None:
        """Show another row; what was asked about the one before is not asked any more."""
        if self._file is None:
            self.panel.form.hide()
        self._show_chosen()

    def _show_chosen(self) -> None:
        busy = self.runner.running
        self.panel.show_chosen(busy=busy)
        if not busy and not self.panel.status.text():
            self.panel.status.setText(f"{_no_network()}Kept in {self.store.folder.path}")

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
            self.panel.status.setText(
                "Fetch the file with your browser: once it is in your downloads folder, it is "
                "offered here. Or press Add file…."
            )
            return
        store, name = self.store, chosen.info.id
        self._start(
            lambda told, stop: store.get(name, told.arrived.emit, stop),
            f"Downloading {chosen.info.title}…",
        )

    def get_all(self) -> None:
        """Download all that need no browser, one after the other."""
        store, infos = self.store, downloadable(self.panel.model.rows)
        titles = [f"{n} of {len(infos)}: {each.title}…" for n, each in enumerate(infos, 1)]

        def work(told: Arrivals, stop: CancelCheck) -> object:
            def progress(index: int, done: int, total: int | None) -> None:
                told.named.emit(f"Downloading {titles[index]}")
                told.arrived.emit(done, total)

            return get_all(store, infos, progress, stop)

        self._start(work, f"Downloading {titles[0]}")

    def confirm(self, name: str, sha256: str) -> None:
        """Let a program run, after it was tried.

        Parameters
        ----------
        name : str
            The id of the checkpoint.
        sha256 : str
            Of the file, as the user has seen it.
        """
        store = self.store
        self._start(
            lambda _, stop: store.confirm(name, sha256, stop), "Trying the program on a picture…"
        )

    def _ask_and_confirm(self, chosen: StoredCheckpoint) -> None:
        sha256 = self.store.folder.sha256(chosen.info)
        if may_run(self, chosen, sha256):
            self.confirm(chosen.info.id, sha256)

    def _look_at(self, file: Path) -> None:
        """Look which layout a file has that a browser has downloaded."""
        if self.runner.running or self._file is not None:
            return
        store, self._arrived_file = self.store, file
        self._start(
            lambda _, stop: store.layout_of(file, stop), f"Looking at {file.name}, which arrived…"
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
        self.panel.form.hide()
        self._start(
            lambda _, stop: store.add(file, name, own=own, cancelled=stop),
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
        self.panel.form.ask_about(f"What is known about {chosen.path.name}:", known)
        self._show_chosen()

    def _ask_which(self, error: UnidentifiedCheckpointError) -> None:
        """Ask which checkpoint the file is that was looked at."""
        assert self._file is not None
        possible = [self.store.info(name) for name in error.possible]
        taken = [info.id for info in self.store.own()]
        layout = self.store.layouts[error.layout]
        self.panel.form.ask_which(
            f"{self._file.name} has the layout of {layout.title}, but no published SHA-256 says "
            "which checkpoint it is.",
            possible,
            self._fetched,
            name_of(self._file.name, error.layout, taken),
        )
        self.panel.status.setText("Say what the file is, and press Add.")

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
        self.panel.form.hide()
        self.panel.status.setText(f"Saved what is known about {now.info.title}.")
        self.refresh()
        self.panel.select(now)

    def _recognise(self) -> None:
        store = self.store
        self._start(lambda _, stop: store.recognise(stop), "Looking at the files in the folder…")

    def remove(self) -> None:
        """Delete the chosen checkpoint."""
        chosen = self.chosen
        if chosen is None:
            return
        try:
            self.store.remove(chosen.info.id)
            self.panel.status.setText(f"Removed {chosen.info.title}.")
            NEWS.changed.emit()
        except GreyfillError as error:
            self._show_failure(error)
        self.refresh()

    def cancel(self) -> None:
        """Stop a download, or the look at a file."""
        self.runner.cancel()
        self.panel.status.setText("Cancelling…")

    def _let_go(self) -> None:
        self.downloads.stop()
        self.runner.leave()

    def _ask_and_add(self) -> None:
        file = ask_for_file(self)
        if file is not None:
            self.add(file)

    def _ask_and_remove(self) -> None:
        assert self.chosen is not None
        if may_be_removed(self, self.chosen):
            self.remove()

    def _open_folder(self) -> None:
        try:
            self.store.folder.create()
        except GreyfillError as error:
            self._show_failure(error)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.store.folder.path)))

    # ------------------------------------------------------------ work in a thread

    def _start(self, work: Callable[[Arrivals, CancelCheck], object], text: str) -> None:
        """Start a work that does not hold the dock, which may be closed meanwhile."""
        self.panel.show_arrived(0, 0)
        self.panel.status.setText(text)
        self.runner.start(work)
        self._show_chosen()

    def _show_outcome(self, outcome: object) -> None:
        if self.closed:
            return
        error = outcome.error if isinstance(outcome, Failed) else None
        if isinstance(error, CancelledError):
            self.panel.status.setText(f"Cancelled. {error}")
        elif isinstance(error, UnidentifiedCheckpointError):
            self._ask_which(error)
        elif error is not None:
            self._show_failure(error)
        elif isinstance(outcome, StoredCheckpoint):
            self._added = outcome
            self.panel.status.setText(f"{outcome.info.title}: {state_of(outcome)}.")
        elif isinstance(outcome, Path):
            self.panel.status.setText("Downloaded and checked.")
        elif isinstance(outcome, LayoutInfo) and self._arrived_file is not None:
            self.panel.offer.offer(self._arrived_file, f"it has the layout of {outcome.title}")
            self.panel.status.setText("")
        elif isinstance(outcome, list) and all(isinstance(each, Fetched) for each in outcome):
            self.panel.status.setText(_summary(outcome))
        else:
            self.panel.status.setText("")

    def _show_failure(self, error: Exception) -> None:
        self.panel.status.setText(f"Failed: {error}")
        show_failure(error)

    def _end(self) -> None:
        if self.closed:
            return
        self.refresh()
        if self._added is not None:
            self.panel.select(self._added)
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
