import numpy as np
import pytest

from napari_greyfill.errors import CancelledError, NothingKnownError
from napari_greyfill.image.picture import Picture
from napari_greyfill.pipeline.heal_fills import Refinement, cloned, quick


def disk(size, radius):
    steps = np.arange(size) - size // 2
    return np.add.outer(steps**2, steps**2) <= radius**2


@pytest.mark.parametrize("radius", [4, 40])
@pytest.mark.parametrize("colour", [False, True])
def test_a_quick_fill_restores_what_is_smooth(radius, colour):
    plane = np.add.outer(np.arange(100.0), 2 * np.arange(100.0))
    image = np.stack([plane, 300 - plane, plane], axis=-1) if colour else plane
    hole = disk(100, radius)
    damaged = image.copy()
    damaged[hole] = 0
    filled = quick(Picture.from_array(damaged, hole))
    assert np.abs(filled - image)[hole].max() < 0.5
    assert np.array_equal(filled[~hole], image[~hole])


def test_a_quick_fill_looks_farther_where_nothing_near_is_known():
    image = np.full((60, 60), np.nan)
    image[:, 50:] = 3.0
    hole = disk(60, 5)
    picture = Picture.from_array(image, hole, keep_invalid="keep")
    assert quick(picture)[hole] == pytest.approx(3.0, abs=0.1)


def test_a_stroke_with_nothing_around_it_is_a_sentence():
    picture = Picture.from_array(np.ones((60, 60)), disk(60, 5))
    lost = Picture(picture.original, picture.hole, "grey", picture.values, unknown=~picture.hole)
    with pytest.raises(NothingKnownError, match="smaller stroke"):
        quick(lost)
    with pytest.raises(NothingKnownError, match="smaller stroke"):
        cloned(lost, np.ones((60, 60)))


@pytest.mark.parametrize("method", ["correction", "texture", "biharmonic"])
def test_a_refinement_returns_the_painted_pixels(method):
    rng = np.random.default_rng(0)
    image = rng.integers(90, 110, (96, 96, 3)).astype(np.uint8)
    hole = disk(96, 9)
    place = slice(39, 58), slice(39, 58)
    refinement = Refinement(Picture.from_array(image, hole), place, hole[place], method, 0)
    pixels = refinement.run()
    assert pixels.shape == (hole.sum(), 3)
    assert pixels.dtype == np.uint8
    assert 80 < pixels.mean() < 120


def test_a_refinement_can_be_stopped():
    image = np.random.default_rng(0).normal(size=(96, 96))
    hole = disk(96, 20)
    refinement = Refinement(
        Picture.from_array(image, hole), (slice(0, 96), slice(0, 96)), hole, "correction", 0
    )
    with pytest.raises(CancelledError):
        list(refinement.steps(lambda: True))


def test_a_source_without_values_in_places_is_smooth_there():
    hole = disk(60, 8)
    source = np.add.outer(np.arange(60.0), np.arange(60.0))
    source[30, 28:33] = np.nan
    picture = Picture.from_array(np.full((60, 60), 5.0), hole)
    filled = cloned(picture, source)
    assert np.isfinite(filled).all()
    assert filled[hole].mean() == pytest.approx(5.0, abs=0.2)


def test_an_alpha_is_not_cloned():
    image = np.full((60, 60, 4), 100, np.uint8)
    source = np.full((60, 60, 4), 50, np.uint8)
    picture = Picture.from_array(image, disk(60, 8))
    filled = cloned(picture, source, blended=False)
    assert (filled[30, 30] == (50, 50, 50, 100)).all()
