import dask.array
import numpy as np
import pytest
from skimage import data

from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.measure.partner import (
    ReferenceAdvice,
    is_intact_partner,
    suggest_reference,
)
from napari_greyfill.viewer import samples


@pytest.fixture
def pair():
    """Return a scratched picture, the intact one and the mask."""
    intact = data.camera()[:200, :240]
    hole = np.zeros(intact.shape, bool)
    hole[60:70, 40:200] = True
    return np.where(hole, np.uint8(255), intact), intact, hole


def test_the_intact_partner_is_found_among_others(pair):
    scratched, intact, hole = pair
    others = {"moon": data.moon()[:200, :240], "same": scratched, "intact": intact}
    advice = suggest_reference(scratched, hole, others)
    assert (advice.kind, advice.partner) == ("layer", "intact")
    assert "The mask covers damage" in advice.damage


def test_without_a_partner_damage_is_measured_against_nothing(pair):
    scratched, intact, hole = pair
    assert suggest_reference(scratched, hole, {}).kind == "none"
    assert suggest_reference(intact, hole, {}) == ReferenceAdvice("image")


def test_a_damaged_picture_is_no_partner_of_the_intact_one(pair):
    scratched, intact, hole = pair
    assert suggest_reference(intact, hole, {"scratched": scratched}).kind == "image"


def test_partners_are_equal_everywhere_else(pair):
    scratched, intact, hole = pair
    assert is_intact_partner(scratched, intact, hole)
    elsewhere = intact.copy()
    elsewhere[199, 239] += 1
    assert not is_intact_partner(scratched, elsewhere, hole)
    assert not is_intact_partner(scratched, intact, hole & (np.arange(240) < 100))


def test_other_types_and_sizes_are_no_partners(pair):
    scratched, intact, hole = pair
    for other in (intact.astype(np.uint16), intact[:100], np.dstack([intact] * 3)):
        assert not is_intact_partner(scratched, other, hole)
    assert not is_intact_partner(scratched, intact, hole[:100])


def test_pixels_without_a_value_in_both_are_equal(pair):
    scratched, intact, hole = (each.astype(float) for each in pair)
    for image in (scratched, intact):
        image[0, 0] = np.nan
    assert is_intact_partner(scratched, intact, hole > 0)


def test_planes_that_are_read_when_needed_are_partners_too(pair):
    scratched, intact, hole = pair
    planes = (LazyPlane(dask.array.from_array(each)) for each in (scratched, intact))
    assert is_intact_partner(*planes, hole)


@pytest.mark.parametrize(
    "sample", [samples.scratched_photo, samples.dusty_histology, samples.scratched_cells]
)
def test_every_sample_has_its_partner(sample):
    (damaged, *_), (intact, *_), (mask, *_) = sample()
    assert suggest_reference(damaged, mask > 0, {"intact": intact}).partner == "intact"
