"""Hints, confidence and data types through the whole colour stage."""

import numpy as np
import pytest

from napari_greyfill import ColourHints, colorize, fill, fill_steps
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError, GreyfillWarning, ShapeMismatchError
from napari_greyfill.image.colour import chroma, luma

PLAIN = (120, 160, 110)
ORANGE = (250, 140, 30)


@pytest.fixture
def picture():
    """A plain field with an orange disc in a dark ring."""
    y, x = np.indices((100, 120))
    distance = np.hypot(y - 50, x - 60)
    image = np.full((100, 120, 3), PLAIN, np.uint8)
    image[:4], image[4:8] = 0, 255  # so that the image uses the range of its type
    image[distance < 15] = 0
    image[distance < 12] = ORANGE
    return image


@pytest.fixture
def disc(picture):
    return (picture == ORANGE).all(axis=-1)


@pytest.fixture
def hole(picture):
    hole = np.zeros(picture.shape[:2], dtype=bool)
    hole[30:70, 40:80] = True
    return hole


def grey_of(image):
    return np.rint(luma(image.astype(np.float32))).astype(image.dtype)


def off(result, truth, where):
    """Return the mean error of the chroma, in 8-bit counts."""
    found, expected = (chroma(np.asarray(a, np.float32)) for a in (result, truth))
    return np.abs(found - expected)[where].mean()


@pytest.mark.parametrize("method", ["hybrid", "examples", "propagation"])
def test_a_hint_gives_an_object_its_colour(method, picture, hole, disc):
    hints = ColourHints.from_points([[50, 60]], np.array([ORANGE], np.uint8), size=5)
    grey = grey_of(picture)
    without = colorize(picture, grey, hole, method=method)
    result = colorize(picture, grey, hole, method=method, hints=hints)
    assert off(without, picture, disc) > 40
    assert off(result, picture, disc) < 5
    assert off(result, picture, hole & ~disc) < 8
    np.testing.assert_array_equal(result[~hole], picture[~hole])
    assert np.abs(grey_of(result).astype(int) - grey)[hole].max() <= 1


def test_hints_keep_the_grey_that_was_filled(astronaut, scratch):
    hints = ColourHints.from_points([[43, 40]], [[0.0, 0.0, 1.0]])
    plain, hinted = (fill(astronaut, scratch, hints=h) for h in (None, hints))
    assert np.abs(grey_of(hinted.image).astype(int) - plain.grey).max() <= 1
    assert np.abs(hinted.image[43, 40].astype(int) - plain.image[43, 40]).max() > 5
    assert (plain.provenance["hint_pixels"], hinted.provenance["hint_pixels"]) == (0, 21)


def test_a_hole_that_hints_cover_has_their_colours(picture, hole):
    colours = np.full((*hole.shape, 3), ORANGE, np.uint8)
    result = colorize(picture, grey_of(picture), hole, hints=(colours, hole))
    blue_less_red = result[..., 2].astype(int) - result[..., 0]
    assert (blue_less_red[hole & (grey_of(picture) > 60)] < -60).all()


def test_hints_outside_the_hole_are_counted_and_ignored(astronaut, scratch):
    points = [[43, 40], [5, 5], [-8, 300]]
    hints = ColourHints.from_points(points, np.ones((3, 3)), size=1)
    with pytest.warns(GreyfillWarning, match="2 of 3 pixels with a colour hint lie outside"):
        result = fill(astronaut, scratch, hints=hints)
    assert len(result.notes) == 1
    outside = ColourHints.from_points(points[1:], np.ones((2, 3)), size=1)
    with pytest.warns(GreyfillWarning, match="2 of 2 pixels"):
        ignored = fill(astronaut, scratch, hints=outside)
    np.testing.assert_array_equal(ignored.image, fill(astronaut, scratch).image)


@pytest.mark.parametrize("pipeline", ["grey-rgb", "rgb-rgb"])
def test_hints_without_a_colour_stage_are_said_to_be_of_no_use(pipeline, astronaut, scratch):
    image = astronaut if pipeline == "rgb-rgb" else astronaut[..., 0]
    with pytest.warns(GreyfillWarning, match="colour hints were not used"):
        result = fill(image, scratch, pipeline=pipeline, hints=([[43, 40]], [[1.0, 0, 0]]))
    np.testing.assert_array_equal(result.image, fill(image, scratch, pipeline=pipeline).image)


def test_hints_of_another_size_are_refused(astronaut, scratch):
    with pytest.raises(ShapeMismatchError, match="colour hints are 4 x 5 pixels"):
        fill_steps(astronaut, scratch, hints=np.zeros((4, 5, 4)))


