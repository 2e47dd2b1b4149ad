"""Whether a painted piece lets light pass, and whether taking it back is better than filling.

Two questions, two trials. Whether light passes is told by fine structure (`evidence`); whether
taking the mark back is better, by laying it over known pixels elsewhere (`trial`). What comes of
both is a weighted mean of what was taken back and of a fill, each counting as much as its square
error says.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.marks.evidence import agreement, evidence, unevenness
from napari_greyfill.inpaint.marks.fitting import continued, explained, supports
from napari_greyfill.inpaint.marks.mark import Mark, Scene, grey_of
from napari_greyfill.inpaint.marks.trial import (
    Errors,
    Trial,
    errors_of,
    noise_of,
    trials,
    zones,
)

__all__ = ["Judgement", "judge"]

SURE = 3.5  # standard deviations beyond chance
LIKELY = 1.0  # the same where the user says that light passes
LIKE = 0.5  # share of the agreement that a fill has with the truth
OPAQUE = "no light passes"
TAKES = 0.05  # share of the light; what takes less is no mark
CLIPPED = 0.01  # share of a mark at the limits of what can be recorded
BETTER = 0.8  # of the error of a fill that the result may have
UNEVEN = 1.5  # times as uneven as in a trial, a mark has a share of its own at every place
NEARBY = 1.5  # pixels; sigma of how far off the fill a place of the rim is
MORE = 1.1  # times as far off the fill as in a trial, what is taken back is still as good


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
    mark : Mark or None
    evidence : float
        How far the fine structure goes with a fill, in standard deviations beyond chance.
    error, filling_error : float or None
        Root mean square errors to expect of the result and of a fill alone.
    """

    corrected: bool
    why: str
    plane: Plane | None = None
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
        Whether to take the mark back wherever that is possible, on little evidence and without
        asking whether it is better.
    """
    first = yield from continued(scene, scene.own, compute)
    guess = yield from _likeliest(scene, first, compute)
    if guess is None:
        return Judgement(False, OPAQUE)
    support, fill, mark = guess
    if mark.passes.min() > 1 - TAKES and not mark.adds.any():
        return Judgement(False, "nothing covers it", mark=mark)
    if _clipped(scene, mark) > CLIPPED:
        return Judgement(False, "it is saturated", mark=mark)
    strength = evidence(scene, mark, fill)
    if strength < (LIKELY if always else SURE):
        return Judgement(False, OPAQUE, mark=mark, evidence=strength)
    tried = yield from trials(scene, support, mark, compute)
    if tried:
        return _weighed(scene, support, fill, mark, strength, tried, always)
    if always:
        plane = mark.behind(scene.recorded).astype(np.float32)
        return Judgement(True, "it was asked for", plane, mark, strength)
    return Judgement(False, "there is no room for a trial", mark=mark, evidence=strength)


def _likeliest(
    scene: Scene, first: Plane, compute: Compute
) -> Generator[float, None, tuple[Hole, Plane, Mark] | None]:
    """Return where the mark is, a fill of it and what it does: what leaves least to explain."""
    best, least = None, np.inf
    for support in supports(scene, first):
        whole = support is scene.own
        compute.check()
        yield 0.2
        fill = first if whole else (yield from continued(scene, support, compute))
        for fades in (False, True) if whole else (False,):
            mark = explained(scene, support, fill, fades=fades)
            if mark is None:
                continue
            lit = grey_of(mark.behind(scene.recorded))
            left = float(np.abs(lit - grey_of(first))[scene.own & ~scene.lost].mean())
            if left < least:
                best, least = (support, fill, mark), left
    return best


def _weighed(
    scene: Scene,
    support: Hole,
    fill: Plane,
    mark: Mark,
    strength: float,
    tried: Sequence[Trial],
    always: bool,
) -> Judgement:
    """Return what is to be done, by what came of the trials."""
    seen = agreement(scene, mark, fill, mark.behind(scene.recorded))
    if not always and seen < LIKE * float(np.mean([trial.agrees for trial in tried])):
        return Judgement(False, "little light passes", mark=mark, evidence=strength)
    errors, offs = [t.error for t in tried], [t.off for t in tried]
    if unevenness(scene, mark, fill) > UNEVEN * float(np.mean([t.uneven for t in tried])):
        smooth = explained(scene, support, fill, fades=mark.replaces, smooth=True)
        if smooth is not None:
            mark = smooth
            errors, offs = [t.smooth_error for t in tried], [t.smooth_off for t in tried]
    lit = mark.behind(scene.recorded).astype(np.float32)
    own = _with_more(_root(errors), errors_of(mark, lit, fill), _root(offs), noise_of(scene, mark))
    filling = _root([t.filling for t in tried])
    plane, error, alone = _mixed(lit, fill, mark, own, filling, always)
    if not always and error > BETTER * alone:
        why = "filling is better"
        return Judgement(False, why, None, mark, strength, error, alone)
    return Judgement(True, "light passes", plane, mark, strength, error, alone)


def _with_more(own: Errors, off: Errors, usual: Errors, noise: float) -> Errors:
    """Return errors with what a trial cannot know: noise, and what the mark is not like."""

    def more(error: float, far: float, as_usual: float) -> float:
        return float(np.sqrt(error**2 + noise**2 + max(far**2 - (MORE * as_usual) ** 2, 0.0)))

    return Errors(more(own.rim, off.rim, usual.rim), more(own.rest, off.rest, usual.rest))


def _mixed(
    lit: Plane, fill: Plane, mark: Mark, own: Errors, filling: Errors, always: bool
) -> tuple[Plane, float, float]:
    """Return the weighted mean of what was taken back and of a fill, and both their errors.

    In the rim, where a fill is near what is known, what was taken back counts the less the
    farther it lies off the fill: where a mark is sharper or wider than it is taken for.
    """
    plane, square, alone, count = lit.copy(), 0.0, 0.0, 0
    off = np.atleast_3d((lit - fill) ** 2).mean(axis=-1, dtype=np.float64)
    far = ndimage.gaussian_filter(off, NEARBY)
    rim, rest = zones(mark)
    for zone, error, other in ((rim, own.rim, filling.rim), (rest, own.rest, filling.rest)):
        usual = error**2 + other**2
        own_square = np.full(np.count_nonzero(zone), error**2)
        if zone is rim:
            own_square += np.maximum(far[zone] - usual, 0.0)
        share = other**2 / np.maximum(own_square + other**2, 1e-12)
        share = np.ones_like(share) if always and zone is rest else share
        weights = share if lit.ndim == 2 else share[:, None]
        plane[zone] = weights * lit[zone] + (1 - weights) * fill[zone]
        square += float((share**2 * own_square + ((1 - share) * other) ** 2).sum())
        alone += len(share) * other**2
        count += len(share)
    return plane, float(np.sqrt(square / max(count, 1))), float(np.sqrt(alone / max(count, 1)))


def _root(errors: Sequence[Errors]) -> Errors:
    rim, rest = (
        float(np.sqrt(np.mean(np.square(each))))
        for each in ([e.rim for e in errors], [e.rest for e in errors])
    )
    return Errors(rim, rest)


def _clipped(scene: Scene, mark: Mark) -> float:
    """Return the share of a mark at the limits of what can be recorded."""
    low, high = scene.limits
    recorded = np.atleast_3d(scene.recorded)
    at = np.any((recorded <= low) | (recorded >= high), axis=-1)
    inside = mark.cover > 0.5
    return float(at[inside].mean()) if inside.any() else 1.0
