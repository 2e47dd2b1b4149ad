import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from napari_greyfill import metrics
from napari_greyfill.errors import (
    BadMaskError,
    EmptyMaskError,
    NothingKnownError,
    ShapeMismatchError,
)
from napari_greyfill.measure import METRICS, Measure
from tests.strategies import DTYPES, holes, pictures


def by_scikit_image(image, truth, hole, width=255):
    """Return the numbers of pictures without gaps, each over all pixels, by scikit-image."""
    channel_axis = -1 if truth.ndim == 3 else None
    ssim, similarity = structural_similarity(
        truth, image, data_range=width, channel_axis=channel_axis, full=True
    )
    inside, expected = image[hole].astype(float), truth[hole].astype(float)
    found = {
        "psnr": peak_signal_noise_ratio(truth, image, data_range=width),
        "ssim": ssim,
        "hole_psnr": peak_signal_noise_ratio(expected, inside, data_range=width),
        "hole_ssim": similarity[hole].mean(),
        "mae": np.abs(inside - expected).mean(),
    }
    if truth.ndim == 3:
        lab = [rgb2lab(colours / width) for colours in (expected, inside)]
        found["delta_e"] = deltaE_ciede2000(*lab).mean()
    return found


def refilled(image, hole, seed=0):
    """Return the image with other known values of its own in the hole."""
    rng = np.random.default_rng(seed)
    filled = image.copy()
    filled[hole] = rng.permutation(image.reshape(-1, *image.shape[2:]))[: np.count_nonzero(hole)]
    return filled


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)


def spoiled(picture, hole, amount=9):
    """Return the picture with noise in the hole."""
    noise = np.random.default_rng(0).integers(-amount, amount + 1, picture.shape)
    changed = np.clip(picture.astype(int) + noise, 0, 255).astype(picture.dtype)
    return np.where(hole if picture.ndim == 2 else hole[..., None], changed, picture)


@pytest.mark.parametrize("share", [0.0005, 0.02, 0.6])
@pytest.mark.parametrize("colour", [False, True])
def test_the_numbers_are_scikit_images_whether_holes_are_few_or_many(tissue, colour, share):
    truth = tissue if colour else tissue[..., 0]
    hole = np.random.default_rng(1).random(truth.shape[:2]) < share
    hole[0, 0] = hole[-1, 50] = True
    measure = Measure(truth, truth, hole)
    for seed in range(2):
        filled = refilled(truth, hole, seed)
        expected = by_scikit_image(filled, truth, hole)
        assert close(metrics(filled, truth, hole), expected)
        assert close(measure(filled), expected)


