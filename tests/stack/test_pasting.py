"""What was filled, laid over a stack where it is read."""

import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.pasting import Pasted, filled_region
from napari_greyfill.stack.tasks import Source, StackPatch

HOLE = np.array([[True, False], [True, True]])


def pasted(stack, axes, index=(2,)):
    values = np.full((2, 2, *([3] if axes.colour is not None else [])), 99, stack.dtype)
    patch = StackPatch(index, Window(1, 3, 4, 6), values, HOLE, Source.Z)
    whole = stack.copy()
    plane = axes.upright(whole[axes.place(index)])
    plane[1:3, 4:6][HOLE] = 99
    return Pasted(stack, axes, [patch]), filled_region(axes, [patch]), whole


@pytest.mark.parametrize(
    ("shape", "names"), [((4, 8, 9), "ZYX"), ((8, 9, 4), "YXZ"), ((4, 3, 8, 9), "ZSYX")]
)
def test_every_part_is_as_of_the_whole(shape, names):
    stack = np.zeros(shape, np.uint8)
    axes = axes_of(stack, axes=names)
    lazy, labels, whole = pasted(stack, axes)
    np.testing.assert_array_equal(np.asarray(lazy), whole)
    key = tuple(slice(1, 3) for _ in shape)
    np.testing.assert_array_equal(lazy[key], whole[key])
    np.testing.assert_array_equal(lazy[2], whole[2])
    np.testing.assert_array_equal(lazy[..., 2:5], whole[..., 2:5])
    np.testing.assert_array_equal(lazy[-2:], whole[-2:])
    assert np.count_nonzero(np.asarray(labels) == Source.Z) == 3
    assert not stack.any()


def test_steps_are_taken_and_go_forwards():
    stack = np.arange(4 * 8 * 9.0).reshape(4, 8, 9)
    lazy, _, _ = pasted(stack, axes_of(stack))
    np.testing.assert_array_equal(lazy[::2, 1::3], np.asarray(lazy)[::2, 1::3])
    with pytest.raises(IndexError):
        lazy[::-1]
