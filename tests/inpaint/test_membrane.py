import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_greyfill.inpaint.membrane import membrane


def ramp(height=20, width=30):
    return np.add.outer(2.0 * np.arange(height), np.arange(width))


def test_a_ramp_is_restored():
    hole = np.zeros((20, 30), bool)
    hole[5:12, 8:20] = True
    given_plane = np.where(hole, -99.0, ramp())
    np.testing.assert_allclose(membrane(given_plane, hole), ramp(), atol=1e-5)


def test_channels_are_solved_side_by_side():
    hole = np.zeros((20, 30), bool)
    hole[5:9, 8:14] = True
    colours = np.stack([ramp(), 3 * ramp(), -ramp()], axis=-1)
    np.testing.assert_allclose(membrane(colours, hole), colours, atol=1e-5)


def test_unknown_pixels_are_no_source():
    plane = np.ones((9, 9))
    hole = np.zeros((9, 9), bool)
    hole[3:6, 3:6] = True
    known = np.ones((9, 9), bool)
    plane[2, :], known[2, :] = 1e6, False
    assert membrane(plane, hole, known)[hole] == pytest.approx(1.0, abs=1e-3)


def test_a_piece_that_touches_nothing_known_takes_the_mean():
    plane = np.full((8, 8), 5.0)
    hole = np.zeros((8, 8), bool)
    hole[2:4, 2:4] = True
    known = np.zeros((8, 8), bool)
    known[7] = True
    assert membrane(plane, hole, known)[hole] == pytest.approx(5.0)


def test_nothing_to_do_is_nothing_done():
    assert np.array_equal(membrane(ramp(), np.zeros((20, 30), bool)), ramp())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1), st.floats(0.05, 0.9))
def test_values_stay_between_those_of_the_rim(height, width, seed, share):
    rng = np.random.default_rng(seed)
    plane = rng.normal(size=(height, width))
    hole = rng.random((height, width)) < share
    filled = membrane(plane, hole)
    assert np.array_equal(filled[~hole], plane[~hole])
    if hole.any() and (~hole).any():
        known = plane[~hole]
        assert filled[hole].min() >= known.min() - 1e-6
        assert filled[hole].max() <= known.max() + 1e-6
