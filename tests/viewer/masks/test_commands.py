import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.masks import grow, shrink


@pytest.fixture
def mask(viewer):
    data = np.zeros((20, 30), np.uint8)
    data[5:10, 5:12] = 1
    data[12:15, 20:28] = 4
    return viewer.add_labels(data, name="mask")


@pytest.fixture
def command(viewer):
    """Run a command as the menus and the palette do: found by id, viewer passed by napari."""
    from npe2 import PluginManager

    def run(name):
        from napari_greyfill.viewer.masks import commands

        function = PluginManager.instance().commands.get(f"napari-greyfill.{name}")
        assert function is getattr(commands, name)
        function(viewer)

    return run


EXPECTED = {
    "grow_mask": lambda old: grow(old != 0, 2),
    "shrink_mask": lambda old: shrink(old != 0, 2),
    "invert_mask": lambda old: old == 0,
    "clear_mask": lambda old: np.zeros(old.shape, bool),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_result_and_undo(command, mask, name):
    before = mask.data.copy()
    command(name)
    np.testing.assert_array_equal(mask.data != 0, EXPECTED[name](before))
    assert not np.array_equal(mask.data, before)
    mask.undo()
    np.testing.assert_array_equal(mask.data, before)


def test_growing_keeps_every_label(command, mask):
    before = mask.data.copy()
    command("grow_mask")
    np.testing.assert_array_equal(mask.data[before != 0], before[before != 0])
    for label in (1, 4):
        reach = ndimage.distance_transform_edt(before != label) <= 2
        np.testing.assert_array_equal(mask.data == label, reach)


def test_only_the_plane_in_view_changes(command, viewer):
    data = np.zeros((3, 10, 10), np.uint8)
    data[:, 4:6, 4:6] = 1
    stack = viewer.add_labels(data.copy())
    viewer.dims.set_current_step(0, 1)
    command("clear_mask")
    assert not stack.data[1].any()
    np.testing.assert_array_equal(stack.data[[0, 2]], data[[0, 2]])


@pytest.mark.parametrize("name", EXPECTED)
def test_without_a_mask_it_says_so(command, viewer, messages, name):
    viewer.add_image(np.zeros((5, 5)))
    command(name)
    assert messages["warning"] == ["Select the labels layer that is to be changed first."]


def test_empty_mask_stays_empty(command, viewer):
    empty = viewer.add_labels(np.zeros((6, 6), np.uint8))
    command("grow_mask")
    assert not empty.data.any()
