import numpy as np
import pytest
from skimage.metrics import structural_similarity

from napari_greyfill.measure.ssim import Similarities


@pytest.fixture
def reference():
    return np.random.default_rng(0).random((60, 80))


def changed(reference, hole, seed=1):
    return np.where(hole, np.random.default_rng(seed).random(reference.shape), reference)


@pytest.mark.parametrize("channels", [None, 1, 3])
@pytest.mark.parametrize(
    "corner", [(0, 0), (30, 40), (50, 70)], ids=["at the edge", "inside", "at the far edge"]
)
def test_means_are_those_of_the_whole_map(reference, corner, channels):
    hole = np.zeros(reference.shape, bool)
    hole[corner[0] : corner[0] + 10, corner[1] : corner[1] + 10] = True
    values = changed(reference, hole)
    if channels is not None:
        values, reference = (np.stack([a] * channels, axis=-1) for a in (values, reference))
    found = Similarities(reference, reference, hole, hole, 1.0).of(values)
    axis = None if channels is None else -1
    mean, similarity = structural_similarity(
        reference, values, data_range=1.0, channel_axis=axis, full=True
    )
    assert found.image == pytest.approx(mean, abs=1e-12)
    assert found.hole == pytest.approx(similarity[hole].mean(), abs=1e-12)


def test_only_what_is_measured_of_a_hole_counts_in_it(reference):
    hole = np.zeros(reference.shape, bool)
    hole[20:30, 20:30] = True
    measured = hole.copy()
    measured[:25] = False
    values = changed(reference, hole)
    similarities = Similarities(reference, reference, hole, measured, 1.0)
    _, similarity = structural_similarity(reference, values, data_range=1.0, full=True)
    assert similarities.of(values).hole == pytest.approx(similarity[measured].mean(), abs=1e-12)
    nothing = Similarities(reference, reference, hole, np.zeros_like(hole), 1.0).of(values)
    assert np.isnan(nothing.hole)
    assert nothing.image == pytest.approx(similarities.of(values).image)


def test_pictures_without_a_square_of_three_have_none():
    values = np.zeros((2, 9))
    found = Similarities(values, values, values == 0, values == 0, 1.0).of(values)
    assert np.isnan([found.image, found.hole]).all()
