"""What every dock does: it names its controls, and when it is closed lets go of the viewer.

napari takes a dock that is closed by the X of its title bar out of the window and drops it, which
leaves the rest to the garbage collector, whenever that comes. Hidden docks, and those behind
another tab, are not closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import QEvent
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QWidget

from napari_greyfill.viewer.threads.ending import wait_at_exit
from napari_greyfill.viewer.widgets.naming import name_controls

__all__ = ["Dock"]


class Dock(QWidget):
    """A dock that stops its work and deletes itself when it is taken out of its window.

    Subclasses say in `_let_go` what is to stop.
    """

    _closed = False

    def __init__(self) -> None:
        super().__init__()
        wait_at_exit()  # for work that the dock may still have in a thread by then
        self._followed: list[tuple[Any, Callable[..., Any]]] = []

    @property
    def closed(self) -> bool:
        """Return whether the dock was closed; nothing may be done with it any more."""
        return self._closed or not isalive(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Give every control a name for screen readers."""
        super().showEvent(event)
        name_controls(self)

    def changeEvent(self, event: QEvent) -> None:
        """Let go when napari takes the dock out of its window."""
        super().changeEvent(event)
        out = event.type() == QEvent.Type.ParentChange and self.parent() is None
        if out and not self._closed:
            self._closed = True
            self._unfollow()
            self._let_go()
            self.deleteLater()

    def _let_go(self) -> None:
        """Stop what runs and put the viewer back, for the dock is being closed."""
        raise NotImplementedError

    def _follow(self, emitter: Any, callback: Callable[..., Any]) -> None:  # noqa: ANN401
        """Connect to events of something that outlives the dock, until the dock is closed."""
        emitter.connect(callback)
        self._followed.append((emitter, callback))

    def _unfollow(self) -> None:
        for emitter, callback in self._followed:
            emitter.disconnect(callback)
        self._followed.clear()
