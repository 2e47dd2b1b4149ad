"""Dust that lies still before a camera: how much light it takes, and what to do about it.

Dust is damage at the same pixels of every frame. Most of it dims what is behind instead of hiding
it, so that frames divided by its gain are better than any fill. The gain is known from content
that moves behind it: what stands still cannot be told from dust.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import linalg

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust, scaled
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.image.geometry import tight_box
from napari_greyfill.image.holdout import moved_hole
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.gain import LEAST_GAIN, Decision, Gain
from napari_greyfill.inpaint.spectral import Spectral

__all__ = ["FEWEST", "estimate_gain", "estimate_gain_steps"]

FEWEST = 5  # frames that a gain can be told from
FILLED = 24  # frames, spread over all, that are filled for the joint estimate
TRIED = 8  # of those, for the trials at clean places
PLACES = 3  # clean places at most: content stands still in one and moves in another
JUDGED = 3  # frames that are filled to see how well that would do
SHALLOW, DEEP = 0.15, 0.92  # depths: leave below the one, think twice above the other
CLEAN = 1e-4  # variance of the gain outside the dust
SMOOTHING = 2.0  # sigma of the joint gain, pixels
FAINT = 0.02  # of the median, added before logarithms
DEPTH_AT = 5.0  # percentile of the gain that its depth is taken from
DOUBT = 1.5  # how much the squared error at clean places counts
RIM = 6  # pixels around the dust that gradients are looked at

Field = NDArray[np.float64]


def estimate_gain(
    frames: Sequence[Slice], hole: Hole, compute: Compute, *, black: float = 0.0
) -> Gain:
    """Return the gain of static dust; see `estimate_gain_steps`.

    Parameters
    ----------
    frames : sequence of Slice
        At least 5, with what was recorded behind the dust.
    hole : (H, W) bool array
        The dust with its soft rim.
    compute : Compute
        Says where to run, and when to stop.
    black : float, optional
        The value of no light.
    """
    return exhaust(estimate_gain_steps(frames, hole, compute, black=black))


def estimate_gain_steps(
    frames: Sequence[Slice], hole: Hole, compute: Compute, *, black: float = 0.0
) -> Generator[float, None, Gain]:
    """Return the gain of static dust and what to do about it, yielding the progress.

    The gain is the geometric mean of two estimates, at most 1. The joint one is the least squares
    factor between frames and their spectral fills, smoothed by how sure it is. The
    other is the median over time of the slopes of the logarithm, integrated from the rim. The
    same is done at up to three clean places, where the gain is 1: the more of a gain is found
    there, the less of that in the dust is believed.

    Dust that takes less than 15 % of the light is left alone; up to 92 % it is corrected; what
    takes more is corrected only if that leaves less noise than filling would err.

    Parameters
    ----------
    frames : sequence of Slice
        At least 5 of one window. Their planes hold what was recorded behind the dust; `unknown` is
        what has no value besides.
    hole : (H, W) bool array
        The dust with its soft rim, two or three pixels more than what is seen.
    compute : Compute
        Says where to run, and when to stop.
    black : float, optional
        The value of no light on the scale of the frames.

    Returns
    -------
    Gain

    Raises
    ------
    BadParameterError
        For fewer than 5 frames, or a hole without a pixel or without anything around it.
    ShapeMismatchError
        If a frame and the hole differ in size.
    CancelledError
        If the caller wants it to stop.
    """
    _checked(frames, hole)
    chosen = [frames[i] for i in _spread(len(frames), FILLED)]
    gain = yield from scaled(_gain(frames, chosen, hole, hole, black, compute), 0.0, 0.5)
    few = [frames[i] for i in _spread(len(frames), TRIED)]
    known_to = yield from scaled(_known_to(frames, few, hole, black, compute), 0.5, 0.9)
    gain = _doubted(gain, hole, known_to)
    depth = float(1 - np.percentile(gain[hole], DEPTH_AT))
    decision: Decision = "leave" if depth < SHALLOW else "correct"
    if depth > DEEP:
        worth = yield from scaled(_worth_it(frames, hole, gain, black, compute), 0.9, 1.0)
        decision = "correct" if worth else "inpaint"
    return Gain(gain, depth, decision, known_to)


def _checked(frames: Sequence[Slice], hole: Hole) -> None:
    if len(frames) < FEWEST:
        raise BadParameterError(
            f"The gain of dust cannot be told from {len(frames)} frames; give at least {FEWEST}, "
            "or fill the dust in each frame."
        )
    if not hole.any() or hole.all():
        raise BadParameterError(
            "The mask of the dust is empty or covers everything; paint the dust alone."
        )
    for one in frames:
        if one.plane.shape != hole.shape:
            raise ShapeMismatchError(
                f"A frame has the shape {one.plane.shape} and the dust {hole.shape}; "
                "give the same window of all."
            )


def _spread(count: int, most: int) -> list[int]:
    """Return indices of at most so many frames, evenly spread."""
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, most)).round()})


def _gain(
    frames: Sequence[Slice],
    chosen: Sequence[Slice],
    hole: Hole,
    place: Hole,
    black: float,
    compute: Compute,
) -> Generator[float, None, Plane]:
    """Return the gain at a place: the dust itself, or a clean one for a trial.

    `hole` is all that the fills must not see.
    """
    joint = yield from _joint(chosen, hole, place, black, compute)
    slopes = _from_slopes(frames, place, black)
    gain = np.ones(hole.shape, np.float32)
    both = np.sqrt(joint[place] * slopes[place])
    gain[place] = np.clip(both, LEAST_GAIN, 1.0)
    return gain


def _joint(
    chosen: Sequence[Slice], hole: Hole, place: Hole, black: float, compute: Compute
) -> Generator[float, None, Field]:
    """Return the factor between frames and their fills, smoothed by its precision."""
    inside, fills, known = [], [], []
    for index, one in enumerate(chosen):
        compute.check()
        missing = one.unknown | hole
        if missing.all():
            continue
        given = np.where(missing, np.float32(0), one.plane)
        work = Spectral(compute).run(given, missing)
        end = (index + 1) / len(chosen)
        fill = yield from scaled(work, index / len(chosen), end)
        inside.append(one.plane[place] - black)
        fills.append(fill.plane[place] - black)
        known.append(~one.unknown[place])
    seen, filled = np.asarray(inside, np.float64), np.asarray(fills, np.float64)
    count = np.asarray(known, np.float64)
    power = np.maximum((count * filled**2).sum(axis=0), 1e-12)
    raw = (count * seen * filled).sum(axis=0) / power
    left = (count * (seen - raw * filled) ** 2).sum(axis=0) / np.maximum(count.sum(axis=0), 1)
    gain, variance = np.ones(hole.shape), np.full(hole.shape, CLEAN)
    gain[place] = np.clip(raw, LEAST_GAIN, 2.0)
    variance[place] = np.maximum(left / power, 1e-8)
    share = ndimage.gaussian_filter(1 / variance, SMOOTHING, mode="nearest")
    smooth = ndimage.gaussian_filter(gain / variance, SMOOTHING, mode="nearest") / share
    return np.asarray(np.clip(smooth, LEAST_GAIN, 1.0))


def _from_slopes(frames: Sequence[Slice], place: Hole, black: float) -> Field:
    """Return the gain whose slopes are the median ones over time, 1 around the place."""
    box = tight_box(place)
    assert box is not None  # the place has pixels
    window = box.expanded(RIM, (place.shape[0], place.shape[1]))
    logs = []
    for one in frames:
        plane = np.maximum(one.plane[window.slices] - black, 0).astype(np.float64)
        unknown = one.unknown[window.slices]
        faint = FAINT * max(float(np.median(plane)), 1e-3)
        log = np.log(ndimage.gaussian_filter(plane, 1.0, mode="nearest") + faint)
        log[ndimage.binary_dilation(unknown, iterations=2)] = np.nan
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


def _known_to(
    frames: Sequence[Slice], chosen: Sequence[Slice], hole: Hole, black: float, compute: Compute
) -> Generator[float, None, float | None]:
    """Return by which share the gain is wrong at some clean places: their geometric mean."""
    taken = np.any([one.unknown for one in frames], axis=0) | hole
    errors: list[float] = []
    for number in range(PLACES):
        tried = moved_hole(taken, hole)
        if tried is None:
            break
        part = tried.window.slices
        cut = [Slice(one.plane[part], one.unknown[part]) for one in frames]
        few = [Slice(one.plane[part], one.unknown[part]) for one in chosen]
        work = _gain(cut, few, hole[part] | tried.pixels, tried.pixels, black, compute)
        gain = yield from scaled(work, number / PLACES, (number + 1) / PLACES)
        logarithms = np.log(gain[tried.pixels].astype(np.float64))
        errors.append(float(np.sqrt(np.mean(logarithms**2))))
        taken = taken.copy()
        taken[part] |= tried.pixels
    least = float(np.finfo(np.float32).tiny)
    return float(np.exp(np.mean(np.log(np.maximum(errors, least))))) if errors else None


def _doubted(gain: Plane, hole: Hole, known_to: float | None) -> Plane:
    """Return the gain with its logarithm the smaller, the nearer it is to its error (Wiener)."""
    found = float(np.mean(np.log(gain[hole].astype(np.float64)) ** 2))
    if known_to is None or found == 0:
        return gain
    share = max(0.0, 1 - DOUBT * known_to**2 / found)
    return np.asarray(gain ** np.float32(share), dtype=np.float32)


def _worth_it(
    frames: Sequence[Slice], hole: Hole, gain: Plane, black: float, compute: Compute
) -> Generator[float, None, bool]:
    """Tell whether corrected frames are less noisy than filled ones are wrong."""
    noises, errors = [], []
    chosen = _spread(len(frames), JUDGED)
    for index, each in enumerate(chosen):
        one = frames[each]
        missing = one.unknown | hole
        given = np.where(missing, np.float32(0), one.plane)
        work = Blend(compute).run(given, missing, missing & ~hole)
        fill = yield from scaled(work, index / len(chosen), (index + 1) / len(chosen))
        noises.append(_noise(one.plane, ~missing) / float(np.median(gain[hole])))
        if fill.expected_error is not None:
            errors.append(fill.expected_error)
    return not errors or float(np.median(noises)) < float(np.median(errors))


def _noise(plane: Plane, known: Hole) -> float:
    """Return the deviation of white noise, from the median size of second differences."""
    inner = ndimage.binary_erosion(known, border_value=0)
    if not inner.any():
        return 0.0
    second = ndimage.laplace(plane.astype(np.float64))[inner]
    return float(np.median(np.abs(second - np.median(second))) / 0.6745 / np.sqrt(20))
