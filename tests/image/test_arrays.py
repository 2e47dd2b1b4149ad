from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_greyfill
from napari_greyfill.errors import BadParameterError, UnsupportedImageError
from napari_greyfill.image.arrays import channels_at, channels_last, described


@given(st.permutations([5, 7, 3]), st.booleans())
def test_colours_go_last_and_come_back(shape, backwards):
    image = np.arange(105, dtype=np.uint16).reshape(shape)
    axis = shape.index(3) - (3 if backwards else 0)
    moved, rgb = channels_last(image, axis)
    assert rgb is True
    assert moved.shape == (*[side for side in shape if side != 3], 3)
    assert np.shares_memory(moved, image)
    np.testing.assert_array_equal(channels_at(moved, axis), image)


@pytest.mark.parametrize("rgb", [None, True, False])
def test_without_a_channel_axis_all_is_as_the_caller_says(rgb):
    image = [[1, 2], [3, 4]]
    assert channels_last(image, None, rgb=rgb) == (image, rgb)
    filled = np.ones((4, 4))
    assert channels_at(filled, None) is filled


@pytest.mark.parametrize("multiscale", [False, True])
def test_layers_have_their_pixels_moved(multiscale):
    pixels = np.zeros((4, 6, 8), np.uint8)
    data = [pixels, pixels[:, ::2, ::2]] if multiscale else pixels
    layer = SimpleNamespace(data=data, rgb=False, multiscale=multiscale)
    assert channels_last(layer, 0)[0].shape == (6, 8, 4)


@pytest.mark.parametrize(
    ("axis", "rgb", "error", "advice"),
    [
        (3, None, BadParameterError, "below 3"),
        (-4, None, BadParameterError, "-3 or more"),
        (1.5, None, BadParameterError, "whole number"),
        ("first", None, BadParameterError, "whole number"),
        (1, None, UnsupportedImageError, "red, green, blue"),
        (0, False, BadParameterError, "leave one of them out"),
    ],
)
def test_axes_without_colours_are_refused(axis, rgb, error, advice):
    with pytest.raises(error, match=advice):
        channels_last(np.zeros((3, 5, 5)), axis, rgb=rgb)


def test_a_picture_with_its_colours_first_is_filled_as_one_with_them_last(astronaut, scratch):
    first = np.moveaxis(astronaut, -1, 0)
    moved, rgb = channels_last(first, 0)
    filled = napari_greyfill.fill(moved, scratch, rgb=rgb, method="biharmonic")
    expected = napari_greyfill.fill(astronaut, scratch, method="biharmonic")
    np.testing.assert_array_equal(channels_at(filled.image, 0), np.moveaxis(expected.image, -1, 0))


def test_an_array_in_a_few_words():
    assert described(np.zeros((5, 4, 3), np.uint8)) == "5 × 4 × 3 uint8"
