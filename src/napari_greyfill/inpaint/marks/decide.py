"""Is a painted piece a mark that lets light pass, and is taking it back better than filling?

Two questions, two trials. Whether light passes is told by fine structure: what is seen in the
mark near its rim goes with what is expected there from outside, and more so than what stands
elsewhere in the picture would. Whether taking it back is better is told by laying the mark over
known pixels elsewhere, where the truth is at hand.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.marks.mark import (
    Mark,
    Scene,
    continued,
    fitted,
    reach,
    shaded,
    supports,
)

__all__ = ["Judgement", "judge"]

FINE = 2.5  # pixels; sigma of what is left out of fine structure
BAND = 3.0  # depth in the mark to which a fill knows fine structure
OTHERS = 48  # places that tell how well what does not belong there would go with the fill
SURE = 4.0  # standard deviations beyond those
LIKE = 0.5  # share of the correlation that a fill has with the truth
OPAQUE = "no light passes"
MORE = 1.1  # times as far off the fill as in a trial, what is taken back is still as good
MOST, HALF = 0.8, 0.6  # cover of a mark, and of one that fades, whose structure is compared
CLOSEST = 0.99  # correlation; beyond, rounding decides
CLIPPED = 0.01  # share of a mark at the limits of what can be recorded
TRIALS = 2  # places where taking back is tried
BETTER = 0.8  # of the error of a fill that taking back may have
UNEVEN = 1.5  # times as uneven as a trial, a mark has a share of its own at every place

Map = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a painted piece is.

    Attributes
    ----------
    corrected : bool
        Whether light passes, and taking the mark back is better than filling.
    why : str
        A few words.
    plane : array like what was recorded, or None
        With the mark taken back.
    share : (H, W) float32 array or None
        How much of that counts at each pixel, 0 to 1; the rest is the fill's.
    mark : Mark or None
    evidence : float
        How far the fine structure goes with the fill, in standard deviations beyond chance.
    error, filling_error : float or None
        Root mean square errors to expect of taking it back and of filling it.
    """

    corrected: bool
    why: str
    plane: Plane | None = None
    share: Plane | None = None
    mark: Mark | None = None
    evidence: float = 0.0
    error: float | None = None
    filling_error: float | None = None


def judge(
    scene: Scene, compute: Compute, *, always: bool = False
) -> Generator[float, None, Judgement]:
    """Look at a painted piece, yielding the progress.

    Parameters
    ----------
    scene : Scene
        The piece, and what is recorded under it.
    compute : Compute
        Says when to stop.
    always : bool
        Whether to take the mark back wherever that is possible, without asking whether
        it is better.
    """
    first = yield from continued(scene, scene.own, compute)
    guess = _likeliest(scene, first)
    if guess is None:
        return Judgement(False, OPAQUE)
    support, shade = guess
    fill = first
    if support is not scene.own:
        yield 0.2
        fill = yield from continued(scene, support, compute)
    mark = _fit(scene, support, fill, shade)
    if mark is None:
        return Judgement(False, OPAQUE)
    strength = _evidence(scene, mark, fill)
    if _clipped(scene, mark) > CLIPPED:
        return Judgement(False, "it is saturated", mark=mark, evidence=strength)
    if strength < SURE and not always:
        return Judgement(False, OPAQUE, mark=mark, evidence=strength)
    trials = yield from _trials(scene, support, mark, shade, compute)
    if not trials and not always:
        return Judgement(False, "there is no room for a trial", mark=mark, evidence=strength)
    return _decided(scene, support, fill, mark, strength, trials, always)


def _likeliest(scene: Scene, fill: Plane) -> tuple[Hole, bool] | None:
    """Return where the mark is, and whether it fades inwards: what leaves least to explain."""
    best, least = None, np.inf
    for support in supports(scene, fill):
        for shade in (False, True) if support is scene.own else (False,):
            mark = _fit(scene, support, fill, shade)
            if mark is None:
                continue
            lit = _grey(mark.behind(scene.recorded))
            left = float(np.abs(lit - _grey(fill))[scene.own & ~scene.lost].mean())
            if left < least:
                best, least = (support, shade), left
    return best


def _fit(scene: Scene, support: Hole, fill: Plane, shade: bool) -> Mark | None:
    return shaded(scene, fill) if shade else fitted(scene, support, fill)


@dataclass(frozen=True)
class _Trial:
    """What came of a mark laid over known pixels: errors, and how well structure goes."""

    error: float
    smooth_error: float
    filling: float
    goes: float
    uneven: float
    off: float


