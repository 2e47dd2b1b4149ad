import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from napari_greyfill.colorization.practice import practice_holes
from tests.strategies import holes

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda s: s != (1, 1))


@given(shapes.flatmap(holes), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_practice_holes_lie_in_the_known_region_and_touch_no_real_one(hole, count, seed):
    made = practice_holes(hole, count, np.random.default_rng(seed))
    near = ndimage.binary_dilation(hole, structure=np.ones((3, 3), bool))
    assert len(made) <= count
    for one in made:
        assert one.shape == hole.shape
        assert one.any()
        assert not (one & near).any()


def test_they_are_pieces_of_the_hole(scratch):
    rim = np.zeros((5, 40), dtype=bool)
    rim[::2] = True
    hole = np.zeros((96, 120), dtype=bool)
    hole[10:15, 10:50] = rim
    for one in practice_holes(hole, 8, np.random.default_rng(0)):
        rows = np.flatnonzero(one.any(axis=1))
        assert (np.diff(rows) == 2).all()  # stripes stay stripes
        assert len(rows) <= 3
    assert len(practice_holes(scratch, 8, np.random.default_rng(0))) == 8


def test_the_generator_decides_where_they_are(scratch):
    first, again, other = (practice_holes(scratch, 3, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (np.stack(first) != np.stack(other)).any()


def test_without_room_there_are_none():
    hole = np.ones((20, 20), dtype=bool)
    hole[3, 3] = False
    assert practice_holes(hole, 4, np.random.default_rng(0)) == []
