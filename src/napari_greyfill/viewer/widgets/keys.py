"""Keys that run and cancel: in a dock, and with the layers in hand that it works on."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut, QWidget

if TYPE_CHECKING:
    from napari.layers import Layer

__all__ = ["CANCEL", "RUN", "Keys", "once"]

RUN = "Control-Enter"
CANCEL = "Escape"
_IN_QT = {RUN: ("Ctrl+Return", "Ctrl+Enter"), CANCEL: ("Esc",)}


class Keys:
    """What keys do in a dock and on layers.

    The keys of a layer do not hold the dock, and do nothing once it is gone. One that is held down
    does what it does once.

    Parameters
    ----------
    dock : QWidget
    actions : dict of str to str
        Keys, as napari calls them, and the names of the dock's methods that they call.
    """

    def __init__(self, dock: QWidget, actions: dict[str, str]) -> None:
        self._held = weakref.ref(dock)
        self._actions = actions
        self._layers: list[weakref.ref[Any]] = []
        for key, name in actions.items():
            for sequence in _IN_QT.get(key, (key,)):
                shortcut = QShortcut(QKeySequence(sequence), dock)
                shortcut.setAutoRepeat(False)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(_calling(self._held, name))

    def put_on(self, layers: Iterable[Layer | None]) -> None:
        """Give the keys to some layers, and take them from all that had them."""
        wanted = [layer for layer in layers if layer is not None]
        for held in self._layers:
            layer = held()
            if layer is not None and layer not in wanted:
                for key in self._actions:
                    layer.bind_key(key, None)
        for layer in wanted:
            for key, name in self._actions.items():
                call = once(_on_layer(self._held, name))
                layer.bind_key(key, call, overwrite=True)
        self._layers = [weakref.ref(layer) for layer in wanted]


def once(call: Callable[[Layer], None]) -> Callable[[Layer], Generator[None, None, None]]:
    """Return what a key of a layer does once, however long it is down.

    From 0.10 on napari calls a function for each repetition of a key that is held down, but goes
    on with a generator only when the key is lifted.

    Parameters
    ----------
    call : callable
        Takes the layer.
    """

    def press(layer: Layer) -> Generator[None, None, None]:
        call(layer)
        del layer  # it may go while the key is down
        yield

    return press


def _calling(held: weakref.ref[QWidget], name: str) -> Callable[[], None]:
    def call() -> None:
        dock: Any = held()
        if dock is not None and not dock.closed:
            getattr(dock, name)()

    return call


def _on_layer(held: weakref.ref[QWidget], name: str) -> Callable[[Layer], None]:
    call = _calling(held, name)
    return lambda layer: call()
