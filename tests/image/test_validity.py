"""Pixels without a value, and transparent ones: kept or filled, never a source."""

import numpy as np
import pytest

import napari_greyfill as greyfill
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.validity import invalid_pixels, kept_pixels

pytestmark = pytest.mark.filterwarnings("ignore::napari_greyfill.errors.GreyfillWarning")


@pytest.fixture(scope="module")
def mosaic():
    """A smooth picture with a slope, its footprint, and a scratch at the footprint's edge."""
    y, x = np.indices((90, 100)).astype(np.float32)
    truth = 1000 + 4 * y + 2 * x + 30 * np.sin(x / 5) + 30 * np.cos(y / 7)
    outside = (y + x < 70) | (x - y > 60)
    mask = np.zeros(truth.shape, bool)
    mask[40:43, 28:80] = True
    assert (mask & ~outside).sum() > 100
    return truth.astype(np.float32), outside & ~mask, mask


def without_value(truth, outside, how):
    """Return the picture, and the arguments that say where it has no value."""
    if how == "nan":
        return np.where(outside, np.float32(np.nan), truth), {}
    if how == "inf":
        return np.where(outside, np.float32(np.inf), truth), {}
    if how == "nodata":
        return np.where(outside, np.float32(-9999), truth), {"nodata": -9999}
    if how == "integers":
        return np.where(outside, -32768, truth.round()).astype(np.int16), {"nodata": -32768}
    return np.ma.MaskedArray(truth, outside), {}


WAYS = ["nan", "inf", "nodata", "integers", "masked"]


@pytest.mark.parametrize("how", WAYS)
def test_a_footprint_is_kept(mosaic, how):
    truth, outside, mask = mosaic
    image, options = without_value(truth, outside, how)
    result = greyfill.fill(image, mask, **options)
    assert np.array_equal(result.hole, mask)
    assert result.image.dtype == image.dtype
    kept, given = np.asarray(result.image), np.asarray(image)
    assert np.array_equal(kept[~mask], given[~mask], equal_nan=given.dtype.kind == "f")
    assert np.abs(kept[mask] - truth[mask]).mean() < 8
    assert f"{outside.sum()} pixels outside the mask" in result.notes[0]
    assert "left as they are" in result.notes[0]


@pytest.mark.parametrize("how", WAYS)
def test_it_is_filled_if_asked_for(mosaic, how):
    truth, outside, mask = mosaic
    image, options = without_value(truth, outside, how)
    result = greyfill.fill(image, mask, method="biharmonic", keep_invalid="fill", **options)
    assert np.array_equal(result.hole, mask | outside)
    assert np.isfinite(np.asarray(result.image)).all() and np.asarray(result.image).min() > -500


def test_specks_inside_are_filled_by_default_and_kept_if_asked_for(mosaic):
    truth, _, mask = mosaic
    image = truth.copy()
    image[70, 50] = image[0, 3] = np.nan
    filled = greyfill.fill(image, mask, method="biharmonic")
    assert filled.hole.sum() == mask.sum() + 2
    kept = greyfill.fill(image, mask, method="biharmonic", keep_invalid="keep")
    assert np.array_equal(kept.hole, mask)
    assert np.isnan(kept.image).sum() == 2


@pytest.mark.parametrize("method", ["auto", "biharmonic", "spectral", "texture", "telea"])
def test_what_the_values_are_that_stand_for_none_makes_no_difference(mosaic, method):
    truth, outside, mask = mosaic
    if method == "telea":
        pytest.importorskip("cv2")
    fills = []
    for value in (-9999, 30_000):
        image = np.where(outside, np.float32(value), truth)
        result = greyfill.fill(image, mask, method=method, nodata=value)
        fills.append((result.image[mask], result.expected_error))
    assert np.array_equal(fills[0][0], fills[1][0])
    assert fills[0][1] == fills[1][1]


