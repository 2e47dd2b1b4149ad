"""On which scale a method sees a window, and the way back.

The scale of a picture is no limit: a bead may be a hundred times as bright as the white of the
faint rest. What a method is shown of a window is therefore brought to a scale of the window's
own, in which the constants of the methods mean the same whatever the type, the unit and the
offset of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.values import robust_range
from napari_greyfill.inpaint.surroundings import REACH

__all__ = [
    "Handover",
    "handed_over",
    "handed_over_in_unit",
    "stack_without_spikes",
    "without_spikes",
]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]

_SAMPLE = 250_000  # at most this many pixels decide the scale of a large window
_BRIGHTEST = 1000.0  # widths; the dim rest keeps four of the seven digits of float32
_SPIKE = 8.0  # times as far off as all its neighbours: no lens makes such an image of a point
_ROOM = 0.25  # of the range
_JUDGES = 3  # known neighbours that can tell
_FAR = 8.0  # deviations, which a spike in a window of thousands of pixels always exceeds
_EIGHT = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)


@dataclass(frozen=True)
class Handover:
    """The scale on which a method sees a window.

    Attributes
    ----------
    low, width : float
        What becomes 0, and what becomes 1 more.
    darkest, brightest : float
        Known pixels beyond these are far from the hole, and shown as these: a fill can not be
        like them, and an absurd value far away must not spoil it.
    """

    low: float = 0.0
    width: float = 1.0
    darkest: float = -np.inf
    brightest: float = np.inf

    @property
    def changes(self) -> bool:
        """Return whether what is shown differs from what is given."""
        return self != Handover()

    def shown(self, plane: Plane) -> Plane:
        """Return what a method sees of a plane."""
        if not self.changes:
            return plane
        within = np.clip(plane.astype(np.float64), self.darkest, self.brightest)
        return np.asarray((within - self.low) / self.width, dtype=np.float32)

    def back(self, filled: Plane) -> Plane:
        """Return what a method filled on the scale of the plane."""
        if not self.changes:
            return filled
        return np.asarray(filled.astype(np.float64) * self.width + self.low, dtype=np.float32)


def handed_over(plane: Plane, hole: Hole) -> tuple[Handover, Plane]:
    """Return the scale of nearly all pixels of a window, and the window on it.

    Rare bright and dark pixels lie beyond [0, 1]. Multiples of the plane and offsets to it
    change nothing in what is shown.

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        Values on the scale of the whole image.
    hole : (H, W) bool array
        With at least one pixel known.
    """
    calm = without_spikes(plane, hole)
    darkest, brightest = _near(calm, hole)
    clipped = np.clip(_sample(calm, hole), darkest, brightest)
    low, high = robust_range(clipped, (darkest, brightest))
    width = max(high - low, (brightest - darkest) / _BRIGHTEST)
    scale = Handover(low, width or 1.0, darkest, brightest)
    return scale, scale.shown(calm)


def handed_over_in_unit(plane: Plane, hole: Hole, *others: Plane) -> tuple[Handover, Plane]:
    """Return a scale on which all is in [0, 1], the plane's own if it is, and the plane on it.

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        Values on the scale of the whole image.
    hole : (H, W) bool array
        With at least one pixel known.
    *others : float32 arrays
        What has to be in [0, 1] as well, such as a filled grey. Colours of that grey may be
        brighter than any known one, so both ends are given some room.
    """
    if all(part.min() >= 0 and part.max() <= 1 for part in (plane[~hole], *others)):
        return Handover(), plane
    calm = without_spikes(plane, hole)
    ends = [_near(calm, hole), *((float(part.min()), float(part.max())) for part in others)]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    room = _ROOM * (high - low) if others else 0.0
    low, high = low - room, high + room
    scale = Handover(low, high - low or 1.0, low, high)
    return scale, scale.shown(calm)


def without_spikes(plane: Plane, hole: Hole) -> Plane:
    """Return a plane without known single pixels that are far off from all around them.

    Hot and dead pixels of a detector tell nothing of the hole beside them. An image of a point
    is spread over its neighbours, so stars and beads stay, and so does all that lies in the
    range of the other pixels: few photographs change at all.

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        Values on any scale.
    hole : (H, W) bool array
        With at least one pixel known.
    """
    known = plane[~hole]
    low, high = float(known.min()), float(known.max())
    inner_low, inner_high = robust_range(_sample(plane, hole), (low, high))
    if (inner_low, inner_high) == (low, high):
        return plane
    judged = ~hole & (
        ndimage.convolve((~hole).astype(np.uint8), _EIGHT, mode="constant") >= _JUDGES
    )
    middle = np.float32((inner_low + inner_high) / 2)
    reach = np.float32(inner_high - middle)
    result = plane - middle
    for channel in np.moveaxis(np.atleast_3d(result), -1, 0):
        for sign in (1, -1):
            around = np.where(hole, -np.inf, sign * channel)
            most = ndimage.maximum_filter(around, footprint=_EIGHT, mode="constant", cval=-np.inf)
            most = np.maximum(most, reach).astype(np.float32)
            spikes = judged & (sign * channel > _SPIKE * most)
            channel[spikes] = sign * most[spikes]
    changed = result != plane - middle
    return np.where(changed, result + middle, plane)


def stack_without_spikes(planes: Plane, holes: Hole) -> Plane:
    """Return many windows of one size without spikes; those without outliers cost next to nothing.

    Parameters
    ----------
    planes : (N, H, W) or (N, H, W, 3) float32 array
        In any units.
    holes : (N, H, W) bool array
        Each with at least one pixel known.
    """
    lost = holes if planes.ndim == 3 else holes[..., None]
    known = np.broadcast_to(~lost, planes.shape)
    axes = tuple(range(1, planes.ndim))
    middle = planes.mean(axis=axes, keepdims=True, where=known, dtype=np.float64)
    off = np.where(known, np.abs(planes - middle), 0)
    spread = np.sqrt((off**2).sum(axis=axes) / known.sum(axis=axes))
    result = planes
    for index in np.flatnonzero(off.max(axis=axes) > _FAR * spread):
        result = planes.copy() if result is planes else result
        result[index] = without_spikes(planes[index], holes[index])
    return result


def _sample(plane: Plane, hole: Hole) -> NDArray[np.float64]:
    """Return known values, of all channels of some evenly spread pixels."""
    known = plane[~hole]
    return known[:: -(-len(known) // _SAMPLE)].astype(np.float64)


def _near(plane: Plane, hole: Hole) -> tuple[float, float]:
    """Return the least and the greatest value of the known pixels that bound a fill."""
    near = ~hole & ndimage.maximum_filter(hole, size=2 * REACH + 1, mode="constant")
    known = plane[near if near.any() else ~hole]
    return float(known.min()), float(known.max())
