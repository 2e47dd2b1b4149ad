"""What every dock does: it names its controls, and when it is closed lets go of the viewer.

napari takes a dock that is closed by the X of its title bar out of the window and drops it, which
leaves the rest to the garbage collector, whenever that comes. Hidden docks, and those behind
another tab, are not closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import QEvent, QTimer
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget

from napari_greyfill.viewer.threads.ending import wait_at_exit
from napari_greyfill.viewer.widgets.naming import name_controls
from napari_greyfill.viewer.widgets.tips import wrap_tips

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
        self._placed = QTimer(self)  # napari places a dock once it has made it
        self._placed.setSingleShot(True)
        self._placed.setInterval(0)
        self._placed.timeout.connect(self._settle_in)

    @property
    def closed(self) -> bool:
        """Return whether the dock was closed; nothing may be done with it any more."""
        return self._closed or not isalive(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Give every control a name for screen readers."""
        super().showEvent(event)
        name_controls(self)

    def changeEvent(self, event: QEvent) -> None:
        """Join other docks in a window; let go when napari takes the dock out of it."""
        super().changeEvent(event)
        if event.type() != QEvent.Type.ParentChange:
            return
        if self.parent() is not None:
            wrap_tips(self)
            self._placed.start()
        elif not self._closed:
            self._closed = True
            self._unfollow()
            self._let_go()
            self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Let the window make the dock narrower when it needs less room than before.

        The least width of the frame that napari puts around a dock only grows by itself.
        """
        laid_out = event.type() == QEvent.Type.LayoutRequest
        handled = bool(super().event(event))
        if laid_out:  # after other events the dock may be gone
            self._let_narrow()
        return handled

    def _let_narrow(self) -> None:
        frame = self.parent()
        if not isinstance(frame, QDockWidget):
            return
        if frame.minimumWidth() > self.minimumSizeHint().width():
            frame.setMinimumSize(0, frame.minimumHeight())

    def _settle_in(self) -> None:
        """Become a tab of our other docks at the same side of the window.

        The manifest says so too, which napari heeds from 0.10 on; before, docks opened by a menu
        would lie one below the other, each too low to be used.
        """
        own = self.parent()
        if not isinstance(own, QDockWidget):
            return
        window = own.parent()
        if not isinstance(window, QMainWindow) or own.isFloating():
            return
        area = window.dockWidgetArea(own)
        others = [
            each
            for each in window.findChildren(QDockWidget)
            if each is not own
            and each.findChild(Dock) is not None
            and window.dockWidgetArea(each) == area
            and not (each.isFloating() or each.isHidden())
        ]
        if others and own not in window.tabifiedDockWidgets(others[-1]):
            window.tabifyDockWidget(others[-1], own)
            own.show()
            own.raise_()

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