def test_the_expected_error_is_of_the_mask_alone(mosaic):
    truth, outside, mask = mosaic
    image = np.where(outside, np.float32(np.nan), truth)
    result = greyfill.fill(image, mask)
    filled = greyfill.fill(image, mask, keep_invalid="fill").expected_error
    error = float(np.sqrt(np.mean((result.image[mask] - truth[mask]) ** 2)))
    assert result.expected_error < 0.1 * filled  # the far outside is much harder than the scratch
    assert 0.25 < result.expected_error / error < 4


def test_a_hole_far_from_everything_known_still_sees_something():
    image = np.full((400, 400), np.nan, np.float32)
    image[:, 380:] = np.linspace(5, 9, 400, dtype=np.float32)[:, None]
    mask = np.zeros(image.shape, bool)
    mask[200:204, 20:24] = True
    result = greyfill.fill(image, mask, method="biharmonic")
    assert np.array_equal(result.hole, mask)
    assert (result.image[mask] > 4).all() and (result.image[mask] < 10).all()


def test_nothing_known_is_still_an_error():
    image = np.full((20, 20), -1.0)
    with pytest.raises(NothingKnownError):
        greyfill.fill(image, np.eye(20), nodata=-1, keep_invalid="keep")


def test_feathering_does_not_mix_in_what_stands_for_none(mosaic):
    truth, _, mask = mosaic
    image = np.where(mask, np.float32(-9999), truth)
    result = greyfill.fill(image, mask, method="biharmonic", feather=3, nodata=-9999)
    assert result.image[mask].min() > 0


def test_a_masked_array_comes_back_with_what_is_left_of_its_mask(mosaic):
    truth, outside, mask = mosaic
    image = np.ma.MaskedArray(truth, outside)
    result = greyfill.fill(image, mask, method="biharmonic")
    assert np.array_equal(np.ma.getmaskarray(result.image), outside)
    grey = np.ma.MaskedArray(np.dstack([truth] * 3), np.dstack([outside] * 3))
    result = greyfill.fill(grey, mask, method="biharmonic", colorizer="propagation")
    assert np.array_equal(np.ma.getmaskarray(result.image), np.dstack([outside] * 3))
    assert result.grey.shape == truth.shape


def test_provenance_repeats_it(mosaic):
    truth, outside, mask = mosaic
    image = np.where(outside, np.float32(-9999), truth)
    first = greyfill.fill(image, mask, method="biharmonic", nodata=-9999)
    again = greyfill.fill(image, mask, **first.provenance["parameters"])
    assert np.array_equal(first.image, again.image)


@pytest.mark.parametrize("how", WAYS)
def test_metrics_leave_out_what_has_no_value(mosaic, how):
    truth, outside, mask = mosaic
    image, options = without_value(truth, outside, how)
    base = image + image.dtype.type(0)
    filled = base.copy()
    filled[mask & ~outside] += 3
    found = greyfill.metrics(filled, image, mask, **options)
    assert found["mae"] == pytest.approx(3, rel=1e-3)
    assert np.isfinite(found["psnr"]) and np.isfinite(found["ssim"])


def test_metrics_of_a_kept_footprint_against_the_whole_truth(mosaic):
    truth, outside, mask = mosaic
    image = np.where(outside, np.float32(np.nan), truth)
    result = greyfill.fill(image, mask, method="biharmonic")
    found = greyfill.metrics(result.image, truth, mask)
    assert np.isfinite(list(found.values())).all()


@pytest.mark.parametrize("how", ["nan", "nodata", "masked"])
def test_compare_measures_the_same(mosaic, how):
    truth, outside, mask = mosaic
    image, options = without_value(truth, outside, how)
    row = greyfill.compare(image, mask, methods="biharmonic", **options).rows[0]
    result = greyfill.fill(image, mask, method="biharmonic", **options)
    expected = greyfill.metrics(result.image, image, mask, **options)
    for key, value in expected.items():
        assert row.metrics[key] == pytest.approx(value, rel=1e-6)


