"""Work in a thread of its own: errors as values, and one run at a time.

Exceptions must not leave a worker thread. The worker class of the window toolkit takes every
`RuntimeError`, which is what torch raises, for a deleted window and says nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from qtpy.QtCore import QObject, Signal

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Progress
from napari_greyfill.errors import CancelledError

if TYPE_CHECKING:
    from napari.qt.threading import GeneratorWorker

__all__ = ["Failed", "Runner", "outcome_of", "outcome_of_steps"]

T = TypeVar("T")
Y = TypeVar("Y")


@dataclass(frozen=True)
class Failed:
    """Why work ended; `error.__traceback__` tells where."""

    error: Exception


def outcome_of(work: Callable[[], T]) -> T | Failed:
    """Return what work returns, or why it failed."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - shown by the window, whatever it is
        return Failed(error)


def outcome_of_steps(work: Generator[Y, None, T]) -> Generator[Y, None, T | Failed | None]:
    """Run a generator and return what it returns, or why it failed; None if it was cancelled."""
    try:
        return (yield from work)
    except CancelledError:
        return None
    except Exception as error:  # noqa: BLE001 - shown by the window, whatever it is
        return Failed(error)


class Runner(QObject):
    """Starts, cancels and follows one run at a time. All signals come in the GUI thread.

    Subclasses say what there is to start, and what becomes of steps that are no `Progress`.

    Signals
    -------
    progressed : Progress
        How far the run is, unless it was asked to stop.
    finished : object
        What a run returned, unless it is None.
    failed : Exception
    cancelled
    ended
        The run is over, whatever came of it.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        workers: list[GeneratorWorker] = []  # the running one, or none
        self._workers = workers
        # closures over self would keep it from being destroyed
        self._asked_to_stop: CancelCheck = lambda: bool(workers) and workers[0].abort_requested
        # not at the signal `destroyed`: what is connected to it may run while the garbage
        # collector takes Python's side of it apart
        weakref.finalize(self, _quit, workers).atexit = False

    @property
    def running(self) -> bool:
        """Return whether a run is under way, being cancelled included."""
        return bool(self._workers)

    @property
    def cancelling(self) -> bool:
        """Return whether the running work was asked to stop."""
        return self._asked_to_stop()

    def cancel(self) -> None:
        """Ask the running work to stop."""
        _quit(self._workers)

    def leave(self) -> None:
        """Ask the running work to stop, and tell nothing of it any more."""
        self.cancel()
        self.blockSignals(True)

    def _start(self, work: Generator[Any, None, Any]) -> None:
        """Run a generator in a thread; there must be none running."""
        from napari.qt.threading import create_worker

        assert not self.running
        # no bar in napari's activity dock: its animation redraws the window all the time, which
        # without a graphics card doubles the time of a fill
        worker = create_worker(
            outcome_of_steps, work, _start_thread=False, _worker_class=_closing(work)
        )
        self._workers.append(worker)
        worker.yielded.connect(self._on_step)
        worker.returned.connect(self._on_returned)
        worker.finished.connect(self._on_finished)
        workers = self._workers
        worker.finished.connect(lambda: workers.clear())  # even if the runner is gone by then
        worker.start()

    def _on_step(self, step: Any) -> None:  # noqa: ANN401 - whatever the work yields
        if isinstance(step, Progress) and not self.cancelling:
            self.progressed.emit(step)

    def _on_returned(self, outcome: Any) -> None:  # noqa: ANN401 - whatever the work returns
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)
        elif outcome is not None:
            self.finished.emit(outcome)

    def _on_finished(self) -> None:
        """Come last, whatever happened; a run that was asked to stop never returns anything."""
        stopped = self.cancelling
        self._workers.clear()
        if stopped:
            self.cancelled.emit()
        self.ended.emit()


def _closing(work: Generator[Any, None, Any]) -> type[GeneratorWorker]:
    """Return a worker class that ends a generator in its thread, however it was left.

    A worker that is told to quit leaves its generator where it is. Files it holds would stay
    held, and half-written ones lie about, until it is collected as garbage.
    """
    from napari.qt.threading import GeneratorWorker

    class Closing(GeneratorWorker):
        def work(self) -> Any:  # noqa: ANN401 - whatever the generator returns
            try:
                return super().work()
            finally:
                work.close()

    return Closing


def _quit(workers: list[GeneratorWorker]) -> None:
    for worker in workers:
        worker.quit()
