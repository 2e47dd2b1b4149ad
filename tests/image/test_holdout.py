import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.holdout import (
    APART,
    KNOWN,
    LEAST,
    SIDE,
    contrast,
    hole_pieces,
    is_compact,
    moved_hole,
    nearest_square,
    part_of,
)
from tests.strategies import holes

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda s: s != (1, 1))


def block(shape, y, x):
    hole = np.zeros(shape, dtype=bool)
    hole[y, x] = True
    return hole


def test_a_block_is_compact_and_a_scratch_or_specks_are_not():
    assert is_compact(block((100, 100), slice(30, 60), slice(30, 60)))
    assert not is_compact(block((100, 100), slice(30, 32), slice(10, 90)))
    assert not is_compact(block((400, 400), slice(30, 60), slice(30, 60)))
    specks = block((100, 100), slice(10, 30), slice(10, 30))
    specks |= block((100, 100), slice(60, 80), slice(60, 80))
    assert not is_compact(specks)
    assert not is_compact(np.zeros((5, 5), bool))


@given(arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.booleans()))
def test_a_moved_hole_lies_on_known_pixels_and_leaves_enough(hole):
    holdout = moved_hole(hole)
    if holdout is None:
        return
    own = hole[holdout.window.slices]
    assert holdout.pixels.shape == own.shape
    assert not (holdout.pixels & own).any()
    assert holdout.pixels.sum() >= LEAST
    assert (holdout.pixels | own).mean() <= 1 - KNOWN / 2


def test_a_block_is_moved_whole_beside_itself():
    hole = block((160, 160), slice(64, 96), slice(64, 96))
    holdout = moved_hole(hole)
    rows, columns = np.nonzero(holdout.pixels)
    assert holdout.pixels.sum() == 32 * 32
    assert (np.ptp(rows), np.ptp(columns)) == (31, 31)
    near = np.zeros_like(hole)
    near[64 - APART : 96 + APART, 64 - APART : 96 + APART] = True
    # a corner more or less: the distance is counted along the axes
    assert (holdout.pixels & near).sum() <= 4 * APART


def test_strokes_are_moved_around_the_border():
    hole = block((90, 120), slice(None), slice(50, 56))
    assert moved_hole(hole).pixels.sum() == hole.sum()


def test_of_a_large_plane_only_the_part_with_most_hole_is_tried():
    hole = block((700, 900), slice(500, 520), slice(600, 700))
    hole[10:12, 10:12] = True
    holdout = moved_hole(hole)
    assert max(holdout.window.shape) <= SIDE
    assert hole[holdout.window.slices].sum() == 2000


@pytest.mark.parametrize("share", [0.95, 1.0])
def test_no_room_no_moved_hole(share):
    hole = np.random.default_rng(0).random((60, 60)) < share
    hole[0, 0] = False
    assert moved_hole(hole) is None


def test_contrast_is_of_the_known_pixels_nearby():
    rough = np.random.default_rng(0).normal(0.5, 0.1, (60, 120)).astype(np.float32)
    rough[:, 60:] = 0.5 + 0.1 * (rough[:, 60:] - 0.5)
    left, right = (block(rough.shape, slice(25, 35), slice(x, x + 10)) for x in (20, 90))
    hole = left | right
    given = np.where(hole, np.float32(9), rough)
    assert contrast(given, hole, left) == pytest.approx(0.1, rel=0.15)
    assert contrast(given, hole, right) == pytest.approx(0.01, rel=0.15)
    flat = np.linspace(0, 1, 120, dtype=np.float32)[None].repeat(60, 0)
    assert contrast(flat, hole, left) < 0.02  # a slow change is no contrast
    everything = np.ones_like(hole)
    assert contrast(rough, everything, everything) == 0


@given(shapes.flatmap(holes), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_pieces_lie_in_the_known_region_and_touch_no_real_one(hole, count, seed):
    made = hole_pieces(hole, count, np.random.default_rng(seed))
    near = ndimage.binary_dilation(hole, structure=np.ones((3, 3), bool))
    assert len(made) <= count
    for one in made:
        assert one.shape == hole.shape
        assert one.any()
        assert not (one & near).any()


def test_pieces_have_the_shape_of_the_hole(scratch):
    rim = np.zeros((5, 40), dtype=bool)
    rim[::2] = True
    hole = np.zeros((96, 120), dtype=bool)
    hole[10:15, 10:50] = rim
    for one in hole_pieces(hole, 8, np.random.default_rng(0)):
        rows = np.flatnonzero(one.any(axis=1))
        assert (np.diff(rows) == 2).all()  # stripes stay stripes
        assert len(rows) <= 3
    assert len(hole_pieces(scratch, 8, np.random.default_rng(0))) == 8


def test_the_generator_decides_where_pieces_are(scratch):
    first, again, other = (hole_pieces(scratch, 3, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (np.stack(first) != np.stack(other)).any()


def test_without_room_there_are_no_pieces():
    hole = np.ones((20, 20), dtype=bool)
    hole[3, 3] = False
    assert hole_pieces(hole, 4, np.random.default_rng(0)) == []


def test_the_nearest_square_is_known_and_as_large_as_there_is_room_for():
    hole = block((80, 100), slice(20, 50), slice(30, 60))
    square = nearest_square(hole, (35, 45), (8, 16))
    assert square.shape == (16, 16)
    assert not hole[square.slices].any()
    beside = Window(20, 50, 30, 60).expanded(16, hole.shape)
    assert square.intersection(beside) == square
    narrow = block((80, 100), slice(None), slice(10, 90))
    assert nearest_square(narrow, (40, 50), (4, 64)).shape == (8, 8)
    assert nearest_square(narrow, (40, 50), (10, 64)) is None


def test_squares_found_on_a_grid_are_in_pixels_of_the_plane():
    hole = block((320, 400), slice(80, 200), slice(120, 240))
    square = nearest_square(hole[::4, ::4], (35, 45), (8, 48), step=4)
    assert square.shape == (48, 48)
    assert not hole[square.slices].any()


def test_the_part_that_is_tried_holds_most_of_the_hole():
    hole = np.zeros((500, 400), bool)
    hole[430:450, 300:330] = True
    window = part_of(hole)
    assert window.shape == (192, 192)
    assert hole[window.slices].sum() >= 0.9 * hole.sum()
    assert part_of(hole[:100, :100]).shape == (100, 100)
