"""Fill a channel from the other channels at the same place, where they are sure to know."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.holdout import contrast
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Hole, NeighbourFill, Slice
from napari_greyfill.inpaint.neighbours.members import Place, foretell, span_of
from napari_greyfill.inpaint.neighbours.planes import Neighbours
from napari_greyfill.inpaint.neighbours.shadows import SPECTRAL, in_plane
from napari_greyfill.inpaint.neighbours.weighing import weighed
from napari_greyfill.inpaint.neighbours.weights import SHADOWS, cautious_weights, gains

__all__ = ["PROMISED", "fill_from_channels"]

PROMISED = 3.0  # decibels of gain in the trial; with less, fluorescence may lose


def fill_from_channels(
    own: Slice, others: Sequence[Slice], hole: Hole, compute: Compute, *, seed: int = 0
) -> Generator[float, None, NeighbourFill]:
    """Fill a hole in one channel from others at the same place, yielding the progress.

    The fill of the channel alone (`Blend`) is left as it is unless a trial, the hole moved to
    known pixels, promises more than 3 dB from a regression on the other channels. Colour
    and spectral data pass it; channels of different stains hardly ever do, and should not.

    Parameters
    ----------
    own : Slice
        The channel to fill.
    others : sequence of Slice
        Those at the same place; ones that are not whole where the hole is are left out.
    hole : (H, W) bool array
        What is to be filled; at least one pixel is known.
    compute : Compute
        Says where to run, and when to stop.
    seed : int, optional
        Chooses the pixels to learn from, where there are too many.

    Returns
    -------
    NeighbourFill
        `used` holds the indices of the channels in `others`, none if they did not promise enough.

    Raises
    ------
    CancelledError
        If the caller wants it to stop.
    """
    missing = own.unknown | hole
    own = Slice(np.where(missing, np.float32(0), own.plane), missing)
    blended = yield from scaled(
        Blend(compute).blended(own.plane, missing, missing & ~hole), 0.0, 0.5
    )
    alone = NeighbourFill(blended.fill.plane, blended.fill.expected_error)
    whole = {i: one for i, one in enumerate(others) if not (one.unknown & hole).any()}
    if not whole or not hole.any():
        return alone
    around = Neighbours(None, None, whole)  # nothing is nearest, so that nothing is moved
    roughness = contrast(own.plane, missing, hole)
    trial = in_plane(own, blended, around, (), roughness, compute, seed)
    shadow = yield from scaled(trial, 0.5, 0.75)
    span = span_of([own])
    if shadow is None or gains(shadow, span) <= PROMISED:
        return alone
    place = Place(own.plane, missing, hole, blended.members[SPECTRAL], around, ())
    foretold = yield from scaled(foretell(place, compute, seed), 0.75, 1.0)
    if foretold is None:
        return alone
    weights = cautious_weights([shadow], span=span, count=SHADOWS)
    fills = (blended.fill.plane, *foretold)
    return weighed(fills, weights, [shadow], own, hole, used=tuple(whole))
