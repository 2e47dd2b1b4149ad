"""Downloads and looks at files, one at a time in a thread that can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.viewer.threads.runs import outcome_of

if TYPE_CHECKING:
    from napari.qt.threading import FunctionWorker

__all__ = ["Arrivals", "WeightsRunner"]


class Arrivals(QObject):
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


class WeightsRunner(QObject):
    """Runs one work at a time. All signals come in the GUI thread.

    Signals
    -------
    arrived, named
        As those of `Arrivals`.
    returned : object
        What the work returned, or `Failed`.
    ended
        It is over, whatever came of it.
    """

    arrived = Signal(object, object)
    named = Signal(str)
    returned = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers: list[FunctionWorker] = []  # the running one, or none
        self._stop = Event()

    @property
    def running(self) -> bool:
        """Return whether a work is under way, being cancelled included."""
        return bool(self._workers)

    def start(self, work: Callable[[Arrivals, CancelCheck], object]) -> None:
        """Run a work in a thread.

        Parameters
        ----------
        work : callable
            Gets what it tells of arrivals with, and what it asks whether to stop. It must not
            hold the dock, which may be closed meanwhile.
        """
        from napari.qt.threading import create_worker

        stop, arrivals = Event(), Arrivals()
        self._stop = stop
        arrivals.arrived.connect(self.arrived)
        arrivals.named.connect(self.named)
        worker = create_worker(
            outcome_of, lambda: work(arrivals, stop.is_set), _start_thread=False
        )
        worker.returned.connect(self.returned)
        worker.finished.connect(self._end)
        self._workers.append(worker)
        worker.start()

    def cancel(self) -> None:
        """Ask the running work to stop."""
        self._stop.set()

    def leave(self) -> None:
        """Ask the running work to stop, and tell nothing of it any more."""
        self.cancel()
        self.blockSignals(True)

    def _end(self) -> None:
        self._workers.clear()
        self.ended.emit()
