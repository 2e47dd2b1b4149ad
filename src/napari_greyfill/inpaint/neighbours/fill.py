"""Fill damage in one plane of a stack: from the plane itself, and from those next to it."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.holdout import contrast, part_of
from napari_greyfill.inpaint.blend import Blend, Blended
from napari_greyfill.inpaint.neighbours.base import (
    Hole,
    NeighbourFill,
    Plane,
    Reader,
    Slice,
)
from napari_greyfill.inpaint.neighbours.members import Place, foretell, sides_between, span_of
from napari_greyfill.inpaint.neighbours.planes import Neighbours, neighbours_of, trial_planes
from napari_greyfill.inpaint.neighbours.shadows import SPECTRAL, in_other_plane, in_plane
from napari_greyfill.inpaint.neighbours.weighing import weighed
from napari_greyfill.inpaint.neighbours.weights import SHADOWS, Shadow, agree, cautious_weights

__all__ = ["fill_from_neighbours"]

QUICK_COUNT = 2  # shadows that the one in the plane counts for, where no more are wanted


def fill_from_neighbours(
    read: Reader,
    hole: Hole,
    compute: Compute,
    *,
    quick: bool = False,
    seed: int = 0,
    unknown: Hole | None = None,
) -> Generator[float, None, NeighbourFill]:
    """Fill a hole in one plane of a stack from the plane and from others, yielding the progress.

    Three fills are weighed: that of the plane alone (`Blend`), a regression on 3 x 3 pixels of
    up to four planes around and of the nearest two moved by optical flow, and that regression
    with its residual filled. The weights are those that do best, without being sure of more
    than they agree on, in up to three trials: the hole moved in the plane, and at its own place
    in planes three or more away. Where other planes know nothing, the plane's own fill is left.

    Parameters
    ----------
    read : callable
        Returns planes by their offset from the one to fill, which is ``read(0)``.
    hole : (H, W) bool array
        What is to be filled; at least one pixel of the plane is known.
    compute : Compute
        Says where to run, and when to stop.
    quick : bool, optional
        Try the hole in one place, in the plane itself where it has room: about two thirds of
        the time, and a little less to gain.
    seed : int, optional
        Chooses the pixels to learn from, where there are too many.
    unknown : (H, W) bool array, optional
        Pixels of the hole that nobody wants filled.

    Returns
    -------
    NeighbourFill

    Raises
    ------
    CancelledError
        If the caller wants it to stop.
    """
    found = read(0)
    assert found is not None  # the plane itself is there
    missing = found.unknown | hole
    own = Slice(np.where(missing, np.float32(0), found.plane), missing)
    wanted = hole if unknown is None else hole & ~unknown
    around = neighbours_of(read, own, wanted)
    notes = _notes(around)
    work = Blend(compute).blended(own.plane, missing, missing & ~wanted)
    if not around.slices or not wanted.any():
        blended = yield from work
        return NeighbourFill(blended.fill.plane, blended.fill.expected_error, notes=notes)
    blended = yield from scaled(work, 0.0, 0.4)
    sides = sides_between(around)
    work_on = _tried(read, own, wanted, around, sides, blended, compute, seed, quick)
    shadows, count = yield from scaled(work_on, 0.4, 0.9)
    place = Place(own.plane, missing, wanted, blended.members[SPECTRAL], around, sides)
    others = (yield from scaled(foretell(place, compute, seed), 0.9, 1.0)) if shadows else None
    if others is None:
        return NeighbourFill(blended.fill.plane, blended.fill.expected_error, notes=notes)
    weights = cautious_weights(shadows, span=span_of([own]), count=count)
    fills = (blended.fill.plane, *others)
    return weighed(fills, weights, shadows, own, wanted, used=around.offsets, notes=notes)


def _tried(
    read: Reader,
    own: Slice,
    wanted: Hole,
    around: Neighbours,
    sides: tuple[Plane, ...],
    blended: Blended,
    compute: Compute,
    seed: int,
    quick: bool,
) -> Generator[float, None, tuple[list[Shadow], int]]:
    """Return the shadows, and how many to count; the third is only cast where it is needed."""
    roughness = contrast(own.plane, own.unknown, wanted)
    first = yield from scaled(
        in_plane(own, blended, around, sides, roughness, compute, seed), 0.0, 0.2
    )
    shadows = [] if first is None else [first]
    if quick and shadows:
        return shadows, QUICK_COUNT
    window = part_of(wanted) if blended.holdout is None else blended.holdout.window
    span = span_of([own])
    for number, (at, there) in enumerate(trial_planes(read, wanted, around)):
        if len(shadows) == SHADOWS - 1 and agree(shadows, span):
            return shadows, SHADOWS
        plane = read(at)
        assert plane is not None  # it has been looked at
        work = in_other_plane(
            plane, blended, there, wanted, window, roughness, compute, seed + number + 1
        )
        shadow = yield from scaled(work, 0.2 + 0.4 * number, 0.6 + 0.4 * number)
        if shadow is not None:
            shadows.append(shadow)
        if quick and shadows:
            return shadows, QUICK_COUNT
    return shadows, len(shadows)


def _notes(around: Neighbours) -> tuple[str, ...]:
    if not around.copies:
        return ()
    planes = ", ".join(f"{offset:+d}" for offset in around.copies)
    sentence = (
        f"Exact copies of the plane to fill lie {planes} planes away. They would foretell it too "
        "well, so nothing was taken from them; if a camera has doubled planes, remove those."
    )
    return (sentence,)
