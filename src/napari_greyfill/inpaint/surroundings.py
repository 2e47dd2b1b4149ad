"""What surrounds a hole: a quick smooth fill, and the range of values to stay within."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.resample import enlarged, halved

__all__ = ["clamped", "push_pull"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]

REACH = 32  # pixels around a hole that bound its values


def push_pull(plane: Plane, hole: Hole) -> Plane:
    """Return the plane with its hole filled from ever coarser means of what is known.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
    hole : (H, W) bool array
        With at least one pixel known.

    References
    ----------
    S. J. Gortler et al., "The Lumigraph", SIGGRAPH 1996, section 3.4 (pull-push).
    """
    if not hole.any():
        return plane.copy()
    coarse = push_pull(*halved(plane, ~hole))
    filled = plane.copy()
    filled[hole] = enlarged(coarse, plane.shape)[hole]
    return filled


def clamped(filled: Plane, plane: Plane, hole: Hole, *, margin: float = 0.1) -> Plane:
    """Return a fill whose values stay near those that surround it, and within [0, 1].

    The surroundings of a piece of the hole are the known pixels up to `REACH` away from it;
    their range, widened by `margin` of itself at both ends, is the limit.

    Parameters
    ----------
    filled, plane : (H, W) or (H, W, C) float32 arrays
    hole : (H, W) bool array
        With at least one pixel known.

    Returns
    -------
    array like `plane`, equal to it where it is known
    """
    result = plane.copy()
    labels, count = ndimage.label(hole, structure=np.ones((3, 3)))
    inside = labels[hole]
    for channel in np.ndindex(plane.shape[2:]):
        own = (..., *channel)
        low = -_highest(-plane[own], hole, labels, count)
        high = _highest(plane[own], hole, labels, count)
        slack = margin * (high - low)
        low, high = np.maximum(low - slack, 0.0), np.minimum(high + slack, 1.0)
        result[own][hole] = np.clip(filled[own][hole], low[inside], high[inside])
    return result


def _highest(plane: Plane, hole: Hole, labels: NDArray[np.int32], count: int) -> Plane:
    """Return the highest surrounding value of each piece of the hole, by label."""
    known = np.where(hole, -np.inf, plane)
    near = ndimage.maximum_filter(known, size=2 * REACH + 1)
    highest = np.full(count + 1, known.max(), dtype=np.float32)
    if count:
        highest[1:] = ndimage.maximum(near, labels, np.arange(1, count + 1))
    return highest