class TestWhatIsKept:
    def test_only_areas_at_the_border_that_are_larger_than_the_mask(self):
        invalid = np.zeros((20, 20), bool)
        invalid[:6, :6] = True  # 36 at the border
        invalid[10:18, 10:18] = True  # 64 inside
        invalid[19, :4] = True  # 4 at the border
        hole = np.zeros_like(invalid)
        hole[0, 10:19] = True
        kept = kept_pixels(invalid, hole, "auto")
        assert kept[:6, :6].all() and kept.sum() == 36
        assert np.array_equal(kept_pixels(invalid, hole, "keep"), invalid)
        assert not kept_pixels(invalid, hole, "fill").any()

    def test_painted_pixels_are_filled_whatever_they_hold(self):
        invalid = np.ones((5, 5), bool)
        hole = np.eye(5, dtype=bool)
        assert not (kept_pixels(invalid, hole, "keep") & hole).any()

    def test_a_colour_stands_for_none_if_all_channels_do(self):
        image = np.zeros((2, 2, 4), np.uint8)
        image[0, 0, 1] = 7
        found = invalid_pixels(image, 0)
        assert np.array_equal(found, [[False, True], [True, True]])
        assert invalid_pixels(image, 300) is None
        assert invalid_pixels(image, 0.5) is None


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_number_of_a_float_is_no_value(mosaic, dtype, sign):
    truth, outside, mask = mosaic
    image = np.where(outside, sign * np.finfo(np.float32).max, truth).astype(dtype)
    result = greyfill.fill(image, mask)
    assert np.array_equal(result.image[~mask], image[~mask])
    assert np.abs(result.image[mask] - truth[mask]).mean() < 8


def test_what_large_numbers_are_values():
    assert invalid_pixels(np.full((2, 2), 65504, np.float16)) is None  # clipped, not missing
    assert invalid_pixels(np.full((2, 2), 1e38, np.float32)) is None
    assert invalid_pixels(np.full((2, 2), 1e300)) is None
    assert invalid_pixels(np.full((2, 2), -np.finfo(np.float64).max)).all()
    assert invalid_pixels(np.array([[1.0, np.nan], [np.inf, 2.0]])).sum() == 2


class TestTransparency:
    @pytest.fixture
    def picture(self):
        y, x = np.indices((60, 60))
        colours = np.dstack([100 + x, 120 + y // 2, 90 + (x + y) // 2]).astype(np.uint8)
        alpha = np.full((60, 60), 255, np.uint8)
        alpha[:, 34:] = 0
        mask = np.zeros((60, 60), bool)
        mask[20:30, 24:34] = True
        return np.dstack([colours, alpha]), mask

    @pytest.mark.parametrize("method", ["auto", "biharmonic", "texture"])
    @pytest.mark.parametrize("pipeline", ["grey-rgb", "rgb-rgb"])
    def test_the_colour_under_it_does_not_leak(self, picture, method, pipeline):
        image, mask = picture
        fills = []
        for colour in ((0, 0, 0), (255, 0, 255)):
            given = image.copy()
            given[image[..., 3] == 0, :3] = colour
            result = greyfill.fill(given, mask, method=method, pipeline=pipeline)
            assert np.array_equal(result.image[~mask], given[~mask])
            fills.append(result.image[mask])
        assert np.array_equal(*fills)
        assert np.abs(fills[0][:, :3].astype(int) - image[mask][:, :3]).mean() < 12

    def test_an_alpha_that_is_0_everywhere_says_nothing(self, picture):
        image, mask = picture
        image = np.dstack([image[..., :3], np.zeros((60, 60), np.uint8)])
        filled = greyfill.fill(image, mask, method="biharmonic").image
        opaque = greyfill.fill(image[..., :3], mask, method="biharmonic").image
        assert np.array_equal(filled[..., :3], opaque)

    def test_no_note_is_made_of_it(self, picture):
        image, mask = picture
        result = greyfill.fill(image, mask, method="biharmonic")
        assert not any("outside the mask" in note for note in result.notes)
