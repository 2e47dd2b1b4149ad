from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.inpaint import diffusion
from napari_greyfill.inpaint.diffusion import Biharmonic, NavierStokes, Telea
from tests.recording import recorded

needs_opencv = pytest.mark.skipif(find_spec("cv2") is None, reason="needs OpenCV")
OPENCV = [pytest.param(kind, marks=needs_opencv) for kind in (Telea, NavierStokes)]
METHODS = [Biharmonic, *OPENCV]


class Tiny(Biharmonic):
    """Goes coarse to fine at a hundredth of the usual size."""

    LIMIT = 900
    TILE = 18
    HALO = 6
    RIM = 5


def run(inpainter, plane, hole):
    """Fill and return what came out, with the fractions that were reported."""
    fill, fractions = recorded(inpainter.run(plane, hole))
    return fill.plane, fractions


def with_hole(plane, hole):
    emptied = plane.copy()
    emptied[hole] = 0
    return emptied


def smooth(shape=(110, 128)):
    y, x = np.indices(shape) / 128
    return (0.5 + 0.25 * np.cos(4 * y + 1) + 0.2 * np.sin(3 * x * (1 + y))).astype(np.float32)


def block(shape, y, x):
    hole = np.zeros(shape, dtype=bool)
    hole[y, x] = True
    return hole


BIG = block((110, 128), slice(25, 85), slice(30, 95))


@pytest.fixture
def solved(monkeypatch):
    """Collect how many unknowns each exact system has."""
    sizes = []
    exact = diffusion._solve

    def spy(plane, hole):
        sizes.append(int(hole.sum()))
        return exact(plane, hole)

    monkeypatch.setattr(diffusion, "_solve", spy)
    return sizes


@pytest.mark.parametrize("slope", [(0.0, 0.0), (0.004, 0.0), (-0.002, 0.005)])
def test_biharmonic_continues_ramps(slope):
    y, x = np.indices((60, 80))
    ramp = (0.4 + slope[0] * y + slope[1] * x).astype(np.float32)
    hole = block(ramp.shape, slice(20, 40), slice(25, 55))
    filled = Biharmonic().fill(with_hole(ramp, hole), hole)
    assert np.abs(filled - ramp).max() < 1e-3


def test_biharmonic_continues_what_is_smooth():
    hole = block((110, 128), slice(50, 56), slice(10, 120))
    filled = Biharmonic().fill(with_hole(smooth(), hole), hole)
    assert np.abs(filled - smooth()).max() < 2e-3


def test_no_tile_can_hold_more_than_the_limit():
    for kind in (Biharmonic, Tiny):
        assert (kind.TILE + 2 * kind.HALO) ** 2 <= kind.LIMIT
        assert kind.RIM < kind.HALO


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_big_hole_is_filled_coarse_to_fine_near_the_exact_solution(solved, channels):
    plane = smooth() if not channels else np.stack([smooth(), 1 - smooth(), smooth() / 2], -1)
    given = with_hole(plane, BIG)
    filled, fractions = run(Tiny(), given, BIG)
    assert BIG.sum() > 4 * Tiny.LIMIT  # so that there are at least two coarser levels
    assert len(solved) > 5
    assert max(solved) <= Tiny.LIMIT
    exact = Biharmonic().fill(given, BIG)
    assert np.abs(filled - exact).max() < 0.03
    np.testing.assert_array_equal(filled[~BIG], given[~BIG])
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] < 1


def test_a_hole_up_to_the_limit_is_solved_at_once(solved):
    hole = block((110, 128), slice(30, 60), slice(30, 60))
    assert hole.sum() == Tiny.LIMIT
    Tiny().fill(with_hole(smooth(), hole), hole)
    assert solved == [Tiny.LIMIT]


def test_a_big_hole_that_leaves_one_pixel_known(solved):
    hole = np.ones((50, 60), dtype=bool)
    hole[20, 30] = False
    plane = np.zeros(hole.shape, np.float32)
    plane[~hole] = 0.7
    filled = Tiny().fill(plane, hole)
    assert max(solved) <= Tiny.LIMIT
    np.testing.assert_allclose(filled, 0.7, atol=1e-5)


