"""Docks as they lie in the window: as tabs, narrow, and gone when they are closed."""

import gc
import weakref

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QPushButton

DOCKS = ("Fill", "Masks", "Compare", "Weights", "Heal")
NARROW = 250


@pytest.fixture
def shown(make_napari_viewer_proxy):
    viewer = make_napari_viewer_proxy(show=True)
    viewer.add_image(np.zeros((60, 80, 3), np.uint8), name="a picture with a rather long name")
    viewer.add_labels(np.zeros((60, 80), np.uint8), name="a mask with a rather long name")
    return viewer


@pytest.fixture
def opened(shown, qtbot):
    """Open a dock as the menu does, and wait until it lies where it is to lie."""

    def open_it(name):
        frame, dock = shown.window.add_plugin_dock_widget("napari-greyfill", name)
        qtbot.wait(60)
        return frame, dock

    return open_it


@pytest.fixture
def narrowed(qtbot):
    """Make a dock as narrow as it is to be."""

    def make(frame):
        def is_narrow():
            frame.parent().resizeDocks([frame], [NARROW], Qt.Orientation.Horizontal)
            return frame.width() <= NARROW

        qtbot.waitUntil(is_narrow)

    return make


def close_by_x(frame, qtbot):
    """Press the X of the title bar."""
    buttons = frame.titleBarWidget().findChildren(QPushButton)
    cross = next(each for each in buttons if "close" in each.objectName().lower())
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    qtbot.wait(60)


def test_docks_are_tabs_of_one_another_and_the_last_is_in_front(opened):
    frames = [opened(name)[0] for name in ("Fill", "Masks", "Compare")]
    window = frames[0].parent()
    assert set(window.tabifiedDockWidgets(frames[0])) == set(frames[1:])
    assert not frames[-1].visibleRegion().isEmpty()
    assert frames[0].visibleRegion().isEmpty()


def test_docks_of_others_are_left_where_they_are(shown, opened):
    other = shown.window.add_dock_widget(QPushButton("other"), name="other", area="right")
    frame = opened("Fill")[0]
    assert frame.parent().tabifiedDockWidgets(frame) == []
    assert not other.visibleRegion().isEmpty()


def test_one_that_the_user_took_out_stays_out(opened, qtbot):
    first = opened("Fill")[0]
    first.setFloating(True)
    second = opened("Masks")[0]
    qtbot.wait(20)
    assert first.isFloating()
    assert second.parent().tabifiedDockWidgets(second) == []


def test_one_closed_by_its_x_is_gone_and_can_be_opened_again(opened, qtbot):
    opened("Masks")
    frame, dock = opened("Fill")
    held = weakref.ref(dock)
    close_by_x(frame, qtbot)
    del frame, dock

    def is_gone():
        gc.collect()
        return held() is None

    qtbot.waitUntil(is_gone)
    frame, dock = opened("Fill")
    assert len(frame.parent().tabifiedDockWidgets(frame)) == 1
    assert dock.form.image_layer.name == "a picture with a rather long name"


@pytest.mark.parametrize("name", DOCKS)
def test_every_dock_can_be_narrow(name, opened, narrowed, qtbot):
    frame, dock = opened(name)
    narrowed(frame)
    form = getattr(dock, "form", None)
    advanced, tabs = getattr(form, "advanced", None), getattr(form, "tabs", None)
    if advanced is not None:
        advanced.expand()
        qtbot.wait(60)
        narrowed(frame)
    for index in range(tabs.count() if tabs else 0):
        tabs.setCurrentIndex(index)
        qtbot.wait(60)
        narrowed(frame)


@pytest.mark.parametrize("name", ["Fill", "Compare", "Masks"])
def test_a_long_sentence_is_shown_in_full(name, opened, narrowed, qtbot):
    frame, dock = opened(name)
    narrowed(frame)
    status = dock.form.status if name == "Masks" else dock.status
    words = "9,958 invented pixels, 3.2 % of this plane. Filled in 0.6 s. It was measured. "
    status.setText(words * 4)
    qtbot.waitUntil(lambda: status.height() >= status.heightForWidth(status.width()))
    assert status.width() <= NARROW


def test_closed_advanced_is_no_stop_of_tab(opened, qtbot):
    frame, dock = opened("Fill")
    frame.window().activateWindow()
    dock.form.preset.setFocus()
    reached = set()
    for _ in range(12):
        widget = dock.window().focusWidget()
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        reached.add(dock.window().focusWidget())
    hidden = {dock.form.method, dock.form.colorizer, dock.form.weights, dock.form.keep}
    assert dock.run_button in reached or dock.form.advanced.button in reached
    assert not hidden & reached