def test_the_numbers_are_scikit_images_where_known_pixels_differ(tissue, scratch):
    image = (tissue // 2 + 30).astype(np.uint8)
    filled = refilled(image, scratch)
    expected = by_scikit_image(filled, tissue, scratch)
    assert close(metrics(filled, tissue, scratch), expected)
    assert close(Measure(image, tissue, scratch)(filled), expected)


@pytest.mark.parametrize("beside", [1, 4, 30])
def test_one_known_pixel_that_differs_counts_wherever_it_lies(cell, beside):
    hole = np.zeros(cell.shape, bool)
    hole[40:50, 40:50] = True
    image = spoiled(cell, hole)
    image[45, 49 + beside] ^= 128
    expected = by_scikit_image(image, cell, hole)
    assert close(metrics(image, cell, hole), expected)


def test_many_fills_are_measured_as_one_where_the_reference_has_gaps(cell, scratch):
    truth = cell / 255
    truth[50:, 30:40] = np.nan
    image = np.nan_to_num(truth)
    filled = refilled(image, scratch)
    assert close(Measure(image, truth, scratch)(filled), metrics(filled, truth, scratch))


def test_what_the_image_held_in_the_hole_does_not_matter(cell, scratch):
    truth = cell / 255
    image = np.where(scratch, np.nan, truth)
    image[3, 3] = 0.5
    filled = np.where(scratch, 0.25, image)
    assert close(Measure(image, truth, scratch)(filled), metrics(filled, truth, scratch))


def test_every_metric_has_its_column(tissue, scratch):
    assert [metric.key for metric in METRICS] == list(metrics(tissue, tissue, scratch))
    assert {metric.key for metric in METRICS if not metric.higher_is_better} == {"mae", "delta_e"}


def test_equal_images_are_perfect(tissue, scratch):
    assert metrics(tissue, tissue, scratch) == {
        "psnr": np.inf,
        "ssim": pytest.approx(1.0),
        "hole_psnr": np.inf,
        "hole_ssim": pytest.approx(1.0),
        "mae": 0.0,
        "delta_e": 0.0,
    }


def test_a_better_fill_has_better_numbers(tissue, scratch):
    good, bad = (metrics(spoiled(tissue, scratch, n), tissue, scratch) for n in (3, 40))
    for metric in METRICS:
        better = good[metric.key] > bad[metric.key]
        assert better == metric.higher_is_better, metric.key


def test_the_scale_of_the_type_does_not_matter(tissue, scratch):
    image = spoiled(tissue, scratch)
    bytes_, words, floats = (
        metrics(change(image), change(tissue), scratch)
        for change in (
            lambda a: a,
            lambda a: a.astype(np.uint16) * 257,
            lambda a: a.astype(np.float32) / 255,
        )
    )
    for key in ("psnr", "ssim", "hole_psnr", "hole_ssim", "delta_e"):
        assert words[key] == pytest.approx(bytes_[key], rel=1e-4)
        assert floats[key] == pytest.approx(bytes_[key], rel=1e-4)
    assert words["mae"] == pytest.approx(257 * bytes_["mae"])
    assert floats["mae"] == pytest.approx(bytes_["mae"] / 255, rel=1e-4)


def test_counts_are_judged_by_the_range_they_use(cell, scratch):
    counts, image = (a.astype(np.uint16) * 3 + 100 for a in (cell, spoiled(cell, scratch)))
    known = counts.max() - counts.min()
    expected = peak_signal_noise_ratio(counts, image, data_range=known)
    assert metrics(image, counts, scratch)["psnr"] == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(1, 7), (2, 9), (2, 2, 3)])
def test_tiny_images_have_no_ssim(shape):
    truth = np.arange(np.prod(shape), dtype=float).reshape(shape) / 30
    mask = np.zeros(shape[:2], bool)
    mask[0, 0] = True
    found = metrics(truth + 0.1, truth, mask)
    assert np.isnan([found["ssim"], found["hole_ssim"]]).all()
    assert np.isfinite(found["psnr"])
    assert found["mae"] == pytest.approx(0.1)


@pytest.mark.parametrize("side", [3, 4, 5, 6, 7, 8])
def test_small_images_have_an_ssim(side):
    truth = np.random.default_rng(0).random((side, side + 1))
    mask = np.eye(side, side + 1, dtype=bool)
    found = metrics(np.where(mask, 0.5, truth), truth, mask)
    assert 0 < found["ssim"] < 1
    assert found["hole_ssim"] < found["ssim"]