class TestConfidence:
    def test_it_covers_the_image_and_is_1_outside_the_hole(self, astronaut, scratch):
        result = fill(astronaut, scratch)
        sure = result.confidence
        assert sure.shape == scratch.shape
        assert sure.dtype == np.float32
        assert (sure[~result.hole] == 1).all()
        assert 0 <= sure[result.hole].min() < sure[result.hole].max() <= 1

    def test_it_is_put_together_from_several_regions(self, hole):
        rng = np.random.default_rng(0)
        image = np.zeros((100, 700, 3), np.uint8)
        image[:] = PLAIN
        image[:4, :100] = 255
        image[:, 400:] = rng.integers(0, 256, (100, 300, 3))
        mask = np.zeros((100, 700), dtype=bool)
        mask[40:60, 30:50] = mask[40:60, 600:640] = True
        result = fill(image, mask, look="faithful")
        assert len(result.confidences) == 2
        sure = result.confidence
        assert (sure[~mask] == 1).all()
        assert sure[40:60, 30:50].min() > 0.7
        assert sure[40:60, 600:640].mean() < 0.4

    def test_hints_are_sure(self, astronaut, scratch):
        result = fill(astronaut, scratch, hints=([[43, 40]], [[0.0, 0.0, 1.0]]))
        assert result.confidence[43, 40] == 1

    @pytest.mark.parametrize("options", [{"colorizer": "propagation"}, {"pipeline": "rgb-rgb"}])
    def test_it_is_none_from_what_cannot_tell(self, options, astronaut, scratch):
        assert fill(astronaut, scratch, **options).confidence is None


def test_known_pixels_without_colour_give_grey_and_a_note(astronaut, scratch):
    grey = np.repeat(grey_of(astronaut)[..., None], 3, axis=-1)
    with pytest.warns(GreyfillWarning, match="have no colour, so the fill is grey"):
        result = fill(grey, scratch)
    assert (np.ptp(result.image.astype(int), axis=-1) == 0).all()
    assert result.notes
    with_hint = fill(grey, scratch, hints=([[43, 40]], [[1.0, 0.0, 0.0]]))
    assert not with_hint.notes
    assert np.ptp(with_hint.image[43, 40].astype(int)) > 20


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_other_types_give_the_result_of_8_bits(dtype, astronaut, scratch):
    top = 65535 if dtype is np.uint16 else 1
    other = (astronaut / 255 * top).astype(dtype)
    result = fill(other, scratch)
    assert result.image.dtype == dtype
    difference = result.image / top * 255 - fill(astronaut, scratch).image
    assert np.abs(difference).max() <= 1.01


def test_linear_light_keeps_known_pixels_and_the_colours(astronaut, scratch):
    linear = (astronaut / 255) ** 2.2
    result = fill(linear, scratch)
    np.testing.assert_array_equal(result.image[~scratch], linear[~scratch])
    assert result.image.min() >= 0
    back = result.image ** (1 / 2.2) * 255
    assert np.abs(back - fill(astronaut, scratch).image)[scratch].mean() < 12


def test_alpha_is_kept_and_does_not_matter(astronaut, scratch):
    # 0 would matter: what is fully transparent is no source
    alpha = np.random.default_rng(0).integers(1, 256, scratch.shape, dtype=np.uint8)
    result = fill(np.dstack([astronaut, alpha]), scratch)
    np.testing.assert_array_equal(result.image[..., 3], alpha)
    np.testing.assert_array_equal(result.image[..., :3], fill(astronaut, scratch).image)


def test_one_pixel_and_one_known_pixel(astronaut):
    hole = np.zeros(astronaut.shape[:2], dtype=bool)
    hole[20, 30] = True
    result = fill(astronaut, hole)
    near = astronaut[19:22, 29:32].reshape(-1, 3)
    assert (result.image[20, 30] >= near.min(axis=0) - 10).all()
    assert (result.image[20, 30] <= near.max(axis=0) + 10).all()
    with pytest.warns(GreyfillWarning, match="More than 99% of the picture is masked"):
        assert np.isfinite(fill(astronaut, ~hole).image).all()


def test_the_colour_stage_can_be_cancelled(tissue):
    hole = np.zeros(tissue.shape[:2], dtype=bool)
    hole[10:80, 15:105] = True
    seen = []

    def run():
        steps = fill_steps(tissue, hole, cancelled=lambda: "colour" in seen)
        for step in steps:
            seen.append("colour" if step.text == "filled grey" else step.text)

    with pytest.raises(CancelledError):
        run()
    assert "colour" in seen
    assert "filled" not in seen


def test_the_same_seed_gives_the_same_pixels(tissue, scratch):
    first, again = (exhaust(fill_steps(tissue, scratch, seed=5)) for _ in range(2))
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.confidence, again.confidence)
