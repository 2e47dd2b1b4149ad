import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.surroundings import (
    REACH,
    biharmonic,
    by_channel,
    clamped,
)


def test_each_piece_of_the_hole_has_limits_of_its_own():
    plane = np.full((20, 200), 0.2, dtype=np.float32)
    plane[:, 100:] = 0.8
    plane[0, ::2] += 0.1
    hole = np.zeros(plane.shape, dtype=bool)
    hole[8:12, 20:24] = hole[8:12, 170:174] = True
    filled = np.where(hole, np.float32(0.5), plane)
    result = clamped(filled, plane, hole)
    np.testing.assert_allclose(result[9, 21], 0.3 + 0.01, atol=1e-6)
    np.testing.assert_allclose(result[9, 171], 0.8 - 0.01, atol=1e-6)
    np.testing.assert_array_equal(result[~hole], plane[~hole])


def test_a_piece_is_one_even_beyond_the_reach_of_its_rim():
    side = 4 * REACH
    plane = np.full((side, side), 0.5, dtype=np.float32)
    plane[0] = 0.1
    hole = np.zeros(plane.shape, dtype=bool)
    hole[2:-2, 2:-2] = True
    result = clamped(np.zeros_like(plane), plane, hole)
    np.testing.assert_allclose(result[side // 2, side // 2], 0.1 - 0.04, atol=1e-6)


def test_colours_are_filled_as_channels_that_add_up_again(astronaut):
    colours = astronaut.astype(np.float32) / 255

    def unchanged(channel):
        yield 0.5
        return channel

    seen = []

    def first_of(channel, other):
        seen.append(channel)
        yield 0.5
        return other

    np.testing.assert_allclose(exhaust(by_channel(unchanged, colours)), colours, atol=1e-5)
    both = exhaust(by_channel(first_of, colours, colours[::-1].copy()))
    np.testing.assert_allclose(both, colours[::-1], atol=1e-5)
    np.testing.assert_allclose(seen[0], colours @ [0.299, 0.587, 0.114], atol=1e-5)
    assert list(by_channel(unchanged, colours)) == pytest.approx([1 / 6, 3 / 6, 5 / 6])
    assert list(by_channel(unchanged, seen[0])) == [0.5]


def test_biharmonic_of_channels_below_zero():
    ramp = np.tile(np.linspace(-3, 2, 40, dtype=np.float32), (30, 1))
    hole = np.zeros(ramp.shape, dtype=bool)
    hole[10:20, 15:25] = True
    filled = exhaust(biharmonic(np.where(hole, np.float32(0), ramp), hole, Compute()))
    np.testing.assert_allclose(filled, ramp, atol=0.02)