def test_many_specks_are_more_than_the_limit_too(solved):
    hole = np.zeros((110, 128), dtype=bool)
    hole[2::4, 2::4] = hole[2::4, 3::4] = True
    hole[1::4, 2::4] = True
    assert hole.sum() > Tiny.LIMIT
    filled = Tiny().fill(with_hole(smooth(), hole), hole)
    assert max(solved) <= Tiny.LIMIT
    assert np.abs(filled - smooth()).max() < 0.01


@st.composite
def planes_with_holes(draw):
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)).filter(lambda s: s != (1, 1)))
    hole = draw(arrays(bool, shape))
    hole.flat[draw(st.integers(0, hole.size - 1))] = False
    colour = draw(st.booleans())
    plane = np.random.default_rng(draw(st.integers(0, 99))).random((*shape, 3), dtype=np.float32)
    return with_hole(plane if colour else plane[..., 0].copy(), hole), hole


@pytest.mark.parametrize("method", METHODS)
@given(planes_with_holes())
def test_the_fill_is_finite_and_in_range_for_any_hole(method, case):
    plane, hole = case
    filled = method().fill(plane, hole)
    assert filled.dtype == np.float32
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    assert filled.min() >= 0
    assert filled.max() <= 1


@pytest.mark.parametrize("method", METHODS)
def test_steep_edges_do_not_leave_the_range(method):
    plane = np.zeros((40, 40), dtype=np.float32)
    plane[:, 14:26] = 1
    hole = block(plane.shape, slice(10, 30), slice(10, 30))
    filled = method().fill(with_hole(plane, hole), hole)
    assert filled.min() >= 0
    assert filled.max() <= 1
    assert filled[hole].std() > 0.1


@pytest.mark.parametrize("method", [*METHODS, Tiny])
def test_colours_are_filled_like_their_channels(method, astronaut):
    colours = with_hole(astronaut[:64, :80].astype(np.float32) / 255, BIG[20:84, 20:100])
    hole = BIG[20:84, 20:100]
    filled = method().fill(colours, hole)
    for channel in range(3):
        alone = method().fill(np.ascontiguousarray(colours[..., channel]), hole)
        np.testing.assert_allclose(filled[..., channel], alone, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_what_was_given_is_not_written_to(method):
    given = with_hole(smooth(), BIG[:110])
    before, hole = given.copy(), BIG.copy()
    method().fill(given, hole)
    np.testing.assert_array_equal(given, before)
    np.testing.assert_array_equal(hole, BIG)


@pytest.mark.parametrize("method", METHODS)
def test_the_content_of_the_hole_does_not_matter(method):
    hole = block((110, 128), slice(30, 60), slice(30, 60))
    first = method().fill(with_hole(smooth(), hole), hole)
    np.testing.assert_allclose(method().fill(smooth(), hole)[hole], first[hole], atol=1e-6)


@pytest.mark.parametrize("method", OPENCV)
@pytest.mark.parametrize("turned", [False, True])
def test_opencvs_methods_see_a_line_as_a_line(method, turned):
    line = np.array([[0.0, 0.1, 0.2, 0.0, 0.4, 0.5, 0.6]], dtype=np.float32)
    hole = line == 0
    hole[0, 0] = False
    if turned:
        line, hole = np.ascontiguousarray(line.T), np.ascontiguousarray(hole.T)
    assert method().fill(line, hole)[hole] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("method", OPENCV)
def test_opencvs_methods_stay_near_what_surrounds_the_hole(method):
    hole = block((110, 128), slice(50, 58), slice(40, 80))
    filled, fractions = run(method(), with_hole(smooth(), hole), hole)
    assert np.abs(filled - smooth())[hole].max() < 0.03
    np.testing.assert_allclose(filled[~hole], smooth()[~hole], atol=1e-6)
    assert fractions == [0.0, 1.0]


@needs_opencv
def test_telea_and_navier_stokes_are_two_methods():
    hole = block((110, 128), slice(30, 60), slice(30, 60))
    given = with_hole(smooth(), hole)
    assert np.abs(Telea().fill(given, hole) - NavierStokes().fill(given, hole)).max() > 0.01
