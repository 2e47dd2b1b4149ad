"""Beads, stars, metal and faulty pixels: values far beyond nearly all others, in every type."""

import warnings

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.values import ValueRange
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter

SMOOTH = ["blend", "biharmonic", "spectral", "frequency-selective", "correction"]
AVERAGING = ["telea", "navier-stokes"]
Y, X = np.indices((140, 150))
UNITS = {  # ground, noise, height of a bead above it
    "8 bits": ("uint8", 10, 1, 200),
    "dim 8 bits": ("uint8", 6, 1, 40),
    "12 bits": ("uint16", 100, 4, 3000),
    "16 bits": ("uint16", 600, 20, 60_000),
    "signed": ("int16", -1000, 10, 12_000),
    "dark in 8 bits": ("uint8", 60, 1, -50),
    "dark in 12 bits": ("uint16", 900, 4, -800),
    "dark in 16 bits": ("uint16", 15_000, 40, -14_000),
    "dark and signed": ("int16", 500, 10, -20_000),
    "64 bits": ("int64", 2**57, 2**52, 2**61),
    "tiny": ("float32", 1e-6, 1e-8, 3e-5),
    "huge": ("float32", 1e30, 1e28, 3e31),
    "huge double": ("float64", 1e300, 1e298, 3e301),
    "half": ("float16", 100, 1, 3000),
}


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def column():
    hole = np.zeros(Y.shape, bool)
    hole[:, 74:76] = True
    return hole


def spots(centres, sigma):
    return sum(np.exp(-((Y - y) ** 2 + (X - x) ** 2) / (2 * sigma**2)) for y, x in centres)


def picture(unit, beads):
    dtype, ground, noise, height = UNITS[unit]
    values = ground + noise * np.random.default_rng(0).normal(0, 1, Y.shape) + height * beads
    return (np.rint(values) if np.dtype(dtype).kind in "iu" else values).astype(dtype)


def filled(truth, hole, **options):
    damaged = truth.copy()
    damaged[hole] = 0
    return fill(damaged, hole, **options)


def error_of(result, truth, hole):
    difference = result.image[hole].astype(np.float64) - truth[hole].astype(np.float64)
    size = np.abs(difference).max()  # squares of 1e300 are too large
    return size * np.sqrt(np.mean((difference / size) ** 2))


class TestOneBead:
    """Its middle is hidden by a dead column of two pixels."""

    @pytest.mark.parametrize("unit", UNITS)
    @pytest.mark.parametrize("method", [*SMOOTH, *AVERAGING])
    def test_it_is_filled_as_bright_or_dark_as_the_pixels_beside_it_say(
        self, method, unit, column
    ):
        truth = picture(unit, spots([(70, 74.5)], 3))
        result = filled(truth, column, method=method)
        _, ground, _, height = UNITS[unit]
        share = (result.image[70, 74:76].astype(np.float64) - ground) / height
        # OpenCV's methods average what is around, also along the column, where it is dim
        least = 0.4 if method in AVERAGING else 0.7
        assert ((share > least) & (share < 1.15)).all()
        faint = column & (np.abs(Y - 70) > 20)
        rest = np.abs(result.image[faint].astype(np.float64) - ground)
        assert rest.max() < 0.1 * abs(height)

    @pytest.mark.parametrize("unit", UNITS)
    def test_the_expected_error_is_of_the_order_of_the_true_one(self, unit, column):
        truth = picture(unit, spots([(70, 74.5)], 3))
        result = filled(truth, column)
        assert error_of(result, truth, column) / 2 < result.expected_error
        assert result.expected_error < 10 * error_of(result, truth, column)

    @pytest.mark.parametrize("method", [*SMOOTH, *AVERAGING, "texture"])
    def test_nothing_of_it_is_left_out_where_it_is_rare(self, method):
        """A bead on so few pixels of a larger window that no robust range holds it."""
        y, x = np.indices((400, 400))
        bead = np.exp(-((y - 200) ** 2 + (x - 200.5) ** 2) / (2 * 2**2))
        noise = np.random.default_rng(0).normal(0, 4, y.shape)
        truth = np.rint(100 + noise + 3000 * bead).astype(np.uint16)
        hole = np.zeros(y.shape, bool)
        hole[:, 200:202] = True
        assert Picture.from_array(truth, hole).values.high < 200
        result = filled(truth, hole, method=method)
        assert result.image[200, 200:202].min() > (1000 if method in AVERAGING else 1800)


