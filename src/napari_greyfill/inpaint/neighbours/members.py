"""What other planes say about a hole: a regression on them, without and with its residual."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.inpaint.neighbours.base import Hole, Plane, Slice
from napari_greyfill.inpaint.neighbours.flow import between, towards, without_gaps
from napari_greyfill.inpaint.neighbours.planes import Neighbours
from napari_greyfill.inpaint.neighbours.regression import foretold
from napari_greyfill.inpaint.spectral import Spectral

__all__ = ["Place", "foretell", "range_of", "sides_between", "span_of", "unbelievable"]


@dataclass(frozen=True, eq=False)
class Place:
    """Where the members are to fill: the real hole, or a shadow of it.

    Attributes
    ----------
    plane : (H, W) float32 array
        0 where it is missing.
    missing : (H, W) bool array
        What is not known, or hidden for the trial.
    hole : (H, W) bool array
        The part of it that counts.
    first : (H, W) float32 array
        The plane with a fill of its own, for flow.
    around : Neighbours
        With slices of the same window.
    sides : tuple of (H, W) float32 arrays
        The nearest planes moved to the place between them; see `sides_between`.
    """

    plane: Plane
    missing: Hole
    hole: Hole
    first: Plane
    around: Neighbours
    sides: tuple[Plane, ...]


def sides_between(around: Neighbours) -> tuple[Plane, ...]:
    """Return the nearest plane of either side, moved to between them; none at an end."""
    if around.before is None or around.after is None:
        return ()
    before, after = (
        without_gaps(one.plane, one.unknown)
        for one in (around.slices[-around.before], around.slices[around.after])
    )
    share = around.before / (around.before + around.after)
    return between(before, after, share, range_of([before, after]))


def range_of(planes: Sequence[Plane]) -> tuple[float, float]:
    """Return the smallest and the largest value but for the rarest."""
    low, high = np.percentile(np.concatenate([plane.ravel() for plane in planes]), (0.1, 99.9))
    return float(low), float(high)


def span_of(slices: Iterable[Slice]) -> float:
    """Return how far the known values of planes are apart, at most the whole scale."""
    low, high = range_of([one.plane[~one.unknown] for one in slices])
    return min(high - low, 1.0)


def foretell(
    place: Place, compute: Compute, seed: int
) -> Generator[float, None, tuple[Plane, Plane] | None]:
    """Return two fills, yielding the progress: the regression, and it with its residual.

    The residual, what the regression says too little where the plane is known, goes on into the
    hole by the spectral fill. Neither is kept within what the plane itself has around the hole:
    another plane may show something brighter.

    Parameters
    ----------
    place : Place
        Its neighbours have at least one slice.
    compute : Compute
        Says when to stop.
    seed : int
        Chooses the pixels to learn from.

    Returns
    -------
    (Plane, Plane) or None
        None where too little is known to learn from.
    """
    compute.check()
    slices = place.around.slices
    whole = {at: without_gaps(one.plane, one.unknown) for at, one in slices.items()}
    nearest = [
        whole[at] for at in (-(place.around.before or 0), place.around.after or 0) if at in whole
    ]
    moved = towards(place.first, place.missing, nearest, range_of(nearest)) if nearest else []
    yield 0.3
    sources = [*whole.values(), *place.sides, *moved]
    bad = unbelievable(list(slices.values()))
    learned = foretold(place.plane, place.missing, place.hole, sources, bad, seed)
    if learned is None:
        return None
    compute.check()
    yield 0.5
    low, high = _limits([place.plane[~place.missing], *whole.values()])
    learned = np.clip(learned, low, high)
    unexplained = place.missing | bad
    residual = np.where(unexplained, np.float32(0), place.plane - learned)
    work = Spectral(compute, gentlest=0.0).fill_channel(residual, unexplained)
    rest = yield from scaled(work, 0.5, 1.0)
    return learned, np.clip(learned + rest, low, high)


def unbelievable(slices: Sequence[Slice]) -> Hole:
    """Return the (H, W) pixels whose 3 x 3 patches are not known in all planes."""
    unknown = np.any([one.unknown for one in slices], axis=0)
    return np.asarray(ndimage.binary_dilation(unknown, np.ones((3, 3), bool)))


def _limits(values: Sequence[Plane]) -> tuple[float, float]:
    """Return what values may be: within what is known here, and [0, 1] in any case."""
    low = min(0.0, *(float(each.min()) for each in values))
    return low, max(1.0, *(float(each.max()) for each in values))
