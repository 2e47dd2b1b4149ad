import gc
import weakref

import numpy as np
import pytest
from napari.layers import Labels
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QShortcut

from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.keys import CANCEL, RUN, Keys, once
from tests.viewer.mouse import hold


class Telling(Dock):
    def __init__(self):
        super().__init__()
        self.told = []
        self.keys = Keys(self, {RUN: "run", CANCEL: "cancel"})

    def run(self):
        self.told.append("run")

    def cancel(self):
        self.told.append("cancel")

    def _let_go(self):
        self.keys.put_on(())


@pytest.fixture
def dock(qtbot):
    made = Telling()
    qtbot.addWidget(made)
    return made


def press(layer, key):
    pressed = [call for bound, call in layer.keymap.items() if str(bound) == key]
    for call in pressed:
        next(call(layer))
    return bool(pressed)


def test_a_layer_in_hand_runs_and_cancels(dock):
    layer = Labels(np.zeros((3, 3), int))
    dock.keys.put_on([layer, None])
    assert press(layer, "Ctrl+Enter")
    assert press(layer, "Escape")
    assert dock.told == ["run", "cancel"]


def test_another_layer_takes_the_keys_over(dock):
    one, two = (Labels(np.zeros((3, 3), int)) for _ in range(2))
    dock.keys.put_on([one])
    dock.keys.put_on([two])
    assert not press(one, "Ctrl+Enter")
    assert press(two, "Ctrl+Enter")


def test_keys_do_not_hold_the_dock(qtbot):
    layer = Labels(np.zeros((3, 3), int))
    made = Telling()
    made.keys.put_on([layer])
    made.deleteLater()
    del made
    gc.collect()
    press(layer, "Ctrl+Enter")


def test_a_key_that_is_held_down_on_the_canvas_does_it_once(dock, make_napari_viewer_proxy):
    viewer = make_napari_viewer_proxy().__wrapped__  # the test looks where plugins must not
    layer = viewer.add_labels(np.zeros((3, 3), int))
    dock.keys.put_on([layer])
    canvas = viewer.window._qt_viewer.canvas.native
    hold(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dock.told == ["run"]
    hold(canvas, Qt.Key.Key_Escape)
    assert dock.told == ["run", "cancel"]
    hold(canvas, Qt.Key.Key_Escape)
    assert dock.told == ["run", "cancel", "cancel"]


def test_a_key_that_is_held_down_in_the_dock_does_it_once(dock):
    keys = dock.findChildren(QShortcut)
    assert keys
    assert not any(key.autoRepeat() for key in keys)


def test_a_key_does_not_hold_the_layer_while_it_is_down():
    layer = Labels(np.zeros((3, 3), int))
    seen = []
    pressed = once(lambda each: seen.append(each.name))(layer)
    next(pressed)
    held = weakref.ref(layer)
    del layer
    gc.collect()
    assert held() is None
    assert seen == ["Labels"]
