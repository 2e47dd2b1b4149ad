"""Trials of all members where the truth is known: in the plane itself, and in others."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.holdout import LEAST, contrast
from napari_greyfill.inpaint.blend import Blended, member_fills, mixed
from napari_greyfill.inpaint.neighbours.base import Hole, Plane, Slice
from napari_greyfill.inpaint.neighbours.members import (
    Place,
    foretell,
    sides_between,
    unbelievable,
)
from napari_greyfill.inpaint.neighbours.planes import Neighbours
from napari_greyfill.inpaint.neighbours.weights import Shadow, relative_contrast

__all__ = ["in_other_plane", "in_plane"]

SPECTRAL = 1  # which member of the blend the flow is looked for with


def in_plane(
    own: Slice,
    blended: Blended,
    around: Neighbours,
    sides: tuple[Plane, ...],
    roughness: float,
    compute: Compute,
    seed: int,
) -> Generator[float, None, Shadow | None]:
    """Return how the members do where the blend has tried its own, yielding the progress.

    Parameters
    ----------
    own : Slice
        The plane to fill; unknown in its hole.
    blended : Blended
        What the blend did with it.
    around : Neighbours
        Of the plane.
    sides : tuple of (H, W) float32 arrays
        See `Place`.
    roughness : float
        The contrast around the real hole.
    compute : Compute
        Says when to stop.
    seed : int
        Chooses the pixels to learn from.

    Returns
    -------
    Shadow or None
        None if the blend had no room, or too little is known there in the other planes.
    """
    if blended.holdout is None:
        return None
    window, pixels = blended.holdout.window, blended.holdout.pixels
    truth, hidden = own.plane[window.slices], own.unknown[window.slices] | pixels
    cut = tuple(side[window.slices] for side in sides)
    place = Place(
        np.where(hidden, np.float32(0), truth),
        hidden,
        pixels,
        blended.tried[SPECTRAL],
        around.cut(window),
        cut,
    )
    filled = mixed(blended.tried, blended.weights, truth, hidden)
    return (yield from _shadow(place, truth, filled, roughness, compute, seed))


def in_other_plane(
    there: Slice,
    blended: Blended,
    around: Neighbours,
    hole: Hole,
    window: Window,
    roughness: float,
    compute: Compute,
    seed: int,
) -> Generator[float, None, Shadow | None]:
    """Return how the members do with the hole in another plane, yielding the progress.

    Parameters
    ----------
    there : Slice
        The other plane.
    blended : Blended
        What the blend did with the plane to fill; its weights are taken.
    around : Neighbours
        Of the other plane.
    hole : (H, W) bool array
        The real hole.
    window : Window
        The part of the plane that is tried.
    roughness : float
        The contrast around the real hole.
    compute : Compute
        Says when to stop.
    seed : int
        Chooses the pixels to learn from.

    Returns
    -------
    Shadow or None
        None if too little is known there, or nothing is to be seen.
    """
    truth, pixels = there.plane[window.slices], hole[window.slices]
    hidden = there.unknown[window.slices] | pixels
    if hidden.all() or not pixels.any():
        return None
    given = np.where(hidden, np.float32(0), truth)
    members = yield from scaled(member_fills(given, hidden, compute), 0.0, 0.6)
    near = around.cut(window)
    place = Place(given, hidden, pixels, members[SPECTRAL], near, sides_between(near))
    filled = mixed(members, blended.weights, truth, hidden)
    work = _shadow(place, truth, filled, roughness, compute, seed)
    return (yield from scaled(work, 0.6, 1.0))


def _shadow(
    place: Place, truth: Plane, filled: Plane, roughness: float, compute: Compute, seed: int
) -> Generator[float, None, Shadow | None]:
    """Return the errors of a plane's own fill and of what others say; none where all is flat."""
    believed = place.hole & ~unbelievable(list(place.around.slices.values()))
    here = contrast(place.plane, place.missing, place.hole)
    if np.count_nonzero(believed) < LEAST or (here == 0 < roughness):
        return None
    others = yield from foretell(place, compute, seed)
    if others is None:
        return None
    errors = np.stack([(fill - truth)[believed] for fill in (filled, *others)])
    return Shadow(errors.astype(np.float64), relative_contrast(roughness, here))
