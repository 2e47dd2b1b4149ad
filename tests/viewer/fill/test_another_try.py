"""Another try: the next seed, beside the fill that is there."""

import numpy as np
import pytest
from qtpy.QtCore import Qt
from skimage import data

from napari_greyfill import fill


@pytest.fixture
def dock(viewer, open_dock):
    """Return the dock with gravel and a wide hole."""
    viewer.add_image(data.gravel()[:160, :160].copy(), name="pic")
    mask = np.zeros((160, 160), np.uint8)
    mask[50:100, 50:100] = 1
    viewer.add_labels(mask, name="mask")
    dock = open_dock()
    dock.refresh()
    return dock


@pytest.fixture
def press(qtbot):
    def pressed(dock):
        with qtbot.waitSignal(dock.run_ended, timeout=60_000):
            qtbot.mouseClick(dock.another_button, Qt.MouseButton.LeftButton)

    return pressed


def look(dock, name):
    field = dock.form.fields["look"].widget
    field.setCurrentIndex(field.findData(name))
    dock.refresh()


def names(viewer):
    return [layer.name for layer in viewer.layers]


def test_adds_the_fill_with_the_next_seed_and_keeps_the_first(viewer, dock, run, press):
    look(dock, "texture")
    assert dock.another_button.isHidden()
    run(dock)
    assert not dock.another_button.isHidden()
    first = viewer.layers["pic filled"].data.copy()
    press(dock)
    assert dock.form.fields["seed"].value == 1
    np.testing.assert_array_equal(viewer.layers["pic filled"].data, first)
    second = viewer.layers["pic filled [1]"].data
    assert not np.array_equal(second, first)
    image, mask = viewer.layers["pic"].data, viewer.layers["mask"].data
    again = fill(image, mask, look="texture", seed=1)
    np.testing.assert_array_equal(second, again.image)
    press(dock)
    assert dock.form.fields["seed"].value == 2
    assert names(viewer).count("pic filled [2]") == 1
    assert [name for name in names(viewer) if "region" in name] == ["pic filled region"]
    assert [row.run for row in dock.table.model.rows] == [1, 2, 3]


def test_a_run_after_it_updates_the_last_one(viewer, dock, run, press):
    look(dock, "texture")
    run(dock)
    first = viewer.layers["pic filled"].data.copy()
    press(dock)
    count = len(viewer.layers)
    run(dock)
    assert len(viewer.layers) == count
    np.testing.assert_array_equal(viewer.layers["pic filled"].data, first)


def test_is_not_offered_for_what_has_no_chance_in_it(dock, run):
    look(dock, "faithful")
    run(dock)
    assert dock.another_button.isHidden()


def test_waits_until_there_is_something_to_fill(viewer, dock, run, qtbot):
    look(dock, "texture")
    run(dock)
    viewer.layers["mask"].data = np.zeros((160, 160), np.uint8)
    dock.refresh()
    assert not dock.another_button.isEnabled()
    dock.try_again()
    assert not dock.running
    assert dock.form.fields["seed"].value == 0


def test_is_for_what_was_filled_last_and_nothing_else(viewer, dock, run):
    look(dock, "texture")
    run(dock)
    assert dock.another_button.isEnabled()
    look(dock, "faithful")
    assert not dock.another_button.isEnabled()
    look(dock, "texture")
    assert dock.another_button.isEnabled()
    viewer.layers["mask"].data_setitem((np.array([3]), np.array([3])), 1)
    dock.refresh()
    assert not dock.another_button.isEnabled()


def test_one_of_several_methods_is_enough(dock, run):
    method = dock.form.method
    method.setCurrentIndex(method.findData("texture"))
    dock.form.also.choose(["biharmonic"])
    run(dock)
    assert not dock.another_button.isHidden()


def test_a_cancelled_try_costs_no_seed(viewer, dock, run, press, qtbot):
    look(dock, "texture")
    run(dock)
    with qtbot.waitSignal(dock.run_ended, timeout=60_000):
        dock.another_button.click()
        dock.cancel_button.click()
    assert "pic filled [1]" not in names(viewer)
    press(dock)
    assert viewer.layers["pic filled [1]"].metadata["greyfill"]["parameters"]["seed"] == 1


def test_after_the_largest_seed_comes_the_first(dock, run, press):
    look(dock, "texture")
    dock.form.fields["seed"].value = 2**31 - 1
    run(dock)
    press(dock)
    assert dock.form.fields["seed"].value == 0
