"""What fills have in common: a quick smooth one, the range to stay within, colours."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.colour import LUMA_WEIGHTS
from napari_greyfill.image.tiles import PART, tiles
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.diffusion import Biharmonic

__all__ = ["Limits", "biharmonic", "by_channel", "clamped", "from_opponent", "opponent"]

REACH = 32  # pixels around a hole that bound its values

# rows: luma, blue - luma, red - luma; channels that are nearly uncorrelated in photographs
_OPPONENT = np.stack(
    [LUMA_WEIGHTS, np.array([0, 0, 1]) - LUMA_WEIGHTS, np.array([1, 0, 0]) - LUMA_WEIGHTS]
).astype(np.float32)
_COLOURS = np.linalg.inv(_OPPONENT)


def opponent(colours: NDArray[np.floating]) -> Plane:
    """Return colours, channel last, as luma, blue - luma and red - luma."""
    return np.asarray(colours @ _OPPONENT.T, dtype=np.float32)


def from_opponent(channels: NDArray[np.floating]) -> Plane:
    """Undo `opponent`."""
    return np.asarray(channels @ _COLOURS.T, dtype=np.float32)


def by_channel(
    fill: Callable[..., Generator[float, None, Plane]], *planes: Plane
) -> Generator[float, None, Plane]:
    """Fill channel by channel, colours as their opponent channels.

    Parameters
    ----------
    fill : callable
        Returns an (H, W) plane from as many, of any range.
    *planes : (H, W) or (H, W, 3) float32 arrays
        All of one shape.
    """
    if planes[0].ndim == 2:
        return (yield from fill(*planes))
    separate = [np.moveaxis(opponent(plane), -1, 0) for plane in planes]
    filled = []
    for index, channels in enumerate(zip(*separate, strict=True)):
        work = fill(*(np.ascontiguousarray(channel) for channel in channels))
        filled.append((yield from scaled(work, index / 3, (index + 1) / 3)))
    return from_opponent(np.stack(filled, axis=-1))


def biharmonic(plane: Plane, hole: Hole, compute: Compute) -> Generator[float, None, Plane]:
    """Return the biharmonic fill of one channel of any range.

    Parameters
    ----------
    plane : (H, W) float32 array
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    compute : Compute
        Says when to stop.
    """
    known = plane[~hole]
    low, span = known.min(), max(np.ptp(known), np.finfo(np.float32).tiny)
    unit = np.where(hole, np.float32(0), (plane - low) / span)
    fill = yield from Biharmonic(compute).run(unit, hole)
    return np.asarray(np.where(hole, fill.plane * span + low, plane), dtype=np.float32)


class Limits:
    """The values that a fill may have: near those that surround it.

    The surroundings of a piece of the hole are the known pixels up to `REACH` away from it;
    their range, widened by `margin` of itself at both ends, is the limit.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
    hole : (H, W) bool array
        With at least one pixel known.
    """

    def __init__(self, plane: Plane, hole: Hole, *, margin: float = 0.1) -> None:
        self._plane, self._hole = plane, hole
        labels, count = ndimage.label(hole, structure=np.ones((3, 3)))
        inside = labels[hole]
        high = _highest(plane, hole, labels, count)
        low = -_highest(-plane, hole, labels, count)
        slack = margin * (high - low)
        self._low = (low - slack)[inside]
        self._high = (high + slack)[inside]

    def clamp(self, filled: Plane) -> Plane:
        """Return a fill, an array like the plane, within the limits; known pixels untouched."""
        result = self._plane.copy()
        result[self._hole] = np.clip(filled[self._hole], self._low, self._high)
        return result


def clamped(filled: Plane, plane: Plane, hole: Hole) -> Plane:
    """Return a fill within the `Limits` of a plane with a hole.

    Parameters
    ----------
    filled : (H, W) or (H, W, 3) float32 array
        The fill.
    plane : array of the same shape
        What was filled.
    hole : (H, W) bool array
        True where it was filled.
    """
    return Limits(plane, hole).clamp(filled)


def _highest(plane: Plane, hole: Hole, labels: NDArray[np.int32], count: int) -> Plane:
    """Return the highest surrounding value of each piece of the hole, (pieces + 1, ...).

    `labels`, (H, W), tells to which piece each pixel of the hole belongs, from 1.
    """
    highest = np.full((count + 1, *plane.shape[2:]), -np.inf, dtype=np.float32)
    for channel in np.ndindex(plane.shape[2:]):
        known = np.where(hole, -np.inf, plane[(..., *channel)])
        highest[(0, *channel)] = known.max()
        for core, frame in tiles(hole, PART, REACH):
            near = ndimage.maximum_filter(known[frame.slices], size=2 * REACH + 1)
            own = hole[core.slices]
            at = (labels[core.slices][own], *channel)
            np.maximum.at(highest, at, near[core.within(frame)][own])
    return highest
