from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from napari_greyfill.inpaint.neighbours.flow import between, between_far, towards, without_gaps


def moved(by):
    picture = data.camera()[150:350, 150:350] / 255
    smooth = ndimage.gaussian_filter(picture, 1.5)
    return ndimage.shift(smooth, by, order=3, mode="nearest")[30:-30, 30:-30].astype(np.float32)


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize("share", [0.5, 0.25])
def test_both_sides_are_moved_to_the_place_between(share):
    before, after = moved((0, 0)), moved((2, -3))
    here = moved((2 * share, -3 * share))
    first, second = between(before, after, share, (0.0, 1.0))
    inner = (slice(8, -8),) * 2
    assert rms((first - here)[inner]) < 0.5 * rms((before - here)[inner])
    assert rms((second - here)[inner]) < 0.5 * rms((after - here)[inner])


def test_what_moves_far_is_followed_both_ways():
    before, after, here = moved((0, 0)), moved((7, -9)), moved((3.5, -4.5))
    inner = (slice(16, -16),) * 2
    for pair in between_far(before, after, 0.5, (0.0, 1.0)):
        for found, given in zip(pair, (before, after), strict=True):
            assert rms((found - here)[inner]) < 0.6 * rms((given - here)[inner])


def test_others_are_moved_to_the_plane_even_in_its_hole():
    here, other = moved((0, 0)), moved((4, 5))
    hole = np.zeros(here.shape, bool)
    hole[50:75, 50:75] = True
    (found,) = towards(np.where(hole, here.mean(), here), hole, [other], (0.0, 1.0))
    assert rms((found - here)[hole]) < 0.5 * rms((other - here)[hole])


def test_tiny_planes_do_not_break_it():
    tiny = np.random.default_rng(0).random((5, 9)).astype(np.float32)
    hole = np.zeros(tiny.shape, bool)
    hole[2, 2:6] = True
    assert all(np.isfinite(plane).all() for plane in between(tiny, tiny[::-1], 0.5, (0.0, 1.0)))
    pairs = between_far(tiny, tiny[::-1], 0.5, (0.0, 1.0))
    assert all(np.isfinite(plane).all() for pair in pairs for plane in pair)
    assert np.isfinite(towards(tiny, hole, [tiny[::-1]], (0.0, 1.0))[0]).all()


def test_flat_planes_stay():
    flat = np.full((40, 40), 0.3, np.float32)
    assert between(flat, flat, 0.5, (0.3, 0.3))[0] == pytest.approx(flat)
    for pair in between_far(flat, flat, 0.5, (0.3, 0.3)):
        assert pair[0] == pytest.approx(flat)


def test_gaps_take_the_nearest_value():
    plane = np.arange(12, dtype=np.float32).reshape(3, 4)
    unknown = np.zeros(plane.shape, bool)
    unknown[0, 0] = True
    assert without_gaps(plane, unknown)[0, 0] in (1, 4)
    assert without_gaps(plane, np.zeros_like(unknown)) is plane
