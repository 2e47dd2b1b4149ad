"""Fill damage that goes through several planes, all of it at once."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.holdout import LEAST, contrast
from napari_greyfill.inpaint.blend import Blend, Blended
from napari_greyfill.inpaint.neighbours.base import Hole, NeighbourFill, Plane, Reader, Slice
from napari_greyfill.inpaint.neighbours.bubble_trials import Part, moved, other_planes, within
from napari_greyfill.inpaint.neighbours.members import span_of
from napari_greyfill.inpaint.neighbours.planes import neighbours_of
from napari_greyfill.inpaint.neighbours.weighing import weighed
from napari_greyfill.inpaint.neighbours.weights import (
    SHADOWS,
    Shadow,
    cautious_weights,
    relative_contrast,
)

__all__ = ["MOST_PLANES", "fill_bubble"]

MOST_PLANES = 16  # in one bubble
FARTHEST = 9  # planes from one of the bubble to those that are learned from
CAUTION = 0.6  # decibels that other planes have to promise at least
TRIALS = 2  # shadows that are wanted


@dataclass(frozen=True, eq=False)
class _Tried:
    """One trial: the shadow of each plane, by its offset."""

    planes: dict[int, Shadow]

    @property
    def pooled(self) -> Shadow:
        """The shadow of the bubble as a whole."""
        each = list(self.planes.values())
        errors = np.concatenate([one.errors for one in each], axis=1)
        pixels = [one.errors.shape[1] for one in each]
        ratios = np.log([one.contrast for one in each])
        return Shadow(errors, float(np.exp(np.average(ratios, weights=pixels))))


def fill_bubble(
    read: Reader,
    holes: Mapping[int, Hole],
    compute: Compute,
    *,
    quick: bool = False,
    seed: int = 0,
) -> Generator[float, None, dict[int, NeighbourFill]]:
    """Fill a hole that goes through several planes, yielding the progress.

    Three fills are weighed: that of each plane alone (`Blend`); the regression, with its
    residual, on the nearest planes that are whole where the plane has its hole; and the
    conditional mean of all of it under the spectrum of the volume (`volume_mean`). The weights,
    one set for the bubble, come from trials: the bubble moved in its planes, and at its own place
    in others.

    Parameters
    ----------
    read : callable
        Returns planes by their offset; the bubble's own planes are read like the others.
    holes : mapping of int to (H, W) bool array
        What is to be filled in each plane, by its offset: 1 to 16 planes, none of them all hole.
    compute : Compute
        Says where to run, and when to stop.
    quick : bool, optional
        Try the bubble in its own planes alone.
    seed : int, optional
        Chooses the pixels to learn from, where there are too many.

    Returns
    -------
    dict of int to NeighbourFill
        For each plane of `holes` that has one. The weights are those of the plane's own fill, the
        regression (always 0), the regression with its residual, and the volume.

    Raises
    ------
    BadParameterError
        For no plane at all, or more than 16.
    CancelledError
        If the caller wants it to stop.
    """
    if not 1 <= len(holes) <= MOST_PLANES:
        raise BadParameterError(
            f"Damage through {len(holes)} planes cannot be filled in one piece; give 1 to "
            f"{MOST_PLANES} planes, or fill each plane by itself."
        )
    read, holes = _hiding(read, holes), {at: hole for at, hole in holes.items() if hole.any()}
    blends, around = {}, {}
    for index, at in enumerate(sorted(holes)):
        own = read(at)
        assert own is not None  # a plane of the bubble is there
        work = Blend(compute).blended(own.plane, own.unknown, own.unknown & ~holes[at])
        share = 0.3 / len(holes)
        blends[at] = yield from scaled(work, index * share, (index + 1) * share)
        around[at] = neighbours_of(_from(read, at), own, holes[at], farthest=FARTHEST)
    real = Part(read, dict(holes), around, {at: one.weights for at, one in blends.items()})
    tried = yield from scaled(_trials(real, compute, seed, quick), 0.3, 0.8)
    own_fills = {at: one.fill.plane for at, one in blends.items()}
    if not tried:
        return {at: _alone(blends[at]) for at in holes}
    own_spectral = {at: one.members[1] for at, one in blends.items()}
    fills = yield from scaled(real.fills(compute, seed, own_fills, own_spectral), 0.8, 1.0)
    shadows = [one.pooled for one in tried]
    count = SHADOWS if quick else len(shadows) + SHADOWS - TRIALS
    span = span_of(map(real.slice, real.holes))
    weights = cautious_weights(shadows, span=span, count=count, caution=CAUTION)
    return {at: _filled(real, at, fills[at], weights, tried) for at in holes}


def _trials(
    real: Part, compute: Compute, seed: int, quick: bool
) -> Generator[float, None, list[_Tried]]:
    """Return the trials that there is room for, two at most."""
    tried: list[_Tried] = []
    inside = moved(real)
    places = [] if inside is None else [inside]
    if not quick:
        places += other_planes(real, TRIALS - len(places))
    for index, place in enumerate(places):
        work = _shadow(real, place, compute, seed + index + 1)
        one = yield from scaled(work, index / len(places), (index + 1) / len(places))
        if one is not None:
            tried.append(one)
    return tried


def _shadow(
    real: Part, place: Part, compute: Compute, seed: int
) -> Generator[float, None, _Tried | None]:
    """Return the errors of all members at a place whose truth is known."""
    place = within(place)
    fills = yield from place.fills(compute, seed)
    found = {}
    for at, hole in place.holes.items():
        truth = place.truth(at)
        pixels = hole & ~truth.unknown
        if not pixels.any():
            continue
        errors = np.stack([(fill - truth.plane)[pixels] for fill in fills[at]])
        own = real.slice(at)
        roughness = contrast(own.plane, own.unknown, real.holes[at])
        shown = place.slice(at)
        here = contrast(shown.plane, shown.unknown, hole)
        found[at] = Shadow(errors.astype(np.float64), relative_contrast(roughness, here))
    if sum(one.errors.shape[1] for one in found.values()) < LEAST:
        return None
    return _Tried(found)


def _filled(
    real: Part,
    at: int,
    fills: Sequence[Plane],
    weights: NDArray[np.float64],
    tried: Sequence[_Tried],
) -> NeighbourFill:
    """Return one plane; its error is that of the same plane of the trials, if these show it."""
    own = real.slice(at)
    shadows = [one.planes[at] for one in tried if at in one.planes]
    shadows = [one for one in shadows if one.errors.shape[1] >= LEAST]
    shadows = shadows or [one.pooled for one in tried]
    found = weighed(fills, weights, shadows, own, real.holes[at], used=real.around[at].offsets)
    blended, residual, volume = found.weights
    return replace(found, weights=(blended, 0.0, residual, volume))


def _alone(blended: Blended) -> NeighbourFill:
    return NeighbourFill(
        blended.fill.plane, blended.fill.expected_error, weights=(1.0, 0.0, 0.0, 0.0)
    )


def _hiding(read: Reader, holes: Mapping[int, Hole]) -> Reader:
    """Return a reader of planes that know nothing in their holes."""

    def hiding(at: int) -> Slice | None:
        one = read(at)
        if one is None or at not in holes:
            return one
        missing = one.unknown | holes[at]
        return Slice(np.where(missing, np.float32(0), one.plane), missing)

    return hiding


def _from(read: Reader, at: int) -> Reader:
    return lambda offset: read(at + offset)
