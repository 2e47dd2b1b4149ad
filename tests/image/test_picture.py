import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from napari_greyfill.errors import NothingKnownError, ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.values import ValueRange, value_range
from tests.strategies import DTYPES, holes, pictures

INTEGERS = [name for name in DTYPES if np.dtype(name).kind in "iu"]
FLOATS = ["float16", "float32", "float64"]


def whole(picture):
    return Window(0, picture.hole.shape[0], 0, picture.hole.shape[1])


def rounding(dtype, size):
    """Return how far numbers of a size may be off after one rounding to a type."""
    if dtype.kind in "iu":
        return 0.5 + 1e-15 * size
    info = np.finfo(dtype)
    return info.eps * size + info.smallest_subnormal


def patch(picture, value=0.5):
    window = whole(picture)
    shape = window.shape + ((3,) if picture.is_colour else ())
    return Patch(window, np.full(shape, value, np.float32))


@st.composite
def opened(draw, **kinds):
    """A picture and its hole, as `Picture` sees them."""
    image = draw(pictures(**kinds))
    hole = draw(holes(image.shape[:2]))
    try:
        return Picture.from_array(image, hole)
    except NothingKnownError:
        assume(False)


class TestValueRange:
    @pytest.mark.parametrize(
        ("dtype", "top"), [("uint8", 255), ("uint16", 65535), (">u2", 65535), ("int16", 32767)]
    )
    def test_photographs_are_taken_at_the_scale_of_their_type(self, dtype, top):
        known = np.linspace(0.1 * top, 0.4 * top, 500).astype(dtype)
        assert value_range(known) == ValueRange(0, top)

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_floats_between_0_and_1_are_taken_as_such(self, dtype):
        assert value_range(np.linspace(0.2, 0.5, 500).astype(dtype)) == ValueRange(0, 1)

    @pytest.mark.parametrize("dtype", ["uint16", "int32", "float32", "float64"])
    def test_counts_span_from_the_smallest_to_the_largest(self, dtype):
        counts = np.arange(100, 4096).astype(dtype)
        assert value_range(counts) == ValueRange(100, 4095)

    def test_signed_values_span_from_the_smallest_to_the_largest(self):
        assert value_range(np.arange(-1000, 3000, dtype=np.int16)) == ValueRange(-1000, 2999)

    @pytest.mark.parametrize(
        ("dtype", "hot"),
        [
            ("uint16", 15_000),
            ("int16", 8_000),
            ("int32", 5e8),
            ("float32", 15_000),
            ("float32", 3e38),
        ],
    )
    def test_hot_pixels_do_not_squash_the_range(self, dtype, hot):
        counts = np.random.default_rng(0).integers(500, 1500, 20_000).astype(dtype)
        counts[7] = hot
        found = value_range(counts)
        assert found.low == 500
        assert found.high < 3000

    def test_dead_pixels_do_not_squash_the_range_either(self):
        counts = np.random.default_rng(0).normal(0, 5, 20_000)
        counts[7] = -1e30
        assert value_range(counts).low > -60

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("value", [0, 1, 100])
    def test_a_constant_has_a_width_too(self, dtype, value):
        found = value_range(np.full(50, value).astype(dtype))
        assert found.width > 0

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_the_extremes_of_a_type_do_not_overflow(self, dtype):
        kind = np.dtype(dtype).kind
        limits = None if kind == "b" else (np.iinfo if kind in "iu" else np.finfo)(dtype)
        low, high = (False, True) if limits is None else (limits.min, limits.max)
        known = np.array([low, high, high], dtype=dtype)
        found = value_range(known)
        assert np.isfinite(found.width)
        np.testing.assert_array_equal(found.to_unit(known), [0, 1, 1])
        back = found.from_unit(np.array([0.0, 0.5, 1.0]), np.dtype(dtype))
        assert (np.diff(back.astype(float)) >= 0).all()
        assert np.isfinite(back.astype(float)).all()
        if kind != "f":
            assert back[0] == low
            assert float(back[2]) == pytest.approx(float(high), rel=1e-15)

    @given(st.data())
    def test_integers_come_back_from_the_unit_range(self, data):
        dtype = data.draw(st.sampled_from(["uint8", "int8", "uint16", "int16", ">u2"]))
        values = data.draw(pictures(dtypes=[dtype], channels=[()]))
        limits = np.iinfo(dtype)
        spans = ValueRange(limits.min, limits.max)
        np.testing.assert_array_equal(spans.from_unit(spans.to_unit(values), values.dtype), values)

    def test_booleans_come_back_from_the_unit_range(self):
        values = np.array([True, False])
        spans = value_range(values)
        np.testing.assert_array_equal(spans.from_unit(spans.to_unit(values), values.dtype), values)

    def test_the_range_is_a_scale_and_no_limit(self):
        spans = ValueRange(10, 20)
        assert spans.to_unit(np.array([0, 15, 99])).tolist() == [-1, 0.5, np.float32(8.9)]
        assert np.isfinite(spans.to_unit(np.array([-1e300, 1e300]))).all()
        assert spans.from_unit(np.array([-1, 2]), np.dtype("float64")).tolist() == [0, 30]

    def test_what_needs_0_to_1_gets_it_clipped(self):
        values = np.array([-1e300, 0, 15, 99, 1e300])
        assert ValueRange(10, 20).to_clipped_unit(values).tolist() == [0, 0, 0.5, 1, 1]


