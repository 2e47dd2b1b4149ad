"""Which share of the light arrives behind static dust: estimates of it, from smooth to sharp."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import linalg

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.geometry import tight_box
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.gain import LEAST_GAIN
from napari_greyfill.inpaint.spectral import Spectral

__all__ = ["SMOOTHINGS", "Fills", "fills_behind", "gains_at", "ratio"]

SMOOTHINGS = (
    (2.0, 1.0),
    (0.7, 0.7),
    (0.0, 0.0),
)  # sigmas of the ratio and before logarithms, pixels
CLEAN = 1e-4  # variance of the gain outside the dust
FAINT = 0.02  # of the median, added before logarithms
RIM = 6  # pixels around the dust that gradients are looked at

Field = NDArray[np.float64]
Fills = Mapping[int, Field]


def fills_behind(
    frames: Sequence[Slice], chosen: Sequence[int], hole: Hole, place: Hole, compute: Compute
) -> Generator[float, None, Fills]:
    """Return what spectral fills say at a place, by the number of the frame.

    Parameters
    ----------
    frames : sequence of Slice
        Of one window.
    chosen : sequence of int
        Which of them to fill; those of which nothing is known are left out.
    hole : (H, W) bool array
        What the fills must not see.
    place : (H, W) bool array
        The part of the hole that is wanted.
    compute : Compute
        Says where to run, and when to stop.
    """
    fills = {}
    for count, index in enumerate(chosen):
        compute.check()
        one = frames[index]
        missing = one.unknown | hole
        if missing.all():
            continue
        given = np.where(missing, np.float32(0), one.plane)
        work = Spectral(compute).run(given, missing)
        fill = yield from scaled(work, count / len(chosen), (count + 1) / len(chosen))
        fills[index] = fill.plane[place].astype(np.float64)
    return fills


def gains_at(
    frames: Sequence[Slice], fills: Fills, place: Hole, black: float
) -> tuple[Plane, ...]:
    """Return estimates of the gain at a place, one for each of `SMOOTHINGS`, 1 elsewhere.

    Each is the geometric mean of two, at most 1: the ratio of frames and fills, smoothed by its
    precision, and the integral of the median slopes of the logarithm.

    Parameters
    ----------
    frames : sequence of Slice
        With what was recorded behind the dust.
    fills : mapping
        What `fills_behind` returned.
    place : (H, W) bool array
        Where the gain is wanted.
    black : float
        The value of no light.
    """
    raw, variance = ratio(frames, fills, place, black)
    gains = []
    for wide, fine in SMOOTHINGS:
        gain = np.ones(place.shape, np.float32)
        slopes = _from_slopes(frames, place, black, fine)
        both = np.sqrt(_smoothed(raw, variance, place, wide) * slopes[place])
        gain[place] = np.clip(both, LEAST_GAIN, 1.0)
        gains.append(gain)
    return tuple(gains)


def ratio(frames: Sequence[Slice], fills: Fills, place: Hole, black: float) -> tuple[Field, Field]:
    """Return the least squares factor between frames and fills, and its variance, by pixel.

    Parameters
    ----------
    frames, fills, place, black
        As in `gains_at`.
    """
    seen = np.asarray([frames[i].plane[place] for i in fills], np.float64) - black
    count = np.asarray([~frames[i].unknown[place] for i in fills], np.float64)
    filled = np.asarray(list(fills.values())) - black
    power = np.maximum((count * filled**2).sum(axis=0), 1e-12)
    raw = (count * seen * filled).sum(axis=0) / power
    left = (count * (seen - raw * filled) ** 2).sum(axis=0) / np.maximum(count.sum(axis=0), 1)
    return np.clip(raw, LEAST_GAIN, 2.0), np.maximum(left / power, 1e-8)


def _smoothed(raw: Field, variance: Field, place: Hole, sigma: float) -> Field:
    """Return the ratio at the pixels of the place, smoothed by its precision, at most 1."""
    if sigma > 0:
        gain, weight = np.ones(place.shape), np.full(place.shape, 1 / CLEAN)
        gain[place], weight[place] = raw, 1 / variance
        share = ndimage.gaussian_filter(weight, sigma, mode="nearest")
        raw = (ndimage.gaussian_filter(gain * weight, sigma, mode="nearest") / share)[place]
    return np.asarray(np.clip(raw, LEAST_GAIN, 1.0))


def _from_slopes(frames: Sequence[Slice], place: Hole, black: float, sigma: float) -> Field:
    """Return the gain whose slopes are the median ones over time, 1 around the place."""
    box = tight_box(place)
    assert box is not None  # the place has pixels
    window = box.expanded(RIM, (place.shape[0], place.shape[1]))
    near = round(2 * sigma)
    logs = []
    for one in frames:
        plane = np.maximum(one.plane[window.slices] - black, 0).astype(np.float64)
        unknown = one.unknown[window.slices]
        faint = FAINT * max(float(np.median(plane)), 1e-3)
        log = np.log(ndimage.gaussian_filter(plane, sigma, mode="nearest") + faint)
        log[ndimage.binary_dilation(unknown, iterations=near) if near else unknown] = np.nan
        logs.append(log)
    series = np.asarray(logs, np.float32)
    slopes = [_median(np.diff(series, axis=axis)) for axis in (1, 2)]
    result = np.ones(place.shape)
    result[window.slices] = np.exp(_integrated(slopes, place[window.slices]))
    return result


def _median(values: NDArray[np.float32]) -> Field:
    """Return the median over time of what is known, 0 where nothing is."""
    known = np.isfinite(values)
    if known.all():
        return np.asarray(np.median(values, axis=0), np.float64)
    some = known.any(axis=0)
    result = np.zeros(values.shape[1:])
    result[some] = np.nanmedian(values[:, some], axis=0)
    return result


def _integrated(slopes: Sequence[Field], place: Hole) -> Field:
    """Return the plane, 0 outside the place, whose slopes are nearest to those given.

    `slopes` are differences along rows (H - 1, W) and columns (H, W - 1).
    """
    number = np.full(place.shape, -1)
    number[place] = np.arange(np.count_nonzero(place))
    rows, columns, values = [], [], []
    wanted = np.zeros(np.count_nonzero(place))
    count = np.zeros_like(wanted)
    for axis, slope in enumerate(slopes):
        low, high = (
            np.take(number, range(start, start + slope.shape[axis]), axis).ravel()
            for start in (0, 1)
        )
        flat = slope.ravel()
        for here, there, sign in ((low, high, -1.0), (high, low, 1.0)):
            inner = here >= 0
            np.add.at(wanted, here[inner], sign * flat[inner])
            np.add.at(count, here[inner], 1.0)
            both = inner & (there >= 0)
            rows.append(here[both])
            columns.append(there[both])
            values.append(np.full(np.count_nonzero(both), -1.0))
    inside = np.arange(wanted.size)
    at = (np.concatenate([*rows, inside]), np.concatenate([*columns, inside]))
    system = sparse.csc_array((np.concatenate([*values, count]), at), shape=(wanted.size,) * 2)
    result = np.zeros(place.shape)
    result[place] = linalg.spsolve(system, wanted)
    return result