def _decided(
    scene: Scene,
    support: Hole,
    fill: Plane,
    mark: Mark,
    strength: float,
    trials: list[_Trial],
    always: bool,
) -> Judgement:
    goes = _correlation(scene, mark, fill, mark.behind(scene.recorded))
    if trials and not always and goes < LIKE * float(np.mean([t.goes for t in trials])):
        return Judgement(False, "little light passes", mark=mark, evidence=strength)
    error = filling = None
    if trials:
        uneven = _unevenness(scene, mark, fill)
        error = _root([t.error for t in trials])
        filling = _root([t.filling for t in trials])
        if not mark.replaces and uneven > UNEVEN * float(np.mean([t.uneven for t in trials])):
            other = fitted(scene, support, fill, smooth=True)
            if other is not None:
                mark, error = other, _root([t.smooth_error for t in trials])
        known = float(np.mean([t.off for t in trials]))
        more = max(_off(scene, mark, fill) ** 2 - (MORE * known) ** 2, 0.0)
        error = float(np.sqrt(error**2 + _noise(scene, mark) ** 2 + more))
    result = mark.behind(scene.recorded).astype(np.float32)
    if error is not None and filling is not None and not always and error > BETTER * filling:
        return Judgement(False, "filling is better", None, None, mark, strength, error, filling)
    share = 1.0
    if error is not None and filling is not None and filling > 0:
        share = filling**2 / (filling**2 + error**2)
    shares = np.where(scene.own, 1 - mark.cover * (1 - share), 0.0).astype(np.float32)
    expected = None
    if error is not None and filling is not None:
        expected = float(np.hypot(share * error, (1 - share) * filling))
    return Judgement(True, "light passes", result, shares, mark, strength, expected, filling)


def _trials(
    scene: Scene, support: Hole, mark: Mark, shade: bool, compute: Compute
) -> Generator[float, None, list[_Trial]]:
    """Lay the mark over known pixels, and take it back there."""
    done: list[_Trial] = []
    for down, right in _places(scene):
        compute.check()
        yield 0.5 + 0.2 * len(done)
        other = scene.moved(down, right, mark)
        if other is None:
            continue
        there = np.zeros_like(support)
        rows, columns = np.nonzero(support)
        there[rows + down, columns + right] = True
        fill = yield from continued(other, there, compute)
        found = _fit(other, there, fill, shade)
        smooth = found if shade else fitted(other, there, fill, smooth=True)
        if found is None or smooth is None:
            continue
        area = reach(other, there)
        truth = scene.recorded.astype(np.float64)
        errors = [
            float(np.sqrt(np.mean((plane - truth)[area] ** 2)))
            for plane in (found.behind(other.recorded), smooth.behind(other.recorded), fill)
        ]
        goes = _correlation(other, found, fill, truth)
        done.append(_Trial(*errors, goes, _unevenness(other, found, fill), _off(other, found, fill)))
        if len(done) == TRIALS:
            break
    return done


