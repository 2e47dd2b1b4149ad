"""Which greys of a mask are painted: labels, two values, or two heaps with greys between them.

A label image keeps its numbers, however many they are. A mask that was drawn with a soft brush,
or compressed with loss, has two heaps of values, one for unpainted and one for painted, and
leftovers near or between them; it is divided half-way between the heaps. Where the leftovers lie
tells the two apart: those of a soft edge lie between darker and brighter pixels, while the pixels
of an object have their own number all around.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

__all__ = ["Heaps", "heaps_of", "kind_of_greys"]

Kind = Literal["labels", "two", "soft", "picture"]
_LEAST_RANGE = 64  # greys closer together than this are numbers of objects
_NEAR = 1 / 8  # of the range: as far do leftovers lie from their heap
_BEYOND = 1 / 5  # of the range: so far does compression go beyond the bright heap
_BINS = 16  # in which a heap is looked for
_MANY = 64  # values; with so many a mask still has most of its pixels in the two heaps
_HEAPED = 0.75
_DIRT = 0.01  # of the white pixels: so few greys are no objects
_AROUND = 5  # pixels: the side of the square in which a soft edge is seen


@dataclass(frozen=True)
class Heaps:
    """Where the two heaps of values are highest, and the middle between those."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Return the value above which pixels are painted."""
        return (self.low + self.high) / 2


def heaps_of(plane: NDArray[Any]) -> Heaps:
    """Return the heaps of a plane: the commonest values below and above the middle of both.

    Parameters
    ----------
    plane : array of integers or floats, finite, not empty
        Values of a mask.
    """
    values = plane.astype(np.float64).ravel()
    heaps = Heaps(float(values.min()), float(values.max()))
    for _ in range(10):  # settles after two or three
        below, above = values[values <= heaps.middle], values[values > heaps.middle]
        if not below.size or not above.size:
            break
        found = Heaps(_commonest(below, last=False), _commonest(above, last=True))
        if found == heaps:
            break
        heaps = found
    return heaps


def _commonest(values: NDArray[np.float64], *, last: bool) -> float:
    """Return the median of the fullest of some bins; of several, that of the first or last."""
    edges = np.linspace(values.min(), values.max(), _BINS + 1)
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    fullest = np.flatnonzero(counts == counts.max())[-1 if last else 0]
    return float(np.median(values[place == fullest]))


def kind_of_greys(plane: NDArray[Any]) -> Kind:
    """Return what the values of a plane are.

    Parameters
    ----------
    plane : (H, W) array of integers or floats, finite, not empty
        Values of a mask.

    Returns
    -------
    "labels", "two", "soft" or "picture"
        "two" for at most two values, "soft" for two heaps, "picture" for soft transitions
        without heaps.
    """
    values, counts = np.unique(plane, return_counts=True)
    if len(values) <= 2:
        return "two"
    low, high = float(values[0]), float(values[-1])
    if high - low < _LEAST_RANGE or low < 0:
        return "labels"
    margin = (high - low) * _NEAR
    to_low, to_high = values.astype(np.float64) - low, high - values.astype(np.float64)
    bright = max(heaps_of(plane).high, high - (high - low) * _BEYOND)
    near = (to_low <= margin) | (values >= bright - margin)
    left = (to_low > 0) & (to_high > 0)
    if _is_dirt(plane, values, counts, left):
        return "soft"
    if not near.all() and _graded(plane, values[~near]) < 0.5:
        return "labels"
    if len(values) > _MANY and counts[near].sum() < _HEAPED * plane.size:
        return "picture"
    left &= near
    if not left.any() or _graded(plane, values[left]) >= 0.5:
        return "soft"
    at_both_ends = (left & (to_low <= margin)).any() and (left & (to_high <= margin)).any()
    return "soft" if at_both_ends and (len(values) > 8 or _most_at_ends(values)) else "labels"


def _is_dirt(
    plane: NDArray[Any], values: NDArray[Any], counts: NDArray[Any], left: NDArray[np.bool_]
) -> bool:
    """Return whether next to nothing is neither 0 nor the white of the type."""
    if plane.dtype.kind != "u" or values[0] or values[-1] != np.iinfo(plane.dtype).max:
        return False
    return bool(counts[left].sum() <= _DIRT * counts[-1])


def _most_at_ends(values: NDArray[Any]) -> bool:
    """Return whether values keep so close to the ends that they must be leftovers."""
    low, high = float(values[0]), float(values[-1])
    return bool(((values - low <= 4) | (high - values <= 4)).all())


def _graded(plane: NDArray[Any], chosen: NDArray[Any]) -> float:
    """Return how many pixels of the chosen values have darker and brighter ones around them."""
    here = np.isin(plane, chosen)
    darker = minimum_filter(plane, _AROUND)[here] < plane[here]
    brighter = maximum_filter(plane, _AROUND)[here] > plane[here]
    return float((darker & brighter).mean())
