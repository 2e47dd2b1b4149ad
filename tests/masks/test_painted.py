import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data

from napari_greyfill.errors import BadMaskError
from napari_greyfill.masks import looks_like_mask, painted_in


@pytest.fixture
def painted():
    mask = np.zeros((64, 80), bool)
    mask[20:40, 30:70] = True
    return mask


def alpha_of(painted):
    return painted.astype(np.uint8) * np.uint8(255)


@pytest.mark.parametrize("colour", [(0, 0, 0), (90, 20, 20), (255, 255, 255), (0, 0, 40)])
def test_what_is_opaque_is_painted_whatever_its_colour(painted, colour):
    values = np.where(painted[..., None], np.uint8(colour), np.uint8(0))
    found = painted_in(values, alpha_of(painted))
    assert np.array_equal(found.mask != 0, painted)
    assert found.said == ()
    assert looks_like_mask(np.dstack([values, alpha_of(painted)]))


def test_soft_alpha_is_halved_and_that_is_said(painted):
    soft = np.rint(gaussian_filter(painted * 255.0, 1)).astype(np.uint8)
    found = painted_in(np.zeros((*painted.shape, 3), np.uint8), soft)
    assert np.array_equal(found.mask, soft > 127)
    assert "alpha values" in found.said[0]


def test_grey_with_alpha_of_black_paint(painted):
    found = painted_in(np.zeros(painted.shape, np.uint8), alpha_of(painted))
    assert np.array_equal(found.mask, painted)


def test_an_erased_picture_is_a_mask_of_what_was_erased(painted):
    picture = data.astronaut()[:64, :80]
    found = painted_in(picture, alpha_of(~painted))
    assert np.array_equal(found.mask, painted)
    assert "transparent is the hole" in found.said[0]


@pytest.mark.parametrize("colour", [(40, 10, 10), (0, 0, 90), (64, 64, 0)])
def test_dark_colours_on_black_are_painted(painted, colour):
    values = np.where(painted[..., None], np.uint8(colour), np.uint8(0))
    assert np.array_equal(painted_in(values).mask != 0, painted)


@pytest.mark.parametrize("values", [(1, 2), (254, 255), (100, 200)])
def test_without_0_the_smallest_value_is_unpainted(painted, values):
    found = painted_in(np.where(painted, np.uint8(values[1]), np.uint8(values[0])))
    assert np.array_equal(found.mask != 0, painted)
    assert f"smallest value, {values[0]}," in found.said[0]


@pytest.mark.parametrize("dtype", ["u1", "u2", "i4", "f4", "f8"])
def test_greys_of_8_bits_in_any_type(painted, dtype):
    soft = np.rint(gaussian_filter(painted * 252.0, 1)).astype(dtype)
    found = painted_in(soft)
    assert np.array_equal(found.mask, soft > 126)
    assert len(found.said) == 1


def test_fractions_of_255_are_divided(painted):
    soft = gaussian_filter(painted * 255.0, 1)
    assert np.array_equal(painted_in(soft).mask, soft > 127.5)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i4"])
def test_labels_keep_their_numbers(dtype):
    labels = np.zeros((64, 80), dtype)
    for number in range(1, 13):
        labels[5 * number - 4 : 5 * number, 10:70] = number * 9
    found = painted_in(labels)
    assert np.array_equal(found.mask, labels)
    assert found.mask.dtype == labels.dtype


@pytest.mark.parametrize("lossy", [False, True])
def test_a_picture_is_refused(lossy):
    picture = data.camera()
    if lossy:
        assert painted_in(picture, lossy=True).said  # whatever was compressed is divided, and said
    else:
        with pytest.raises(BadMaskError, match="check the order of image and mask"):
            painted_in(picture)


def test_what_looks_like_a_mask(painted):
    mask = painted.astype(np.uint8) * np.uint8(255)
    for plane in (painted, mask, np.dstack([mask] * 3), painted.astype(float), mask // 255):
        assert looks_like_mask(plane)
    assert looks_like_mask(np.rint(gaussian_filter(mask.astype(float), 1)).astype(np.uint8))
    for plane in (data.camera(), data.astronaut(), np.zeros((9, 9)), np.full((9, 9), np.nan)):
        assert not looks_like_mask(plane)
