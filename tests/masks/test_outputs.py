import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_greyfill
from napari_greyfill.errors import (
    BadParameterError,
    EmptyMaskError,
    NothingKnownError,
    ShapeMismatchError,
)
from napari_greyfill.masks import HOLE_VALUES, masked_images
from tests.strategies import holes, pictures


@given(data=st.data(), invalid=st.booleans(), value=st.sampled_from(HOLE_VALUES))
def test_known_pixels_alpha_and_type_are_kept(data, invalid, value):
    picture = data.draw(pictures(invalid=invalid))
    hole = data.draw(holes(picture.shape[:2]))
    try:
        grey, colour = masked_images(picture, hole, value=value)
    except NothingKnownError:
        finite = np.isfinite(picture[..., :3]) if picture.ndim == 3 else np.isfinite(picture)
        assert not (finite.all(axis=-1) if picture.ndim == 3 else finite)[~hole].any()
        return
    assert grey.dtype == colour.dtype == picture.dtype
    assert colour.shape == picture.shape
    assert grey.shape == hole.shape
    assert colour[~hole].tobytes() == picture[~hole].tobytes()
    if picture.ndim == 3:
        assert (colour[hole][:, :3] == colour[hole][0, :3]).all()
        assert colour[..., 3:].tobytes() == picture[..., 3:].tobytes()
    assert (grey[hole] == grey[hole][0]).all()
    assert np.isfinite(grey[hole]).all()


@given(data=st.data())
def test_luma_is_between_the_channels(data):
    picture = data.draw(pictures(channels=[(3,)]))
    hole = data.draw(holes(picture.shape[:2]))
    grey, _ = masked_images(picture, hole)
    known = picture[~hole].astype(np.float64)
    slack = np.abs(known).max(axis=-1) * 1e-6 + (1 if picture.dtype.kind in "iu" else 1e-3)
    with np.errstate(over="ignore"):  # what lies beyond the largest number is infinite here
        assert (grey[~hole] >= known.min(axis=-1) - slack).all()
        assert (grey[~hole] <= known.max(axis=-1) + slack).all()


def test_values_of_the_hole():
    picture = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    hole = np.zeros((4, 5), bool)
    hole[1, 1] = True
    known = picture[~hole]
    expected = {
        "black": [0, 0, 0],
        "white": [255] * 3,
        "mean": np.rint(known.mean(axis=0)),
        7: [7] * 3,
    }
    for value, colour in expected.items():
        assert masked_images(picture, hole, value=value).colour[1, 1].tolist() == list(colour)


def test_white_of_a_camera_with_12_bits_is_its_largest_value():
    counts = np.linspace(100, 4000, 400).reshape(20, 20).astype(np.uint16)
    hole = np.zeros((20, 20), bool)
    hole[3, 3] = True
    assert masked_images(counts, hole, value="white").grey[3, 3] == 4000
    assert masked_images(counts, hole, value="black").grey[3, 3] == 0
    signed = counts.astype(np.int16) - 2000
    assert masked_images(signed, hole, value="black").grey[3, 3] == -1900


def test_a_float_hole_may_be_nan():
    picture = np.random.default_rng(0).random((5, 5))
    grey, colour = masked_images(picture, np.eye(5), value=float("nan"))
    np.testing.assert_array_equal(np.isnan(grey), np.eye(5) > 0)
    assert colour is not grey


@pytest.mark.parametrize("value", ["pink", 256, -1, 0.5])
def test_impossible_values_are_explained(value):
    with pytest.raises(BadParameterError, match=r"choose"):
        masked_images(np.zeros((4, 4), np.uint8), np.eye(4), value=value)


def test_wrong_masks_are_explained():
    picture = np.zeros((4, 4), np.uint8)
    with pytest.raises(EmptyMaskError):
        masked_images(picture, np.zeros((4, 4)))
    with pytest.raises(ShapeMismatchError):
        masked_images(picture, np.eye(5))
    assert napari_greyfill.masked_images is masked_images
