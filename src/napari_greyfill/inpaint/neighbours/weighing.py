"""Members mixed by their weights, with what the trials say about the outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.blend import mixed
from napari_greyfill.inpaint.neighbours.base import Hole, NeighbourFill, Plane, Slice
from napari_greyfill.inpaint.neighbours.weights import (
    Shadow,
    deviation_of,
    error_to_expect,
    spread_of,
)

__all__ = ["weighed"]


def weighed(
    fills: Sequence[Plane],
    weights: NDArray[np.float64],
    shadows: Sequence[Shadow],
    own: Slice,
    hole: Hole,
    *,
    used: tuple[int, ...],
    notes: tuple[str, ...] = (),
) -> NeighbourFill:
    """Return a plane filled by several members, its error and interval those of the trials.

    Parameters
    ----------
    fills : sequence of (H, W) float32 array
        Those of the members, the plane's own first.
    weights : (members,) array
        1 in sum.
    shadows : sequence of Shadow
        Trials of the same members.
    own : Slice
        The plane, unknown where it is filled.
    hole : (H, W) bool array
        The part that counts.
    used : tuple of int
        Where the other members know it from.
    notes : tuple of str
        Sentences that the user must see.
    """
    error = error_to_expect(shadows, weights)
    deviation = np.zeros_like(own.plane)
    deviation[hole] = deviation_of(np.stack([fill[hole] for fill in fills]), error or 0.0)
    return NeighbourFill(
        mixed(fills, weights, own.plane, own.unknown),
        error,
        tuple(float(weight) for weight in weights),
        used if weights[0] < 1 else (),
        spread_of(shadows, weights),
        deviation,
        notes,
    )
