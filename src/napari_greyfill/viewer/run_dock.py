"""What the docks Fill and Compare share: Run and Cancel, a bar, and a sentence beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qtpy.compat import isalive
from qtpy.QtCore import QTimer, Signal
from qtpy.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from napari_greyfill.viewer.failures import show_failure
from napari_greyfill.viewer.parts import button
from napari_greyfill.viewer.runs import Runner
from napari_greyfill.viewer.scroll import VerticalScroll
from napari_greyfill.viewer.settings import apply_weights_folder

if TYPE_CHECKING:
    import napari.viewer

__all__ = ["RunDock"]


class RunDock(QWidget):
    """A dock that runs one thing at a time.

    Subclasses say what can be run, and arrange the widgets that are made here.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
    runner : Runner
    texts : mapping of str to str
        Tooltips of "run" and "cancel".

    Signals
    -------
    run_ended
        A run is over: finished, failed or cancelled.
    """

    run_ended = Signal()

    def __init__(
        self, viewer: napari.viewer.Viewer, runner: Runner, texts: Mapping[str, str]
    ) -> None:
        super().__init__()
        apply_weights_folder()
        self.viewer = viewer
        runner.setParent(self)
        self.runner = runner
        self._outcome = ""  # what came of the last run
        self.run_button = button("Run", texts["run"], self.run)
        self.cancel_button = button("Cancel", texts["cancel"], self.cancel)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(100)
        self._settle.timeout.connect(self.refresh)
        for name in ("current_step", "ndisplay", "order"):
            getattr(viewer.dims.events, name).connect(self._changed)
        runner.failed.connect(self._show_failure)
        runner.cancelled.connect(self._show_cancelled)
        runner.ended.connect(self._end)

    def _scrolled(self) -> QVBoxLayout:
        """Return the layout of what the dock shows, with a scroll bar where there is no room."""
        inner = QWidget()
        layout = QVBoxLayout(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(inner))
        return layout

    def _changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Look again soon at whether a run can start; many events make one look."""
        if isalive(self):  # viewer and layers outlive a closed dock
            self._settle.start()

    # ------------------------------------------------------------ readiness

    @property
    def running(self) -> bool:
        """Return whether a run is under way."""
        return self.runner.running

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        reason = self.why_not()
        self.run_button.setEnabled(not reason)
        self.cancel_button.setEnabled(self.running and not self.runner.cancelling)
        self.progress.setVisible(self.running)
        if not self.running:
            self.status.setText(reason or self._outcome or self._ready())

    def _ready(self) -> str:
        """Return what is said before the first run."""
        return "Ready."

    # ------------------------------------------------------------ actions and news

    def run(self) -> None:
        """Start a run of what is chosen, in a thread of its own."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop what is running; what is finished stays."""
        if self.running:
            self.runner.cancel()
            self.cancel_button.setEnabled(False)
            self.status.setText("Cancelling…")

    def _show_start(self) -> None:
        self.progress.setValue(0)
        self.refresh()
        self.status.setText("Starting…")

    def _show_share(self, fraction: float, text: str) -> None:
        self.progress.setValue(round(1000 * fraction))
        self.status.setText(f"{text[:1].upper()}{text[1:]}…")

    def _show_failure(self, error: Exception) -> None:
        self._outcome = f"Failed: {error}"
        show_failure(error)

    def _show_cancelled(self) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        self.refresh()
        self.run_ended.emit()