class TestWhatIsAPicture:
    @pytest.mark.parametrize(
        ("shape", "kind"), [((5, 6), "grey"), ((5, 6, 3), "rgb"), ((5, 6, 4), "rgba")]
    )
    def test_the_shape_tells_the_kind(self, shape, kind):
        hole = np.zeros((5, 6), bool)
        hole[2, 2] = True
        assert Picture.from_array(np.ones(shape), hole).kind == kind
        assert Picture.from_array(np.ones(shape), hole, rgb=kind != "grey").kind == kind

    @pytest.mark.parametrize(
        ("shape", "rgb"),
        [
            ((), None),
            ((5,), None),
            ((5, 6, 7), None),
            ((2, 5, 6, 3), None),
            ((5, 6, 2), None),
            ((5, 6), True),
            ((5, 6, 3), False),
        ],
    )
    def test_stacks_and_contradictions_are_refused(self, shape, rgb):
        with pytest.raises(UnsupportedImageError, match="at a time"):
            Picture.from_array(np.ones(shape), np.eye(5, 6, dtype=bool), rgb=rgb)

    @pytest.mark.parametrize("dtype", ["complex64", "U3", "datetime64[s]", object])
    def test_what_is_no_real_number_is_refused(self, dtype):
        with pytest.raises(UnsupportedImageError, match="convert it to integers or floats"):
            Picture.from_array(np.zeros((5, 6), dtype), np.eye(5, 6, dtype=bool))

    @pytest.mark.parametrize("shape", [(0, 0), (0, 6), (5, 0, 3)])
    def test_an_image_needs_pixels(self, shape):
        with pytest.raises(UnsupportedImageError, match="choose another image"):
            Picture.from_array(np.zeros(shape), np.zeros(shape[:2], bool))

    @pytest.mark.parametrize("shape", [(6, 5), (1, 6), (5, 1), (1, 1)])
    def test_image_and_hole_cover_the_same_pixels(self, shape):
        with pytest.raises(ShapeMismatchError, match=f"5 x 6.*{shape[0]} x {shape[1]}.*own size"):
            Picture.from_array(np.ones((5, 6)), np.ones(shape, bool))

    def test_some_pixel_must_be_known(self):
        with pytest.raises(NothingKnownError, match="leave some of the picture unpainted"):
            Picture.from_array(np.ones((5, 6)), np.ones((5, 6), bool))
        with pytest.raises(NothingKnownError, match="No pixel outside the mask has a value"):
            Picture.from_array(np.full((5, 6), np.nan), np.eye(5, 6, dtype=bool))


