"""Runs one fill at a time in a worker thread and tells about it by signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_greyfill.viewer.models import FillRequest
from napari_greyfill.viewer.worker import (
    Chosen,
    Failed,
    Finished,
    Message,
    Note,
    Progress,
    fill_the_hole,
)

if TYPE_CHECKING:
    from napari.qt.threading import GeneratorWorker

__all__ = ["FillRunner"]


class FillRunner(QObject):
    """Starts, cancels and follows fills. All signals come in the GUI thread.

    Signals
    -------
    progressed : Progress
    previewed : Preview
    noted : str
        A sentence the user must see.
    chosen : Chosen
    finished : Finished
        A method has its result; once for each of several.
    failed : Exception
    cancelled
    ended
        The run is over: it failed, was cancelled, or every method is done.
    """

    progressed = Signal(object)
    previewed = Signal(object)
    noted = Signal(str)
    chosen = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers: list[GeneratorWorker] = []  # the running one, or none
        workers = self._workers  # a closure over self would keep it from being destroyed
        self.destroyed.connect(lambda: [worker.quit() for worker in workers])

    @property
    def running(self) -> bool:
        """Return whether a fill is under way, being cancelled included."""
        return bool(self._workers)

    @property
    def cancelling(self) -> bool:
        """Return whether the running fill was asked to stop."""
        return self.running and self._workers[0].abort_requested

    def start(self, request: FillRequest) -> None:
        """Start a fill; there must be none running."""
        from napari.qt.threading import create_worker

        assert not self.running
        workers = self._workers
        # no bar in napari's activity dock: its animation redraws the window all the time, which
        # without a graphics card doubles the time of a fill
        worker = create_worker(
            fill_the_hole,
            request,
            lambda: bool(workers) and workers[0].abort_requested,
            _start_thread=False,
        )
        workers.append(worker)
        worker.yielded.connect(self._on_message)
        worker.returned.connect(self._on_returned)
        worker.finished.connect(self._on_finished)
        worker.start()

    def cancel(self) -> None:
        """Ask the running fill to stop."""
        for worker in self._workers:
            worker.quit()

    def _on_message(self, message: Message) -> None:
        if self.cancelling:
            return
        if isinstance(message, Finished):
            self.finished.emit(message)
        elif isinstance(message, Chosen):
            self.chosen.emit(message)
        elif isinstance(message, Note):
            self.noted.emit(message.text)
        elif isinstance(message, Progress):
            self.progressed.emit(message)
        else:
            self.previewed.emit(message)

    def _on_returned(self, outcome: Failed | None) -> None:
        if outcome is not None:
            self.failed.emit(outcome.error)

    def _on_finished(self) -> None:
        """Come last, whatever happened; a run that was asked to stop never returns anything."""
        stopped = self.cancelling
        self._workers.clear()
        if stopped:
            self.cancelled.emit()
        self.ended.emit()