@pytest.mark.parametrize("method", SMOOTH)
@pytest.mark.parametrize("sigma", [1.3, 3])
def test_many_stars(method, sigma):
    """Strokes over a field of stars: each is far nearer to the truth than the dark ground is."""
    rng = np.random.default_rng(2)
    field = sum(rng.exponential(2000) * spots([at], sigma) for at in rng.uniform(0, 140, (30, 2)))
    truth = np.rint(50 + rng.normal(0, 3, Y.shape) + field).astype(np.uint16)
    hole = np.zeros(Y.shape, bool)
    hole[30:32, 10:140] = hole[5:130, 70:72] = hole[90:92, 20:120] = True
    result = filled(truth, hole, method=method)
    ground = np.sqrt(np.mean((truth[hole].astype(float) - 50) ** 2))
    assert error_of(result, truth, hole) < 0.5 * ground


@pytest.mark.parametrize("method", [*SMOOTH, *AVERAGING, "texture"])
@pytest.mark.parametrize("fault", [0, 50_000])
def test_a_hot_or_dead_pixel_at_the_rim_spoils_nothing(method, fault):
    truth = np.rint(1000 + 4 * np.random.default_rng(0).normal(0, 1, Y.shape)).astype(np.uint16)
    truth[59, 74] = fault
    hole = np.zeros(Y.shape, bool)
    hole[60:68, 70:78] = True
    assert error_of(filled(truth, hole, method=method), truth, hole) < 15


def test_metal_in_a_scan(column):
    body = np.where(np.hypot(Y - 70, X - 75) < 55, 40, -1000)
    metal = np.where(np.hypot(Y - 70, X - 75) < 9, 12_000, 0)
    noise = np.random.default_rng(0).normal(0, 10, Y.shape)
    truth = np.rint(body + metal + noise).astype(np.int16)
    result = filled(truth, column)
    assert result.image[68:73, 74:76].min() > 9000
    assert np.abs(result.image[30:45, 74:76] - 40.0).max() < 300
    assert result.expected_error > error_of(result, truth, column) / 4


@pytest.mark.parametrize("pipeline", ["grey-rgb", "rgb-grey-rgb", "rgb-rgb"])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_a_coloured_bead_keeps_its_brightness_and_its_colour(pipeline, dtype, column):
    noise = np.random.default_rng(0).normal(0, 4, (*Y.shape, 3))
    bead = spots([(70, 74.5)], 3)[..., None] * np.array([3000, 1500, 300])
    truth = np.rint(100 + noise + bead).astype(dtype)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Known pixels near the hole leave the usual range")
        result = filled(truth, column, pipeline=pipeline)
    peak = result.image[70, 74:76].astype(float) - 100
    assert (peak > 0.6 * np.array([3000, 1500, 300])).all()
    assert (peak < 1.3 * np.array([3000, 1500, 300]) + 100).all()
    np.testing.assert_array_equal(result.image[~column], truth[~column])


@pytest.mark.parametrize("dtype", ["bool", "uint64", "int64", "int8"])
@pytest.mark.parametrize("method", [*SMOOTH, *AVERAGING, "texture"])
def test_other_types_fill_without_overflow(dtype, method, column):
    limits = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    truth = np.where(Y > 70, limits[0], limits[1]).astype(dtype)
    if dtype != "bool":  # two values would be taken for those of a mask
        truth[:, :20] //= np.asarray(3, dtype)
    result = filled(truth, column, method=method)
    far = column & (np.abs(Y - 70) > 12)
    apart = np.abs(result.image[far].astype(float) - truth[far].astype(float))
    assert apart.max() <= 0.2 * (float(limits[1]) - float(limits[0]))


class Beyond(Inpainter):
    """Takes any range, and fills with what no type holds."""

    unit = False

    def run(self, plane, hole, unknown=None):
        yield 0.5
        return Fill(np.where(hole, np.float32(1e9), plane), expected_error=0.0)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16"])
def test_the_expected_error_is_not_below_what_clipping_to_the_type_costs(
    monkeypatch, dtype, column
):
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))
    INPAINTERS.add(MethodInfo("beyond", "Beyond", "inpainter", "For tests."), Beyond)
    truth = np.where(Y > 70, 100, 20).astype(dtype)
    result = filled(truth, column, method="beyond")
    top = float((np.iinfo if truth.dtype.kind == "u" else np.finfo)(dtype).max)
    assert (result.image[column] == top).all()
    assert result.expected_error == pytest.approx(1e9 * 80 - top, rel=0.01)


def test_an_object_between_the_grid_of_a_large_picture_counts():
    image = np.random.default_rng(0).random((2000, 2100)).astype(np.float32)
    hole = np.zeros(image.shape, bool)
    hole[0, 0] = True
    assert Picture.from_array(image, hole).values == ValueRange(0, 1)
    assert Picture.from_array(image, hole).values.own
    image[1001, 701] = 5.0
    assert not Picture.from_array(image, hole).values.own


def test_the_range_in_the_provenance_is_the_scale(column):
    result = filled(picture("12 bits", spots([(70, 74.5)], 1)), column)
    low, high = result.provenance["value_range"]
    assert 80 <= low < 100 < high < 200