def test_alpha_is_left_out(tissue, scratch):
    opaque = np.full(scratch.shape, 255, np.uint8)
    image = spoiled(tissue, scratch)
    found = metrics(np.dstack([image, opaque]), np.dstack([tissue, opaque // 2]), scratch)
    assert found == metrics(image, tissue, scratch)


def test_pixels_without_a_reference_are_left_out_of_the_hole(cell, scratch):
    truth = cell.astype(np.float64) / 255
    image = spoiled(cell, scratch) / 255
    unknown = scratch.copy()
    unknown[:, 40:] = False
    holed = np.where(unknown, np.nan, truth)
    found, expected = metrics(image, holed, scratch), metrics(image, truth, scratch & ~unknown)
    assert found["mae"] == pytest.approx(expected["mae"])
    assert found["hole_psnr"] == pytest.approx(expected["hole_psnr"])
    assert np.isfinite(list(found.values())).all()


def test_a_hole_without_any_reference_has_no_numbers_of_its_own(tissue, scratch):
    truth = np.where(scratch[..., None], np.nan, tissue / 255)
    found = metrics(tissue / 255, truth, scratch)
    own = [found[key] for key in ("hole_psnr", "hole_ssim", "mae", "delta_e")]
    assert np.isnan(own).all()
    assert found["psnr"] == np.inf


def test_labels_are_a_mask_too(tissue, scratch):
    image = spoiled(tissue, scratch)
    assert metrics(image, tissue, scratch * 7) == metrics(image, tissue, scratch)


def test_images_must_have_one_shape(tissue, scratch):
    with pytest.raises(ShapeMismatchError, match="choose a reference of the same size"):
        metrics(tissue, tissue[..., 0], scratch)


@pytest.mark.parametrize("shape", [(5, 5), (1, 120), (120, 96)])
def test_the_mask_must_cover_the_image(tissue, shape):
    with pytest.raises(ShapeMismatchError, match="choose the mask that was filled"):
        metrics(tissue, tissue, np.ones(shape, bool))


def test_what_is_no_mask_or_no_reference_is_refused(cell, scratch):
    with pytest.raises(EmptyMaskError):
        metrics(cell, cell, np.zeros(cell.shape))
    with pytest.raises(BadMaskError):
        metrics(cell, cell, cell / 255)
    with pytest.raises(NothingKnownError):
        metrics(cell / 255, np.full(cell.shape, np.nan), scratch)


@given(st.data())
def test_every_type_of_picture_has_metrics(data):
    truth = data.draw(pictures(dtypes=[dtype for dtype in DTYPES if dtype != "float64"]))
    mask = data.draw(holes(truth.shape[:2]))
    image = truth.copy()
    image[mask] = truth[~mask][0]
    found = metrics(image, truth, mask)
    assert found["mae"] >= 0
    assert found["psnr"] > -200
    assert ("delta_e" in found) == (truth.ndim == 3)


def test_eight_bits_count_from_0_to_255_however_few_are_used(scratch):
    truth = np.full(scratch.shape, 100, np.uint8)
    truth[::2] += 5
    image = np.where(scratch, truth + 2, truth).astype(np.uint8)
    expected = peak_signal_noise_ratio(truth, image, data_range=255)
    assert metrics(image, truth, scratch)["psnr"] == pytest.approx(expected)
    dull = np.stack([truth] * 3, axis=-1)
    filled = np.where(scratch[..., None], dull + np.array([9, 0, 0]), dull).astype(np.uint8)
    lab = [rgb2lab(colours[scratch] / 255) for colours in (dull, filled)]
    expected = deltaE_ciede2000(*lab).mean()
    assert metrics(filled, dull, scratch)["delta_e"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_colours_along_any_axis(axis, astronaut, scratch):
    filled = np.where(scratch[..., None], np.uint8(90), astronaut)
    first, second = (np.moveaxis(image, -1, axis) for image in (filled, astronaut))
    found = metrics(first, second, scratch, channel_axis=axis)
    assert found == metrics(filled, astronaut, scratch)


@given(st.data())
def test_many_fills_are_measured_as_one_in_every_type(data):
    truth = data.draw(pictures(dtypes=[dtype for dtype in DTYPES if dtype != "float64"]))
    hole = data.draw(holes(truth.shape[:2]))
    filled = truth.copy()
    filled[hole] = truth[~hole][0]
    assert Measure(truth, truth, hole)(filled) == pytest.approx(
        metrics(filled, truth, hole), nan_ok=True
    )


def test_another_shape_is_refused(tissue, scratch):
    with pytest.raises(ShapeMismatchError, match="choose a reference"):
        Measure(tissue, tissue[..., 0], scratch)
