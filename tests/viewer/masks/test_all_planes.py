"""The button To all planes of the Masks dock, with real clicks."""

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_greyfill.masks import detect_mask, random_mask


@pytest.fixture
def stack():
    """Return planes in which saturated squares lie at different places."""
    rng = np.random.default_rng(0)
    planes = rng.integers(20, 120, (4, 60, 80)).astype(np.uint8)
    for number in (0, 1, 3):
        planes[number, 10 + 8 * number : 16 + 8 * number, 20:30] = 255
    return planes


@pytest.fixture
def dock(viewer, qtbot, stack):
    viewer.add_image(stack, name="stack")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")[1]
    dock.form.tabs.setCurrentWidget(dock.form.picture)
    detector = dock.form.picture.detector
    detector.setCurrentIndex(detector.findData("saturated"))
    yield dock
    if not dock.closed:
        dock.hide()
        qtbot.waitUntil(lambda: not dock.background.busy, timeout=8_000)


def click(qtbot, dock):
    with qtbot.waitSignal(dock.mask_changed, timeout=8_000):
        qtbot.mouseClick(dock.form.apply_all, Qt.MouseButton.LeftButton)
    return dock.form.target.layer


def saturated(plane):
    return detect_mask(plane, "saturated")


def test_without_a_mask_there_is_one_with_a_plane_for_each(dock, qtbot, stack):
    mask = click(qtbot, dock)
    assert mask.data.shape == stack.shape
    for plane, painted in zip(stack, np.asarray(mask.data) != 0, strict=True):
        np.testing.assert_array_equal(painted, saturated(plane))
    assert "in 3 planes" in dock.form.status.text()
    mask.undo()
    assert not np.asarray(mask.data).any()


def test_on_a_flat_mask_all_that_is_found_comes_together(viewer, dock, qtbot, stack):
    flat = viewer.add_labels(np.zeros((60, 80), np.uint8), name="flat")
    dock.form.target.choose(flat)
    assert click(qtbot, dock).unique_id == flat.unique_id
    together = np.any([saturated(plane) for plane in stack], axis=0)
    np.testing.assert_array_equal(np.asarray(flat.data) != 0, together)


def test_random_masks_differ_from_plane_to_plane(dock, qtbot):
    dock.form.tabs.setCurrentWidget(dock.form.random)
    tab = dock.form.random
    tab.kind.setCurrentIndex(tab.kind.findData("box"))
    tab.seed.setValue(5)
    painted = np.asarray(click(qtbot, dock).data) != 0
    for number, plane in enumerate(painted):
        np.testing.assert_array_equal(plane, random_mask((60, 80), "box", seed=5 + number))


def test_a_single_picture_has_no_other_planes(viewer, dock, stack):
    picture = viewer.add_image(stack[0], name="picture")
    dock.form.image.choose(picture)
    assert dock.form.apply_all.isHidden()
    assert dock.form.each.isHidden()


@pytest.mark.parametrize("each", [False, True])
def test_a_new_mask_is_flat_unless_asked(dock, qtbot, each):
    if each:
        dock.form.each.click()
    qtbot.mouseClick(dock.form.new_mask, Qt.MouseButton.LeftButton)
    assert dock.form.target.layer.data.shape == ((4, 60, 80) if each else (60, 80))


def test_a_mask_with_some_of_the_axes_gets_what_is_found_along_the_others(viewer, qtbot, stack):
    """Planes that share one of the mask come neither all together nor one after the other."""
    viewer.add_image(np.stack([stack, stack[::-1]]), name="two")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")[1]
    dock.form.tabs.setCurrentWidget(dock.form.picture)
    detector = dock.form.picture.detector
    detector.setCurrentIndex(detector.findData("saturated"))
    some = viewer.add_labels(np.zeros(stack.shape, np.uint8), name="some")
    dock.form.target.choose(some)
    painted = np.asarray(click(qtbot, dock).data) != 0
    for plane, mirrored, own in zip(stack, stack[::-1], painted, strict=True):
        np.testing.assert_array_equal(own, saturated(plane) | saturated(mirrored))
    dock.hide()
    qtbot.waitUntil(lambda: not dock.background.busy, timeout=8_000)