class TestInvalidPixels:
    @given(opened(dtypes=FLOATS, invalid=True))
    def test_they_become_hole(self, picture):
        numbers = np.isfinite(picture.colours)
        if picture.is_colour:
            numbers = numbers.all(axis=-1)
        assert (numbers | picture.hole).all()
        assert np.isfinite(picture.planes(whole(picture))).all()

    def test_those_outside_the_mask_are_counted(self):
        image = np.ones((4, 5, 4))
        image[0, 0, 1] = np.nan
        image[1, 1] = np.inf
        image[2, 2, 3] = np.nan  # alpha does not count
        image[3, 3, 0] = -np.inf
        hole = np.zeros((4, 5), bool)
        hole[3] = True
        picture = Picture.from_array(image, hole)
        assert picture.invalid == 2
        assert picture.hole.sum() == 5 + 2
        assert hole.sum() == 5


class TestPlanes:
    @given(opened())
    def test_they_are_in_the_unit_range_and_empty_in_the_hole(self, picture):
        planes = picture.planes(whole(picture))
        assert planes.dtype == np.float32
        assert planes.shape == picture.colours.shape
        assert planes.min() >= 0
        assert planes.max() <= 1
        assert not planes[picture.hole].any()

    def test_they_are_cut_out_of_the_image(self, astronaut):
        hole = np.zeros(astronaut.shape[:2], bool)
        hole[0, 0] = True
        picture = Picture.from_array(astronaut, hole)
        planes = picture.planes(Window(10, 30, 40, 45))
        np.testing.assert_allclose(planes, astronaut[10:30, 40:45] / 255, atol=1e-6)

    def test_alpha_is_left_out(self, astronaut):
        alpha = np.arange(astronaut.shape[1], dtype=np.uint8) * np.ones((96, 1), np.uint8)
        hole = np.zeros(astronaut.shape[:2], bool)
        hole[0, 0] = True
        rgb = Picture.from_array(astronaut, hole)
        rgba = Picture.from_array(np.dstack([astronaut, alpha]), hole)
        assert rgba.values == rgb.values
        np.testing.assert_array_equal(rgba.planes(whole(rgba)), rgb.planes(whole(rgb)))


class TestComposite:
    @given(opened(), st.floats(0, 1, width=32))
    def test_only_the_hole_changes(self, picture, value):
        before = picture.original.tobytes()
        result = picture.composite((patch(picture, value),))
        assert result.dtype == picture.original.dtype
        assert result.shape == picture.original.shape
        known = ~picture.hole
        assert result[known].tobytes() == picture.original[known].tobytes()
        if picture.kind == "rgba":
            assert result[..., 3].tobytes() == picture.original[..., 3].tobytes()
        assert picture.original.tobytes() == before
        filled = result[..., :3] if picture.is_colour else result
        assert np.isfinite(filled[picture.hole].astype(float)).all()

    @given(opened(dtypes=["uint8", "uint16", "int16"]))
    def test_what_planes_hand_out_comes_back(self, picture):
        every = Picture(picture.original, picture.hole | True, picture.kind, picture.values)
        shown = Picture(picture.original, picture.hole & False, picture.kind, picture.values)
        result = every.composite((Patch(whole(picture), shown.planes(whole(picture))),))
        np.testing.assert_array_equal(result, picture.original)

    def test_patches_go_where_they_belong(self):
        hole = np.zeros((6, 8), bool)
        hole[1:3, 1:7] = True
        image = np.full((6, 8), 200, np.uint8)
        image[0] = 10
        picture = Picture.from_array(image, hole)
        left = Patch(Window(0, 3, 0, 4), np.full((3, 4), 0.0, np.float32))
        right = Patch(Window(1, 6, 4, 8), np.full((5, 4), 1.0, np.float32))
        result = picture.composite((left, right))
        expected = image.copy()
        expected[1:3, 1:4] = 0
        expected[1:3, 4:7] = 255
        np.testing.assert_array_equal(result, expected)

    def test_a_grey_patch_makes_a_colour_image_grey(self):
        image = np.zeros((4, 5, 3), np.uint8)
        image[0] = 255
        hole = np.zeros((4, 5), bool)
        hole[2] = True
        grey = Patch(Window(2, 3, 0, 5), np.full((1, 5), 0.2, np.float32))
        result = Picture.from_array(image, hole).composite((grey,))
        assert (result[2] == 51).all()

    def test_the_grey_image_shows_luma_and_the_filled_grey(self, tissue, scratch):
        picture = Picture.from_array(tissue, scratch)
        grey = picture.composite_grey((patch(picture, 1.0),))
        assert grey.dtype == np.uint8
        assert (grey[scratch] == 255).all()
        expected = np.rint(luma(tissue.astype(np.float32)))
        assert np.abs(grey - expected)[~scratch].max() <= 1
        only = Patch(whole(picture), np.full(scratch.shape, 1.0, np.float32))
        np.testing.assert_array_equal(picture.composite_grey((only,)), grey)


