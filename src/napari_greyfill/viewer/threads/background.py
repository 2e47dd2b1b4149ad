"""One thread for small pieces of work, of which only the latest of each kind matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject, Signal

from napari_greyfill.viewer.threads.runs import Failed, outcome_of

if TYPE_CHECKING:
    from napari.qt.threading import FunctionWorker

__all__ = ["Background"]


@dataclass(frozen=True)
class _Piece:
    kind: str
    work: Callable[[], Any]
    then: Callable[[Any], None]


class Background(QObject):
    """Does pieces of work one after the other in a worker thread.

    A piece that waits is dropped when another of its kind is asked for, so that a slider can be
    followed however slow the work is. Everything else happens in the GUI thread.

    Signals
    -------
    failed : Exception
        A piece of work raised it.
    rested
        Nothing runs or waits any more.
    """

    failed = Signal(object)
    rested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[_Piece] = []
        self._running: list[tuple[_Piece, FunctionWorker]] = []  # the running one, or none
        self._dropped: set[int] = set()

    @property
    def busy(self) -> bool:
        """Return whether something runs or waits."""
        return bool(self._running or self._waiting)

    def ask(self, kind: str, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Have work done in the thread, and then its result used in the GUI thread."""
        self._waiting = [piece for piece in self._waiting if piece.kind != kind]
        self._waiting.append(_Piece(kind, work, then))
        if not self._running:
            self._next()

    def drop(self, kind: str) -> None:
        """Forget what was asked for; what is running has no consequences."""
        self._waiting = [piece for piece in self._waiting if piece.kind != kind]
        self._dropped |= {id(piece) for piece, _ in self._running if piece.kind == kind}

    def leave(self) -> None:
        """Forget everything that was asked for, and tell nothing of it any more."""
        self._waiting.clear()
        self._running.clear()
        self.blockSignals(True)

    def _next(self) -> None:
        from napari.qt.threading import create_worker

        piece = self._waiting.pop(0)

        worker = create_worker(outcome_of, piece.work, _start_thread=False)
        worker.returned.connect(self._use)
        worker.finished.connect(self._end)
        self._running.append((piece, worker))
        worker.start()

    def _use(self, result: object) -> None:
        if not self._running or id(self._running[0][0]) in self._dropped:
            return
        piece, _ = self._running[0]
        if isinstance(result, Failed):
            self.failed.emit(result.error)
            return
        try:
            piece.then(result)
        except Exception as error:  # noqa: BLE001 - the worker class would lose some
            self.failed.emit(error)

    def _end(self) -> None:
        if not self._running:
            return
        self._running.clear()
        self._dropped.clear()
        if self._waiting:
            self._next()
        else:
            self.rested.emit()
