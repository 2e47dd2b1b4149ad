import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from napari_greyfill.image.colour import LUMA_WEIGHTS, chroma, luma, with_luma

UNIT = st.floats(0, 1, width=32)
GREYS = arrays(np.float32, (4, 5), elements=UNIT)
COLOURS = arrays(np.float32, (4, 5, 3), elements=UNIT)
CHROMAS = arrays(np.float32, (4, 5, 2), elements=st.floats(-1, 1, width=32))


def test_luma_is_what_pillow_calls_grey(astronaut):
    expected = np.asarray(Image.fromarray(astronaut).convert("L"), dtype=float)
    ours = luma(astronaut.astype(np.float32) / 255) * 255
    assert np.abs(ours - expected).max() < 0.51  # Pillow rounds


def test_the_weights_add_up_to_one():
    assert LUMA_WEIGHTS.sum() == pytest.approx(1.0, abs=1e-6)


@given(GREYS, CHROMAS)
def test_any_chroma_gets_the_grey_and_stays_in_gamut(grey, colour):
    result = with_luma(grey, colour)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert np.abs(luma(result) - grey).max() < 1e-5


@given(COLOURS)
def test_colours_come_back_from_their_own_luma_and_chroma(rgb):
    assert np.abs(with_luma(luma(rgb), chroma(rgb)) - rgb).max() < 1e-5


@given(COLOURS)
def test_chroma_is_blue_and_red_minus_luma(rgb):
    y = 0.299 * rgb[..., 0] + 0.587 * rgb[..., 1] + 0.114 * rgb[..., 2]
    expected = np.stack([rgb[..., 2] - y, rgb[..., 0] - y], axis=-1)
    np.testing.assert_allclose(chroma(rgb), expected, atol=1e-6)


@given(GREYS, CHROMAS)
def test_too_strong_chroma_loses_strength_but_not_hue(grey, colour):
    found = chroma(with_luma(grey, colour)).astype(float)
    # both vectors point the same way: their cross product is 0, their dot product is not negative
    cross = found[..., 0] * colour[..., 1] - found[..., 1] * colour[..., 0]
    assert np.abs(cross).max() < 1e-5
    assert (found * colour).sum(axis=-1).min() > -1e-5
    assert (np.abs(found) <= np.abs(colour) + 1e-5).all()


@given(GREYS)
def test_no_chroma_is_grey(grey):
    result = with_luma(grey, np.zeros((*grey.shape, 2), np.float32))
    np.testing.assert_array_equal(result, np.repeat(grey[..., None], 3, axis=-1))


def test_black_and_white_have_no_room_for_colour():
    grey = np.array([[0.0, 1.0]], dtype=np.float32)
    result = with_luma(grey, np.full((1, 2, 2), 0.3, np.float32))
    np.testing.assert_array_equal(result, np.repeat(grey[..., None], 3, axis=-1))


def test_grey_beyond_the_range_is_clipped():
    grey = np.array([[-0.5, 1.5]], dtype=np.float32)
    assert with_luma(grey, np.full((1, 2, 2), 0.3, np.float32)).tolist() == [[[0] * 3, [1] * 3]]
