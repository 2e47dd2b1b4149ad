import numpy as np
import pytest
from scipy import ndimage

import napari_greyfill
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError, GreyfillError
from napari_greyfill.pipeline.run import fill_steps


def texture(shape=(120, 120), dtype=np.uint8, seed=0):
    """Return a picture with a grain, the same everywhere."""
    rng = np.random.default_rng(seed)
    rough = ndimage.gaussian_filter(rng.normal(0, 1, shape), 2.0)
    values = 0.5 + 0.12 * rough / rough.std() + rng.normal(0, 0.01, shape)
    return (np.clip(values, 0, 1) * np.iinfo(dtype).max).astype(dtype)


def bars(shape=(120, 120)):
    hole = np.zeros(shape, bool)
    for start in (12, 40, 68, 96):
        hole[start : start + 4, 10:110] = True
    return hole


def filled(image, hole, **options):
    return napari_greyfill.fill(image, hole, **{"method": "spectral", **options})


@pytest.fixture(scope="module")
def whole():
    """Return a picture with a truth, its hole, and the fill."""
    image, hole = texture(), bars()
    return image, hole, filled(np.where(hole, 0, image).astype(np.uint8), hole)


def share_inside(image, hole, low, high):
    return np.mean((low[hole] <= image[hole]) & (image[hole] <= high[hole]))


def test_as_many_true_values_lie_within_as_the_level_says(whole):
    image, hole, result = whole
    for level in (0.9, 0.5):
        low, high = result.interval(level)
        assert share_inside(image, hole, low, high) == pytest.approx(level, abs=0.07)


def test_outside_the_hole_both_ends_are_the_image_and_inside_the_fill_lies_between(whole):
    image, hole, result = whole
    low, high = result.interval()
    for end in (low, high):
        assert end.dtype == image.dtype
        assert end.shape == image.shape
        np.testing.assert_array_equal(end[~hole], image[~hole])
    assert (low <= result.image).all()
    assert (result.image <= high).all()
    assert (low < high)[hole].mean() > 0.9


def test_the_trials_are_made_once(whole):
    _, _, result = whole
    texts = []
    exhaust(result.interval_steps(0.9), lambda event: texts.append(event.text))
    result.interval(0.8)
    assert not any(text.startswith("trying") for text in texts[1:]) or len(result._learned) == 1
    assert len(result._learned) == 1


def test_sixteen_bits_and_floats_have_intervals_in_their_own_units():
    hole = bars()
    deep = texture(dtype=np.uint16)
    low, high = filled(np.where(hole, 0, deep).astype(np.uint16), hole).interval()
    assert share_inside(deep, hole, low, high) == pytest.approx(0.9, abs=0.07)
    wide = (texture().astype(np.float32) - 100) * 1000
    low, high = filled(np.where(hole, 0, wide).astype(np.float32), hole).interval()
    assert low.dtype == np.float32
    assert (high - low)[hole].mean() > 100
    assert share_inside(wide, hole, low, high) == pytest.approx(0.9, abs=0.07)


def test_each_channel_of_a_colour_picture_has_its_own():
    grey, hole = texture().astype(np.int16), bars()
    image = np.stack([grey, grey // 4 + 60, 255 - grey], axis=-1).astype(np.uint8)
    given = np.where(hole[..., None], 0, image).astype(np.uint8)
    result = filled(given, hole)
    low, high = result.interval()
    assert low.shape == image.shape
    width = (high.astype(int) - low)[hole].mean(axis=0)
    assert width[0] > 1.5 * width[1]
    for channel in range(3):
        part = [each[..., channel] for each in (image, hole, low, high) if each.ndim == 3]
        assert share_inside(part[0], hole, *part[1:]) > 0.75
    first, second = result.draws(2)
    np.testing.assert_array_equal(first[~hole], image[~hole])
    assert not np.array_equal(first, second)


def test_alpha_and_other_axes_are_as_in_the_image():
    grey, hole = texture(), bars()
    image = np.stack([grey, grey // 2, 255 - grey, np.full_like(grey, 255)], axis=-1)
    low, high = filled(image, hole).interval()
    assert (low[..., 3] == 255).all()
    assert (high[..., 3] == 255).all()
    first = np.moveaxis(image[..., :3], -1, 0)
    low, _ = filled(first, hole, channel_axis=0).interval()
    assert low.shape == first.shape


def test_what_has_no_error_to_expect_says_so():
    image, hole = texture((64, 64)), bars((64, 64)) & (np.indices((64, 64))[0] < 30)
    with pytest.raises(GreyfillError, match="look faithful"):
        filled(image, hole, method="texture").interval()
    with pytest.raises(GreyfillError, match="feather of 0"):
        filled(image, hole, feather=2).interval()
    with pytest.raises(GreyfillError, match="noise none"), pytest.warns(match="Noise like"):
        filled(texture(), bars(), noise="match").interval()
    with pytest.raises(GreyfillError, match="two values"):
        filled(image > 128, hole).draws(2)


@pytest.mark.parametrize("side", [1, 3])
def test_a_hole_too_small_to_be_tried_out(side):
    image = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
    mask = np.zeros(image.shape, bool)
    mask[30 : 30 + side, 30 : 30 + side] = True
    result = napari_greyfill.fill(image, mask)
    with pytest.raises(GreyfillError, match=rf"{side**2} pixels? is too small .* 32 pixels"):
        result.interval(0.9)


def test_no_room_for_a_trial():
    image = texture((40, 40))
    hole = np.ones((40, 40), bool)
    hole[:3] = False
    with pytest.warns(match="masked"):
        result = filled(image, hole, method="biharmonic")
    with pytest.raises(GreyfillError, match="no known place"):
        result.interval()


@pytest.mark.parametrize("level", [0, 1, -1, 2, "much", float("nan")])
def test_a_level_is_a_share(whole, level):
    with pytest.raises(BadParameterError, match="level"):
        whole[2].interval(level)


def test_a_picture_that_is_read_in_parts_gives_the_same():
    dask = pytest.importorskip("dask.array")
    image, hole = texture(), bars()
    plain = filled(image, hole).interval()
    lazy = filled(dask.from_array(image, chunks=50), hole).interval()
    for one, other in zip(plain, lazy, strict=True):
        np.testing.assert_array_equal(one, np.asarray(other))


def test_it_can_be_cancelled(whole):
    image, hole, _ = whole
    result = exhaust(fill_steps(image, hole, method="spectral"))
    work = result.interval_steps(cancelled=lambda: True)
    with pytest.raises(CancelledError):
        exhaust(work)
    assert not result._learned
    work = result.interval_steps()
    next(work)
    work.close()
    assert not result._learned


def test_pixels_without_a_value_stay_and_teach_nothing():
    image, hole = texture().astype(np.float32), bars()
    image[:6] = np.nan
    with pytest.warns(match="left as they are"):
        result = filled(image, hole, keep_invalid="keep")
    low, high = result.interval()
    assert np.isnan(low[:6]).all()
    assert np.isfinite(high[6:]).all()
