import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill import metrics
from napari_greyfill.errors import ShapeMismatchError
from napari_greyfill.measure.measuring import Measure
from tests.strategies import DTYPES, holes, pictures


def refilled(image, hole, seed=0):
    """Return the image with other known values of its own in the hole."""
    rng = np.random.default_rng(seed)
    filled = image.copy()
    filled[hole] = rng.permutation(image.reshape(-1, *image.shape[2:]))[: np.count_nonzero(hole)]
    return filled


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("share", [0.0005, 0.02, 0.6])
@pytest.mark.parametrize("colour", [False, True])
def test_as_metrics_whether_holes_are_few_or_many(tissue, colour, share):
    truth = tissue if colour else tissue[..., 0]
    hole = np.random.default_rng(1).random(truth.shape[:2]) < share
    hole[0, 0] = hole[-1, 50] = True
    measure = Measure(truth, truth, hole)
    for seed in range(2):
        filled = refilled(truth, hole, seed)
        assert close(measure(filled), metrics(filled, truth, hole))


def test_as_metrics_where_the_known_pixels_differ_from_the_reference(tissue, scratch):
    image = (tissue // 2 + 30).astype(np.uint8)
    filled = refilled(image, scratch)
    assert close(Measure(image, tissue, scratch)(filled), metrics(filled, tissue, scratch))


def test_as_metrics_where_the_reference_has_gaps(cell, scratch):
    truth = cell / 255
    truth[50:, 30:40] = np.nan
    image = np.nan_to_num(truth)
    filled = refilled(image, scratch)
    assert close(Measure(image, truth, scratch)(filled), metrics(filled, truth, scratch))


def test_an_untouched_hole_is_perfect(tissue, scratch):
    found = Measure(tissue, tissue, scratch)(tissue)
    assert found["psnr"] == found["hole_psnr"] == np.inf
    assert found["ssim"] == pytest.approx(1.0)
    assert found["mae"] == found["delta_e"] == 0.0


def test_another_shape_is_refused(tissue, scratch):
    with pytest.raises(ShapeMismatchError, match="choose a reference"):
        Measure(tissue, tissue[..., 0], scratch)


@given(st.data())
def test_as_metrics_for_every_type(data):
    truth = data.draw(pictures(dtypes=[dtype for dtype in DTYPES if dtype != "float64"]))
    hole = data.draw(holes(truth.shape[:2]))
    filled = truth.copy()
    filled[hole] = truth[~hole][0]
    found, expected = Measure(truth, truth, hole)(filled), metrics(filled, truth, hole)
    assert set(found) == set(expected)
    for key in found.keys() - {"ssim", "hole_ssim"}:
        assert close(found[key], expected[key]), key
    # variances of nearly equal large values are mostly rounding in either
    for key in ("ssim", "hole_ssim"):
        assert found[key] == pytest.approx(expected[key], abs=1e-5, nan_ok=True)
