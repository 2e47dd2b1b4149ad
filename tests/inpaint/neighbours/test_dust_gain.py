import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.dust_gain import (
    _integrated,
    fills_behind,
    gains_at,
    ratio,
)
from tests.inpaint.neighbours.volumes import stack

SIDE = 56


def test_the_sharp_estimate_keeps_edges_and_the_smooth_one_blurs_them():
    hole = np.zeros((SIDE, SIDE), bool)
    hole[22:32, 24:34] = True
    dust = np.where(hole, np.float32(0.5), np.float32(1))
    planes = 0.2 + 0.8 * stack(10, SIDE, step=6)
    frames = [Slice(plane * dust, np.zeros_like(hole)) for plane in planes]
    fills = exhaust(fills_behind(frames, range(10), hole, hole, Compute()))
    raw, variance = ratio(frames, fills, hole, 0.0)
    assert raw.shape == variance.shape == (100,) and (variance > 0).all()
    smooth, *_, sharp = gains_at(frames, fills, hole, 0.0)
    assert (smooth[~hole] == 1).all() and (sharp[~hole] == 1).all()
    errors = [np.sqrt(np.mean((gain - 0.5)[hole] ** 2)) for gain in (smooth, sharp)]
    assert errors[1] < 0.5 * errors[0]


def test_slopes_are_integrated_from_the_rim():
    place = np.zeros((12, 14), bool)
    place[3:9, 4:11] = True
    plane = np.where(place, np.hypot(*np.indices(place.shape)), 0.0)
    slopes = [np.diff(plane, axis=axis) for axis in (0, 1)]
    assert np.allclose(_integrated(slopes, place), plane, atol=1e-9)
