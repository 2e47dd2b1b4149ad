"""The better fills that are still to come, one after the other in a thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from qtpy.QtCore import QObject, QTimer, Signal

from napari_greyfill.compute.events import Progress
from napari_greyfill.pipeline.edits import Edit
from napari_greyfill.pipeline.healing import Healing
from napari_greyfill.viewer.heal.worker import HealRunner
from napari_greyfill.viewer.widgets.failures import show_failure

__all__ = ["Queue", "Waiting"]

DRAWN = 10  # milliseconds, which end once the quick fill is drawn
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Waiting:
    """A stroke whose better fill is still to come.

    Attributes
    ----------
    index : tuple of int
        The plane.
    session : Healing
        That of the plane.
    edit : Edit
        The stroke.
    method : str
        What fills it.
    slow : bool
        Whether nothing is there of it yet.
    """

    index: Index
    session: Healing
    edit: Edit
    method: str
    slow: bool = False


class Queue(QObject):
    """Has strokes filled in the order they were painted.

    Signals
    -------
    settled : Waiting
        A stroke has its better fill.
    moved
        A fill has begun or ended.
    progressed : Progress
        Of a fill that was waited for.
    """

    settled = Signal(object)
    moved = Signal()
    progressed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.runner = HealRunner(self)
        self._left: deque[Waiting] = deque()  # the first one is being filled
        self._begin = QTimer(self)  # a thread that works would delay the first pixels
        self._begin.setSingleShot(True)
        self._begin.setInterval(DRAWN)
        self._begin.timeout.connect(self._next)
        self.runner.finished.connect(self._settle)
        self.runner.failed.connect(self._fail)
        self.runner.progressed.connect(self._tell)
        self.runner.ended.connect(self._next)
        self._left_behind = False

    @property
    def busy(self) -> bool:
        """Return whether a fill is still to come."""
        return bool(self._left)

    @property
    def slow(self) -> bool:
        """Return whether a stroke waits that nothing is there of yet."""
        return any(each.slow for each in self._left)

    def add(self, waiting: Waiting) -> None:
        """Have a stroke filled after those that are still to come."""
        self._left.append(waiting)
        if not self.runner.running:
            self._begin.start()

    def forget(self, edit: Edit) -> None:
        """Stop what is still to come of an edit."""
        if self._left and self._left[0].edit is edit:
            self.runner.cancel()
        self._left = deque(each for each in self._left if each.edit is not edit)

    def stop(self) -> list[Waiting]:
        """Stop all, and return what was still to come, in order."""
        stopped = list(self._left)
        self._left.clear()
        self.runner.cancel()
        return stopped

    def leave(self) -> None:
        """Stop for good."""
        self._left_behind = True
        self._begin.stop()
        self.runner.leave()

    def _next(self) -> None:
        """Begin the fill of the next stroke."""
        if self._left_behind or self.runner.running:
            return
        if self._left:
            first = self._left[0]
            self.runner.start(first.session.refinement(first.edit, first.method))
        self.moved.emit()

    def _settle(self, pixels: NDArray[Any]) -> None:
        """Take the fill of a stroke, unless it was taken back meanwhile."""
        if not self._left or self.runner.cancelling:
            return
        done = self._left.popleft()
        done.session.settle(done.edit, pixels, done.method)
        self.settled.emit(done)

    def _fail(self, error: Exception) -> None:
        """Show why a fill failed; a stroke without any fill is taken back."""
        if self._left:
            failed = self._left.popleft()
            if failed.slow:
                failed.session.remove(failed.edit)
        show_failure(error)

    def _tell(self, news: Progress) -> None:
        if self._left and self._left[0].slow:
            self.progressed.emit(news)
