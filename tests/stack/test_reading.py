"""Windows of the planes around one, each read once."""

import numpy as np

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.reading import Around, best_axis, moved
from napari_greyfill.stack.source import StackImage
from tests.stacks import blob, moving, one_plane

WINDOW = Window(4, 44, 4, 44)


class Counting:
    def __init__(self, array):
        self.array, self.shape, self.dtype, self.read = array, array.shape, array.dtype, []

    def __getitem__(self, key):
        self.read.append(key[0])
        return self.array[key]


def around(stack, mask, plane=3):
    axes = axes_of(stack)
    return Around(StackImage(stack, axes), matched(mask, axes), (plane,), WINDOW, 0)


def test_planes_are_read_once_and_only_if_asked_for():
    stack = Counting(moving())
    reader = around(stack, one_plane())
    assert reader(1) is reader(1) and reader(4) is None
    assert stack.read == [4]
    assert reader.knows(blob()[WINDOW.slices]) and stack.read == [4]


def test_damage_in_all_planes_is_known_nowhere():
    assert not around(moving(), blob()).knows(blob()[WINDOW.slices])


def test_holes_and_pixels_without_a_value_are_unknown_and_0():
    stack = moving().astype(np.float32)
    stack[3, 10, 10] = np.nan
    own = around(stack, one_plane())(0)
    assert own.unknown.sum() == blob().sum() + 1 and not own.plane[own.unknown].any()


def test_all_planes_are_on_the_scale_of_the_window():
    reader = around(moving().astype(np.uint16), one_plane()).on_own_scale()
    for offset in (-1, 0, 1):
        plane = reader(offset)
        known = plane.plane[~plane.unknown]
        assert known.min() > -1 and known.max() < 2
    back = reader.scale.back(reader(1).plane)
    expected = around(moving().astype(np.uint16), one_plane())(1).plane
    np.testing.assert_allclose(back, expected, atol=1e-4 * expected.max())


def test_the_axis_is_the_one_along_which_planes_resemble_each_other():
    slow = np.stack([moving(5, seed=0)] * 5, axis=1)  # (Z, T): nothing happens in time
    noise = np.random.default_rng(0).integers(0, 9, slow.shape, dtype=np.uint8)
    stack = slow + noise
    axes = axes_of(stack, axes="ZTYX")
    mask = np.zeros(stack.shape, bool)
    mask[2, 2] = blob()
    image, found = StackImage(stack, axes), matched(mask, axes)
    hole = blob()[WINDOW.slices]
    assert best_axis(image, found, (2, 2), WINDOW, hole, axes.context("auto")) == 1
    mask[2, :] = blob()  # unless no moment knows
    assert best_axis(image, found, (2, 2), WINDOW, hole, axes.context("auto")) == 0
    mask[:, :] = blob()
    assert best_axis(image, found, (2, 2), WINDOW, hole, axes.context("auto")) is None


def test_beyond_the_ends_is_no_plane():
    assert moved((1, 2), 1, 1, (2, 4)) == (1, 3) and moved((1, 2), 0, 1, (2, 4)) is None
