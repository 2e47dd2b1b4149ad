"""Dust in the dock Heal: shown, dropped and healed, with a real mouse."""

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_greyfill.viewer.heal.layers import DROPPED, DUST
from tests.viewer.mouse import Mouse

SIZE = 120
PLACES = ((30, 30), (30, 90), (90, 30), (90, 90))
CTRL = Qt.KeyboardModifier.ControlModifier


def dusty(dtype=np.uint16, stack=(), colour=False):
    """A smooth picture with four bright specks of 4 x 4 pixels."""
    plane = 60.0 + np.add.outer(np.arange(SIZE), np.arange(SIZE)) / 4
    for y, x in PLACES:
        plane[y - 2 : y + 2, x - 2 : x + 2] = 250
    if np.dtype(dtype) == np.uint16:
        plane = plane * 257
    if colour:
        plane = np.stack([plane, plane * 0.8, plane * 0.6], axis=-1)
    return np.broadcast_to(plane, (*stack, *plane.shape)).astype(dtype)


@pytest.fixture
def show(viewer, qtbot):
    """Open the dock on a dusty image and show its dust."""

    def shown(image=None, **options):
        viewer.add_image(dusty() if image is None else image, name="slide", **options)
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
        dock.layers.brush.brush_size = 5
        dock.dust.form.shown.click()
        looked(dock, qtbot)
        return dock

    return shown


@pytest.fixture
def mouse(viewer):
    return Mouse(viewer)


def looked(dock, qtbot):
    qtbot.waitUntil(lambda: dock.dust.found is not None and not dock.dust.busy, timeout=20_000)


def heal_all(dock, qtbot):
    dock.dust.form.heal.click()
    qtbot.waitUntil(lambda: not dock.runner.running and not dock.queue.busy, timeout=30_000)


def healed(dock):
    """Return which of the specks are no longer those of the picture."""
    changed = dock.session.result != dock.session.original
    changed = changed.any(axis=-1) if changed.ndim == 3 else changed
    return [bool(changed[y - 2 : y + 2, x - 2 : x + 2].all()) for y, x in PLACES]


@pytest.mark.parametrize(
    ("dtype", "colour"), [(np.uint8, False), (np.uint16, False), (np.uint8, True)]
)
def test_one_press_heals_all_in_one_step_of_undo(show, qtbot, mouse, dtype, colour):
    image = dusty(dtype, colour=colour)
    dock = show(image, rgb=colour)
    assert dock.dust.found.count == 4
    assert dock.dust.form.count.text().startswith("4 found.")
    assert (dock.layers.brush.data == DUST).sum() > 4 * 16
    heal_all(dock, qtbot)
    assert healed(dock) == [True] * 4
    assert not dock.layers.brush.data.any()
    assert not dock.dust.on
    away = np.abs(dock.session.result.astype(float) - dusty(dtype, colour=colour)).max()
    smooth = 60.0 + np.add.outer(np.arange(SIZE), np.arange(SIZE)) / 4
    scale = 257 if np.dtype(dtype) == np.uint16 else 1
    first = dock.session.result[..., 0] if colour else dock.session.result
    assert away > 50
    assert np.abs(first - smooth * scale).max() < 5 * scale
    assert len(dock.session.edits) == 1
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert dock.session.result.tobytes() == image.tobytes()


def test_a_click_drops_one_and_keeps_it_again(show, qtbot, mouse):
    dock = show()
    mouse.stroke((30, 30))
    assert dock.dust.form.count.text().startswith("4 found, 1 dropped.")
    assert (dock.layers.brush.data[20:40, 20:40] == DROPPED).any()
    assert not (dock.layers.brush.data[20:40, 20:40] == DUST).any()
    mouse.stroke((90, 90))
    mouse.stroke((90, 90))
    assert not dock.session.edits  # clicks on candidates paint nothing
    dock.dust.form.contrast.setValue(20)  # what was dropped stays so
    qtbot.waitUntil(lambda: not dock.dust.busy)
    assert len(dock.dust.dropped) == 1
    heal_all(dock, qtbot)
    assert healed(dock) == [False, True, True, True]


def test_the_slider_decides_what_is_found(show, qtbot):
    image = dusty(np.uint8)
    image[28:32, 28:32] = 125  # less of a contrast
    dock = show(image)
    assert dock.dust.found.count == 4
    dock.dust.form.contrast.setValue(40)
    qtbot.waitUntil(lambda: dock.dust.found.count == 3, timeout=20_000)
    assert not dock.layers.brush.data[:50, :50].any()
    dock.dust.form.side.setCurrentIndex(dock.dust.form.side.findData("dark"))
    qtbot.waitUntil(lambda: dock.dust.found.count == 0, timeout=20_000)
    assert not dock.layers.brush.data.any()
    assert not dock.dust.form.heal.isEnabled()


def test_one_paints_elsewhere_meanwhile_and_what_was_healed_is_found_no_more(show, qtbot, mouse):
    dock = show()
    dock.layers.brush.brush_size = 11
    mouse.stroke((30, 15), (30, 40))  # begins beside a candidate, and goes over it
    assert len(dock.session.edits) == 1
    qtbot.waitUntil(
        lambda: dock.dust.found is not None and dock.dust.found.count == 3, timeout=20_000
    )
    assert not (dock.layers.brush.data[20:40, 20:40] == DUST).any()


def test_escape_takes_all_back(show, qtbot, mouse, gated):
    dock = show()
    dock.form.fill.addItem("gated", "gated")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("gated"))
    dock.dust.form.heal.click()
    qtbot.waitUntil(lambda: dock.runner.running)
    assert dock.progress.isVisibleTo(dock)
    mouse.key(Qt.Key.Key_Escape)
    gated.set()
    qtbot.waitUntil(lambda: not dock.runner.running)
    assert healed(dock) == [False] * 4
    assert not dock.session.edits


def test_each_plane_of_a_stack_has_its_own(show, qtbot, mouse, viewer):
    image = dusty(stack=(3,)).copy()
    image[1, 28:32, 28:32] = image[1, 27, 27]
    dock = show(image)
    viewer.dims.set_current_step(0, 0)
    looked(dock, qtbot)
    mouse.stroke((90, 90))
    viewer.dims.set_current_step(0, 1)
    looked(dock, qtbot)
    assert dock.dust.found.count == 3
    assert not dock.dust.dropped
    heal_all(dock, qtbot)
    changed = (viewer.layers["slide healed"].data != image).any(axis=(1, 2))
    assert changed.tolist() == [False, True, False]
    viewer.dims.set_current_step(0, 0)
    dock.dust.form.shown.click()
    looked(dock, qtbot)
    assert len(dock.dust.dropped) == 1


def test_closed_while_it_looks(show, viewer, qtbot):
    dock = show()
    dock.dust.form.contrast.setValue(5)
    viewer.window.remove_dock_widget(dock.parent())
    qtbot.wait(50)
    assert [layer.name for layer in viewer.layers] == ["slide"]
