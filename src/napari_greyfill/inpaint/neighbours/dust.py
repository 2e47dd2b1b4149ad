"""Dust that lies still before a camera: how much light it takes, and what to do about it.

Dust is damage at the same pixels of every frame. Most of it dims what is behind instead of hiding
it, so that frames divided by its gain are better than any fill. The gain is known from content
that moves behind it: what stands still cannot be told from dust.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust, scaled
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.image.holdout import moved_hole
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.dust_gain import Fills, fills_behind, gains_at, ratio
from napari_greyfill.inpaint.neighbours.gain import Decision, Gain

__all__ = ["FEWEST", "estimate_gain", "estimate_gain_steps"]

FEWEST = 5  # frames that a gain can be told from
FILLED = 24  # frames, spread over all, that are filled for the joint estimate
TRIED = 8  # of those, for the trials at clean places
PLACES = 3  # clean places at most: content stands still in one and moves in another
JUDGED = 3  # frames that are filled to see how well that would do
SHALLOW = 0.15  # depth below which dust is left
DEPTH_AT = 5.0  # percentile of the gain that its depth is taken from
DOUBT = 1.5  # how much the squared error at clean places counts

Field = NDArray[np.float64]
Gains = tuple[Plane, ...]


@dataclass(frozen=True, eq=False)
class _Trial:
    """Logarithms of gains at the pixels of a clean place, one of each estimate.

    `clean` are found there as it is, `behind` with a copy of the dust before it, and `truth` is
    that copy.
    """

    clean: tuple[Field, ...]
    behind: tuple[Field, ...]
    truth: Field


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

    Estimates from smooth to sharp are tried at up to three clean places, as they are and with a
    copy of the dust before them: the more of a gain is found where there is none, the less of
    that in the dust is believed, and the one that finds the copy better is taken. How far it is
    off there is what the gain is known to.

    Dust that takes less than 15 % of the light is left alone. What takes more is corrected, left
    or to be filled, by which of these errs least: by what the gain is known to and by the
    amplified noise, by the light that is lost, or by what the fill expects of itself.

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
    chosen = _spread(len(frames), FILLED)
    fills = yield from scaled(fills_behind(frames, chosen, hole, hole, compute), 0.0, 0.5)
    found = gains_at(frames, fills, hole, black)
    copy = _copy(frames, fills, hole, black, found)
    trials = yield from scaled(_trials(frames, hole, copy, black, compute), 0.5, 0.9)
    gain, known_to = _best(found, trials, hole)
    depth = float(1 - np.percentile(gain[hole], DEPTH_AT))
    decision: Decision = "leave"
    if depth >= SHALLOW:
        work = _judged(frames, hole, gain, known_to, black, compute)
        decision = yield from scaled(work, 0.9, 1.0)
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


def _copy(frames: Sequence[Slice], fills: Fills, hole: Hole, black: float, found: Gains) -> Plane:
    """Return a gain like that of the dust, for trials: the smooth one, or one of sharp edges.

    It is the one that the ratios of frames and fills are nearer to.
    """
    smooth, sharp = found[0], found[-1]
    plateaus = np.ones_like(smooth)
    pieces, count = ndimage.label(hole)
    for number in range(1, count + 1):
        piece = pieces == number
        least = float(np.percentile(sharp[piece], DEPTH_AT))
        inner = piece & (sharp < (1 + least) / 2)
        plateaus[inner] = np.median(sharp[inner])
    raw, variance = ratio(frames, fills, hole, black)

    def off(gain: Plane) -> float:
        return float(np.mean((raw - gain[hole]) ** 2 / variance))

    return plateaus if off(plateaus) < off(smooth) else smooth


def _trials(
    frames: Sequence[Slice], hole: Hole, copy: Plane, black: float, compute: Compute
) -> Generator[float, None, list[_Trial]]:
    """Return what is found at clean places, without and with a copy of the dust before them."""
    taken = np.any([one.unknown for one in frames], axis=0) | hole
    random = np.random.default_rng(0)
    trials: list[_Trial] = []
    for number in range(PLACES):
        tried = moved_hole(taken, hole)
        if tried is None:
            break
        part, place = tried.window.slices, tried.pixels
        cut = [Slice(one.plane[part], one.unknown[part]) for one in frames]
        dust = np.where(place, np.roll(copy[part], tried.move, (0, 1)), np.float32(1))
        work = fills_behind(cut, _spread(len(cut), TRIED), hole[part] | place, place, compute)
        fills = yield from scaled(work, number / PLACES, (number + 1) / PLACES)
        dusty = [_behind(one, dust, taken[part], black, random) for one in cut]
        clean, behind = (
            tuple(_logarithm(gain, place) for gain in gains_at(some, fills, place, black))
            for some in (cut, dusty)
        )
        trials.append(_Trial(clean, behind, _logarithm(dust, place)))
        taken = taken.copy()
        taken[part] |= place
    return trials


def _behind(
    one: Slice, dust: Plane, taken: Hole, black: float, random: np.random.Generator
) -> Slice:
    """Return a frame behind dust, as noisy as it is."""
    noise = _noise(one.plane, ~taken) * np.sqrt(1 - dust**2) * random.standard_normal(dust.shape)
    plane = np.where(dust < 1, black + (one.plane - black) * dust + noise, one.plane)
    return Slice(plane.astype(np.float32), one.unknown)


def _logarithm(gain: Plane, place: Hole) -> Field:
    return np.log(gain[place].astype(np.float64))


def _best(found: Gains, trials: Sequence[_Trial], hole: Hole) -> tuple[Plane, float | None]:
    """Return the gain that does best in trials, doubted, and by which share it is wrong there."""
    if not trials:
        return found[0], None
    tried = []
    for number, gain in enumerate(found):
        clean = _mean([_size(trial.clean[number]) for trial in trials])
        power = _size(_logarithm(gain, hole)) ** 2
        share = max(0.0, 1 - DOUBT * clean**2 / power) if power else 1.0
        errors = [_size(share * trial.behind[number] - trial.truth) for trial in trials]
        tried.append((_mean(errors), number, share))
    error, number, share = min(tried)
    return np.asarray(found[number] ** np.float32(share), dtype=np.float32), error


def _size(values: Field) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(values**2)))


def _mean(values: Sequence[float]) -> float:
    """Return the geometric mean."""
    least = float(np.finfo(np.float32).tiny)
    return float(np.exp(np.mean(np.log(np.maximum(values, least)))))


def _judged(
    frames: Sequence[Slice],
    hole: Hole,
    gain: Plane,
    known_to: float | None,
    black: float,
    compute: Compute,
) -> Generator[float, None, Decision]:
    """Tell what errs least, in the values of a few frames."""
    levels, noises, errors = [], [], []
    chosen = _spread(len(frames), JUDGED)
    for index, each in enumerate(chosen):
        one = frames[each]
        missing = one.unknown | hole
        if missing.all():
            continue
        given = np.where(missing, np.float32(0), one.plane)
        work = Blend(compute).run(given, missing, missing & ~hole)
        fill = yield from scaled(work, index / len(chosen), (index + 1) / len(chosen))
        levels.append(_size((fill.plane[hole] - black).astype(np.float64)))
        noises.append(_noise(one.plane, ~missing))
        if fill.expected_error is not None:
            errors.append(fill.expected_error)
    if not levels:
        return "correct"
    level, noise = float(np.median(levels)), float(np.median(noises))
    arriving = gain[hole].astype(np.float64)
    amplified = min(noise * _size(1 / arriving), _roughened(frames, hole, gain, black))
    expected: dict[Decision, float] = {
        "correct": float(np.hypot(level * (known_to or 0.0), amplified)),
        "leave": float(np.hypot(level * _size(1 - arriving), noise)),
        "inpaint": float(np.median(errors)) if errors else np.inf,
    }
    return min(expected, key=lambda each: expected[each])


def _roughened(frames: Sequence[Slice], hole: Hole, gain: Plane, black: float) -> float:
    """Return the deviation of white noise by which corrected pixels are rougher than others.

    That of `_noise` counts fine texture as noise, which a correction does not amplify.
    """
    inside, outside = [], []
    for one in frames:
        known = ndimage.binary_erosion(~one.unknown, border_value=0)
        plane = black + (one.plane.astype(np.float64) - black) / gain
        second = ndimage.laplace(plane) ** 2 / 20
        inside.append(second[known & hole])
        outside.append(second[known & ~ndimage.binary_dilation(hole)])
    within, without = np.concatenate(inside), np.concatenate(outside)
    if not within.size or not without.size:
        return np.inf
    return float(np.sqrt(max(0.0, within.mean() - without.mean())))


def _noise(plane: Plane, known: Hole) -> float:
    """Return the deviation of white noise, from the median size of second differences."""
    inner = ndimage.binary_erosion(known, border_value=0)
    if not inner.any():
        return 0.0
    second = ndimage.laplace(plane.astype(np.float64))[inner]
    return float(np.median(np.abs(second - np.median(second))) / 0.6745 / np.sqrt(20))
