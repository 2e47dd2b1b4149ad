import numpy as np
import pytest
from skimage import data

import napari_greyfill
from napari_greyfill.errors import GreyfillWarning, NothingKnownError
from napari_greyfill.masks import about_hole, inspected


@pytest.fixture
def mask():
    mask = np.zeros((64, 80), bool)
    mask[20:26, 30:50] = True
    return mask


def test_most_of_the_picture_masked_can_be_inverted(mask):
    (finding,) = about_hole(~mask)
    assert finding.sentence.startswith("98% of the picture is masked")
    assert finding.remedy == "invert"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.59])
def test_half_a_picture_is_nothing_odd(share):
    hole = np.arange(100).reshape(10, 10) < 100 * share
    assert about_hole(hole) == []


def test_a_mask_in_place_of_the_picture(mask):
    image = mask.astype(np.uint8) * np.uint8(255)
    (finding,) = inspected(image, mask)
    assert "check the order" in finding.sentence
    assert inspected(data.camera()[:64, :80], mask) == []
    assert inspected(mask, mask) == []  # a picture of one bit


def test_masks_with_leftovers_of_compression_are_black_and_white(mask):
    image = mask.astype(np.uint8) * np.uint8(250)
    image[18:28, 28:52] += np.random.default_rng(0).integers(0, 4, (10, 24), dtype=np.uint8)
    assert len(inspected(image, mask)) == 1


@pytest.mark.parametrize("dark", [0, 900])
def test_a_picture_with_a_bright_pixel_is_no_mask(mask, dark):
    image = np.random.default_rng(0).poisson(dark + 100, mask.shape).astype(np.uint16)
    image[5, 5], image[40, 60] = 65_535, 0
    assert inspected(image, mask) == []


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 3), (40, 40)])
def test_noise_is_no_mask(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert inspected(image, np.zeros(shape[:2], bool)) == []


def test_the_library_says_it_and_fills(mask):
    image = data.camera()[:64, :80]
    with pytest.warns(GreyfillWarning, match="98% of the picture is masked"):
        result = napari_greyfill.fill(image, ~mask, method="biharmonic")
    assert any("98%" in note for note in result.notes)
    with pytest.raises(NothingKnownError):
        napari_greyfill.fill(image, np.ones_like(mask), method="biharmonic")


def test_a_hole_that_was_erased_is_seen_when_it_is_filled(mask):
    image = np.dstack([data.astronaut()[:64, :80], np.where(mask, 0, 255).astype(np.uint8)])
    with pytest.warns(GreyfillWarning, match="the fill was made opaque"):
        filled = napari_greyfill.fill(image, mask, method="biharmonic").image
    assert (filled[..., 3] == 255).all()
    assert np.array_equal(filled[~mask], image[~mask])


def test_a_few_transparent_pixels_stay_and_it_is_said(mask):
    image = np.dstack([data.astronaut()[:64, :80], np.full(mask.shape, 255, np.uint8)])
    image[20, 30:40, 3] = 0
    with pytest.warns(GreyfillWarning, match="10 pixels of the hole are transparent"):
        filled = napari_greyfill.fill(image, mask, method="biharmonic").image
    assert np.array_equal(filled[..., 3], image[..., 3])