def _places(scene: Scene) -> list[tuple[int, int]]:
    """Return moves of the painted piece, the shortest first, that do not overlap each other."""
    rows, columns = np.nonzero(scene.own)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    moves = []
    for down in np.unique(np.r_[0, -height, height, -(height // 2), height // 2]):
        for right in np.unique(np.r_[0, -width, width, -(width // 2), width // 2]):
            for more in (4, 12, 24):
                move = (
                    int(down + more * np.sign(down)),
                    int(right + more * np.sign(right)),
                )
                if move != (0, 0):
                    moves.append(move)
    moves = sorted(set(moves), key=lambda move: np.hypot(*move))
    chosen: list[tuple[int, int]] = []
    for move in moves:
        if scene_fits(scene, *move) and all(
            abs(move[0] - other[0]) >= height / 2 or abs(move[1] - other[1]) >= width / 2
            for other in chosen
        ):
            chosen.append(move)
    return chosen


def scene_fits(scene: Scene, down: int, right: int) -> bool:
    """Tell whether the painted piece, moved, lies on known pixels."""
    rows, columns = np.nonzero(scene.own)
    rows, columns = rows + down, columns + right
    height, width = scene.own.shape
    if rows.min() < 0 or columns.min() < 0 or rows.max() >= height or columns.max() >= width:
        return False
    return not (scene.own | scene.lost)[rows, columns].any()


def _evidence(scene: Scene, mark: Mark, fill: Plane) -> float:
    """Return how far fine structure goes with the fill, in deviations beyond chance."""
    lit = mark.behind(scene.recorded)
    own = _correlation(scene, mark, fill, lit)
    chance = _by_chance(scene, mark, fill)
    if len(chance) < OTHERS // 4:
        return 0.0
    bent = np.arctanh(np.clip(chance, -CLOSEST, CLOSEST))  # which makes them a normal distribution
    off = np.arctanh(np.clip(own, -CLOSEST, CLOSEST)) - bent.mean()
    return float(off / max(bent.std(), 0.05))


def _by_chance(scene: Scene, mark: Mark, fill: Plane) -> list[float]:
    """Return the correlations of what stands elsewhere with the fill."""
    rng = np.random.default_rng(0)
    rows, columns = np.nonzero(mark.cover > 0)
    top, left = rows.min(), columns.min()
    box = (slice(top, rows.max() + 1), slice(left, columns.max() + 1))
    size = tuple(side.stop - side.start for side in box)
    taken = scene.own | scene.lost
    height, width = taken.shape
    found: list[float] = []
    grey = _grey(scene.recorded)
    small = _part(scene, mark, box)
    expected = _grey(fill)[box]
    for _ in range(6 * OTHERS):
        y, x = rng.integers(height - size[0] + 1), rng.integers(width - size[1] + 1)
        place = (slice(y, y + size[0]), slice(x, x + size[1]))
        other, gone = grey[place], taken[place]
        if rng.random() < 0.5:
            other, gone = other[::-1], gone[::-1]
        if rng.random() < 0.5:
            other, gone = other[:, ::-1], gone[:, ::-1]
        band, within = small
        if np.count_nonzero(band & ~gone) < 0.7 * np.count_nonzero(band):
            continue
        found.append(_goes(expected, other, band & ~gone, within & ~gone))
        if len(found) == OTHERS:
            break
    return found


def _correlation(scene: Scene, mark: Mark, fill: Plane, seen: NDArray[np.floating]) -> float:
    rows, columns = np.nonzero(mark.cover > 0)
    box = (
        slice(rows.min(), rows.max() + 1),
        slice(columns.min(), columns.max() + 1),
    )
    band, within = _part(scene, mark, box)
    return _goes(_grey(fill)[box], _grey(seen)[box], band, within)


def _part(scene: Scene, mark: Mark, box: tuple[slice, slice]) -> tuple[Hole, Hole]:
    """Return where structure is compared, and where it is measured, in a box."""
    within = (mark.cover > (HALF if mark.replaces else MOST)) & ~scene.lost
    depth = ndimage.distance_transform_edt(np.pad(mark.cover > 0.02, 1))[1:-1, 1:-1]
    band = within & (depth <= BAND + 2)
    return band[box], within[box]


def _goes(expected: Map, seen: Map, band: Hole, within: Hole) -> float:
    """Return the correlation of the fine structures of two planes."""
    if np.count_nonzero(band) < 24:
        return 0.0
    a, b = (_fine(plane, within)[band] for plane in (expected, seen))
    a, b = a - a.mean(), b - b.mean()
    power = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / power if power > 0 else 0.0


def _fine(plane: Map, within: Hole) -> Map:
    share = ndimage.gaussian_filter(within.astype(np.float64), FINE)
    mean = ndimage.gaussian_filter(np.where(within, plane, 0.0), FINE) / np.maximum(share, 1e-6)
    return np.asarray(plane - mean)


def _unevenness(scene: Scene, mark: Mark, fill: Plane) -> float:
    """Return how far what was taken back lies off the fill over larger parts, as a share."""
    rows, columns = np.nonzero(mark.cover > 0)
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    band, _ = _part(scene, mark, box)
    lit, behind = (_grey(p)[box] - scene.black for p in (mark.behind(scene.recorded), fill))
    share = np.maximum(ndimage.gaussian_filter(band.astype(np.float64), 8.0), 1e-6)
    parts = [ndimage.gaussian_filter(np.where(band, p, 0.0), 8.0) / share for p in (lit, behind)]
    level = max(float(np.abs(parts[1][band]).mean()), 1e-6)
    return float(np.sqrt(np.mean(((parts[0] - parts[1])[band] / level) ** 2)))


def _off(scene: Scene, mark: Mark, fill: Plane) -> float:
    """Return how far what was taken back lies off the fill near the rim."""
    rows, columns = np.nonzero(mark.cover > 0)
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    band, _ = _part(scene, mark, box)
    off = (_grey(mark.behind(scene.recorded)) - _grey(fill))[box][band]
    return float(np.sqrt(np.mean(off**2))) if off.size else 0.0


def _noise(scene: Scene, mark: Mark) -> float:
    """Return how much more noise there is in what was taken back than around it."""
    lit = _grey(mark.behind(scene.recorded))
    inside = mark.cover > 0.95
    near = ndimage.binary_dilation(scene.own, iterations=16) & ~scene.own & ~scene.lost
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    rough = ndimage.convolve(lit, kernel)
    part = ndimage.binary_erosion(inside)
    if np.count_nonzero(part) < 24 or np.count_nonzero(near) < 24:
        return 0.0
    own, other = (np.median(np.abs(rough[where])) * 1.4826 / 6 for where in (part, near))
    return float(np.sqrt(max(own**2 - other**2, 0.0)))


def _clipped(scene: Scene, mark: Mark) -> float:
    low, high = scene.limits
    at = (np.atleast_3d(scene.recorded) <= low) | (np.atleast_3d(scene.recorded) >= high)
    inside = mark.cover > 0.5
    return float(at.any(axis=-1)[inside].mean()) if inside.any() else 1.0


def _grey(plane: NDArray[np.floating]) -> Map:
    return np.atleast_3d(plane).mean(axis=-1, dtype=np.float64)


def _root(errors: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))
