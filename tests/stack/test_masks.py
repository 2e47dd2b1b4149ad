"""Masks of stacks: flat, with all axes, with some of them."""

from types import SimpleNamespace

import numpy as np
import pytest

from napari_greyfill.errors import BadMaskError, ShapeMismatchError
from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.masks import interpolated, matched

AXES = axes_of(SimpleNamespace(shape=(4, 3, 8, 9)), axes="TZYX")


def test_a_flat_mask_serves_every_plane():
    mask = np.zeros((8, 9), np.uint8)
    mask[2:4, 2:4] = 1
    found = matched(mask, AXES)
    assert found.flat and found.own((3, 2)) == () and found.hole(()).sum() == 4


@pytest.mark.parametrize(
    ("shape", "followed"),
    [
        ((1, 8, 9), ()),
        ((1, 1, 8, 9), ()),
        ((3, 8, 9), (1,)),
        ((4, 8, 9), (0,)),
        ((4, 1, 8, 9), (0,)),
        ((1, 3, 8, 9), (1,)),
        ((4, 3, 8, 9), (0, 1)),
        ((1, 4, 8, 9), (0,)),
        ((1, 1, 1, 8, 9), ()),
    ],
)
def test_axes_go_with_those_of_the_same_length(shape, followed):
    mask = np.zeros(shape, bool)
    mask[..., 1, 1] = True
    found = matched(mask, AXES)
    assert found.followed == followed
    assert found.hole(found.own((1, 2)))[1, 1]


@pytest.mark.parametrize("shape", [(2, 8, 9), (3, 4, 8, 9), (8, 8), (5, 4, 3, 8, 9), (4, 3, 9, 8)])
def test_other_axes_are_refused_in_a_sentence(shape):
    with pytest.raises(ShapeMismatchError, match=r"; (give|paint)"):
        matched(np.ones(shape, bool), AXES)


def test_a_row_is_no_mask():
    with pytest.raises(BadMaskError):
        matched(np.ones(9, bool), AXES)


def test_two_ways_to_match_are_settled_from_the_last():
    square = axes_of(SimpleNamespace(shape=(3, 3, 8, 9)), axes="TZYX")
    assert matched(np.ones((3, 8, 9), bool), square).followed == (1,)


@pytest.mark.parametrize("names", ["YXZ", "XYZ", "ZXY", "XZY"])
def test_a_mask_like_the_image_has_its_axes(names):
    """Even where planes are square, so that the lengths would allow another reading."""
    lengths = {"Z": 3, "Y": 12, "X": 12}
    painted = np.zeros((3, 12, 12), bool)
    painted[1, 2:5, 7:11] = True
    given = painted.transpose(["ZYX".index(name) for name in names])
    mask = matched(given, axes_of(np.empty([lengths[n] for n in names]), axes=names))
    assert [mask.own((z,)) for z in range(3)] == [(0,), (1,), (2,)]
    for z in range(3):
        np.testing.assert_array_equal(mask.hole((z,)), painted[z])
    np.testing.assert_array_equal(mask.hole((1,), Window(1, 6, 5, 12)), painted[1, 1:6, 5:12])


def test_labels_and_growing_are_those_of_pictures():
    mask = np.zeros((8, 9), np.uint8)
    mask[4, 4], mask[0, 0] = 2, 1
    found = matched(mask, AXES, labels=(2,), grow=1)
    assert found.hole(()).sum() == 5
    np.testing.assert_array_equal(found.hole((), Window(3, 6, 4, 9)), found.hole(())[3:6, 4:9])


def test_between_painted_planes_the_shape_turns_from_one_to_the_other():
    axes = axes_of(SimpleNamespace(shape=(6, 32, 32)))
    mask = np.zeros((6, 32, 32), bool)
    mask[1, 10:14, 10:14] = mask[4, 6:18, 6:18] = True
    found = interpolated(matched(mask, axes))
    sizes = [int(found.hole((plane,)).sum()) for plane in range(6)]
    assert sizes[0] == sizes[5] == 0
    assert 16 == sizes[1] < sizes[2] < sizes[3] < sizes[4] == 144
    part = Window(8, 16, 8, 16)
    np.testing.assert_array_equal(found.hole((2,), part), found.hole((2,))[part.slices])


def test_a_flat_mask_has_nothing_between():
    with pytest.raises(BadMaskError, match="interpolate_mask"):
        interpolated(matched(np.ones((8, 9), bool), AXES))


def test_values_in_between_are_refused():
    with pytest.raises(BadMaskError, match=r"mask > 0\.5"):
        matched(np.full((8, 9), 0.5) * np.arange(9), AXES).hole(())
