"""What holds for every faithful method, on good input and bad."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.correction import Correction
from napari_greyfill.inpaint.selective import FrequencySelective
from napari_greyfill.inpaint.spectral import Spectral

METHODS = [Spectral, FrequencySelective, Correction, Blend]


@pytest.fixture
def scratch(scratch):
    return scratch.copy()


def constant(rng, shape):
    return np.full(shape, rng.random())


def noise(rng, shape):
    return rng.random(shape)


def two_valued(rng, shape):
    return (rng.random(shape) < rng.random()) * 1.0


def stripes(rng, shape):
    return np.broadcast_to(np.arange(shape[1]) % 2, shape) * 1.0


def tiny_range(rng, shape):
    return 0.5 + rng.integers(0, 3, shape) / 65_535


KINDS = [constant, noise, two_valued, stripes, tiny_range]


@st.composite
def bad_input(draw):
    """A plane nobody would want to fill, and a hole that may leave very little."""
    height, width = draw(st.integers(1, 24)), draw(st.integers(2, 24))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    plane = draw(st.sampled_from(KINDS))(rng, (height, width)).astype(np.float32)
    kind = draw(st.sampled_from(["some", "most", "borders", "islands"]))
    hole = np.ones((height, width), dtype=bool)
    if kind == "some":
        hole = draw(arrays(bool, (height, width)))
    elif kind == "most":
        hole = rng.random((height, width)) < 0.9
    elif kind == "borders":
        hole[1:-1, 1:-1] = rng.random((max(height - 2, 0), width - 2)) < 0.3
    y, x = rng.integers(height), rng.integers(width - 1)
    hole[y, x : x + 2] = False  # at least one island of two pixels
    if draw(st.booleans()):
        plane = np.stack([plane, 1 - plane, plane / 2], axis=-1)
    plane[hole] = 0
    return plane, hole


def check(filled, plane, hole):
    """Finite, of the right type, near the range of the known pixels, which stay as they are."""
    assert filled.dtype == np.float32
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[~hole], plane[~hole])
    known = plane[~hole]
    low, high = known.min(axis=0), known.max(axis=0)
    slack = 0.1 * (high - low) + 1e-6
    assert (filled[hole] >= low - slack).all()
    assert (filled[hole] <= high + slack).all()


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15)
@given(bad_input())
def test_no_input_leads_out_of_range(method, case):
    plane, hole = case
    check(method().fill(plane, hole), plane, hole)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_plane_stays_constant(method):
    hole = np.zeros((40, 48), dtype=bool)
    hole[10:30, 12:40] = True
    plane = np.where(hole, np.float32(0), np.float32(0.3))
    np.testing.assert_allclose(method().fill(plane, hole), 0.3, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("share", [0.65, 0.95])
def test_a_hole_over_most_of_the_plane_that_touches_all_borders(method, share, astronaut):
    plane = astronaut[..., 0].astype(np.float32) / 255
    hole = np.random.default_rng(3).random(plane.shape) < share
    hole[[0, -1]] = hole[:, [0, -1]] = True
    plane[hole] = 0
    check(method().fill(plane, hole), plane, hole)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_fill(method, astronaut):
    plane = astronaut[:20, :30].astype(np.float32) / 255
    np.testing.assert_array_equal(method().fill(plane, np.zeros((20, 30), bool)), plane)


@pytest.mark.parametrize("method", METHODS)
def test_stripes_go_on_behind_the_hole(method):
    y, x = np.indices((96, 96))
    truth = (0.5 + 0.4 * np.sin(2 * np.pi * (x + y / 2) / 9)).astype(np.float32)
    hole = np.zeros(truth.shape, dtype=bool)
    hole[40:52, 38:60] = True
    filled = method().fill(np.where(hole, np.float32(0), truth), hole)
    assert np.sqrt(np.mean((filled - truth)[hole] ** 2)) < 0.1  # the stripes' own deviation: 0.28


@pytest.mark.parametrize("method", METHODS)
def test_the_same_pixels_every_time_and_whatever_the_hole_holds(method, astronaut, scratch):
    plane = astronaut[..., 1].astype(np.float32) / 255
    first = method().fill(np.where(scratch, np.float32(0), plane), scratch)
    np.testing.assert_array_equal(method().fill(plane, scratch), first)


@pytest.mark.parametrize("method", METHODS)
def test_fractions_rise(method, astronaut, scratch):
    plane = astronaut.astype(np.float32) / 255
    fractions = list(method().run(plane, scratch))
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
    assert len(fractions) > 10


@pytest.mark.parametrize("method", METHODS)
def test_cancelling_works_from_inside(method, astronaut, scratch):
    asked = []
    compute = Compute(cancelled=lambda: asked.append(1) or len(asked) > 3)
    with pytest.raises(CancelledError):
        method(compute).fill(astronaut[..., 0].astype(np.float32) / 255, scratch)
    assert len(asked) == 4


@pytest.mark.parametrize("method", [Spectral, FrequencySelective])
def test_turning_the_picture_turns_the_fill(method, astronaut, scratch):
    plane = np.where(scratch, 0, astronaut[..., 0] / 255).astype(np.float32)
    filled = method().fill(plane, scratch)
    turned = method().fill(np.ascontiguousarray(plane.T), np.ascontiguousarray(scratch.T))
    assert np.abs(turned.T - filled).max() < 0.04