class TestBlend:
    @given(opened(invalid=True), st.sampled_from([0.0, 0.2, 1 / 3, 0.77, 1.0]))
    def test_the_fill_is_mixed_with_what_was_there(self, picture, weight):
        blend = np.full(picture.hole.shape, weight, np.float32)
        result = picture.with_blend(blend).composite((patch(picture, 0.6),))
        filled = picture.composite((patch(picture, 0.6),))
        known = ~picture.hole
        assert result[known].tobytes() == picture.original[known].tobytes()
        old, new, mixed = (
            (image[..., :3] if picture.is_colour else image)[picture.hole]
            for image in (picture.original, filled, result)
        )
        if picture.original.dtype == bool:
            np.testing.assert_array_equal(mixed, new)
            return
        numbers = np.isfinite(old.astype(float))
        if picture.is_colour:  # a pixel with one channel that is no number holds no value
            numbers = np.repeat(numbers.all(axis=-1, keepdims=True), 3, axis=-1)
        np.testing.assert_array_equal(mixed[~numbers], new[~numbers])
        old, new, mixed = (values[numbers].astype(np.longdouble) for values in (old, new, mixed))
        share = np.longdouble(np.float32(weight))
        difference = np.abs(old * (1 - share) + new * share - mixed)
        assert (
            difference <= rounding(picture.original.dtype, np.maximum(abs(old), abs(new)))
        ).all()

    @pytest.mark.parametrize("dtype", ["int16", "int32", "int64", "uint64"])
    def test_mixing_equal_extremes_does_not_overflow(self, dtype):
        top = np.iinfo(dtype).max
        hole = np.ones((2, 40), bool)
        hole[0] = False
        picture = Picture.from_array(np.full((2, 40), top, dtype), hole)
        blend = np.tile(np.arange(40, dtype=np.float32) / 40, (2, 1))
        result = picture.with_blend(blend).composite((patch(picture, 1.0),))
        np.testing.assert_allclose(result.astype(float), float(top), rtol=1e-15)

    def test_nothing_is_blended_by_default(self):
        hole = np.zeros((2, 3), bool)
        hole[1] = True
        picture = Picture.from_array(np.arange(6).reshape(2, 3) * 50.0, hole)
        assert picture.blend is None
        assert picture.with_blend(np.ones((2, 3))).with_blend(None).blend is None


def test_the_range_comes_from_known_pixels_alone():
    image = np.full((20, 20), 1000, np.uint16)
    image[:, ::2] = 1400
    image[5:9, 5:9] = 65535
    hole = np.zeros(image.shape, bool)
    hole[5:9, 5:9] = True
    assert Picture.from_array(image, hole).values == ValueRange(1000, 1400)


def test_a_large_image_is_sampled_evenly():
    image = np.zeros((2000, 2100), np.uint16)
    image += np.arange(2100, dtype=np.uint16)
    hole = np.zeros(image.shape, bool)
    hole[0, 0] = True
    found = Picture.from_array(image, hole).values
    assert found.low <= 2
    assert found.high >= 2090


def test_a_large_image_with_few_known_pixels_uses_those():
    image = np.full((2000, 2100), 7, np.uint16)
    image[1001, 1001] = 900
    hole = np.ones(image.shape, bool)
    hole[1001, 1001] = hole[1001, 1003] = False
    found = Picture.from_array(image, hole).values
    assert (found.low, found.high) == (7, 900)
