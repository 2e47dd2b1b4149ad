"""A mark over a picture: how much of it covers each pixel, and what it does to the light.

What is recorded under a mark is ``(1 - c) J + c (a J + b)``: c is how far the mark covers the
pixel, a the share of the light that passes, b what the mark adds, as ink of a light colour does.
With c, a and b known, J follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["LEAST_PASSES", "SOFT", "Map", "Mark", "Scene", "grey_of", "like"]

SOFT = 2  # pixels around a mark that it may reach into
LEAST_PASSES = 0.12  # share of the light; with less, noise is all there is

Map = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """What is recorded in a window, under the mask too.

    Attributes
    ----------
    recorded : (H, W) or (H, W, 3) float32 array
        On a scale on which `black` is no light.
    own : (H, W) bool array
        The painted piece that is asked about.
    lost : (H, W) bool array
        All else that is not known.
    black : float
        The value of no light.
    limits : (float, float)
        The least and the greatest value that can be recorded.
    step : float
        Between two values that can be recorded; 0 for floats.
    """

    recorded: Plane
    own: Hole
    lost: Hole
    black: float = 0.0
    limits: tuple[float, float] = (-np.inf, np.inf)
    step: float = 0.0

    def has_room(self, down: int, right: int) -> bool:
        """Tell whether the painted piece, moved, lies on known pixels, with some around.

        Parameters
        ----------
        down, right : int
            How far, in pixels.
        """
        rows, columns = np.nonzero(self.own)
        rows, columns = rows + down, columns + right
        height, width = self.own.shape
        if min(rows.min(), columns.min()) < 0 or rows.max() >= height or columns.max() >= width:
            return False
        near = ndimage.binary_dilation(self.own | self.lost, iterations=SOFT)
        return not bool(near[rows, columns].any())

    def moved(self, down: int, right: int, mark: Mark) -> Scene:
        """Return the scene with its mark laid over known pixels elsewhere, where it has room.

        Parameters
        ----------
        down, right : int
            How far it is moved, in pixels.
        mark : Mark
            What is laid there.
        """
        own = np.roll(self.own, (down, right), (0, 1))
        over = mark.shifted(down, right).over(self.recorded)
        if self.step:
            over = np.rint(over / self.step) * self.step
        over = np.clip(over, *self.limits)
        recorded = np.where(like(own, over), over, self.recorded).astype(np.float32)
        return replace(self, recorded=recorded, own=own, lost=self.own | self.lost)


@dataclass(frozen=True, eq=False)
class Mark:
    """What a mark does to the light.

    Attributes
    ----------
    cover : (H, W) float64 array
        How far it covers each pixel, 0 to 1.
    passes : (C,) array
        Which share of the light passes where it covers all.
    adds : (C,) array
        How much it adds there, in the units of the picture less black.
    black : float
        The value of no light.
    evens : (H, W) or (H, W, 3) array, or None
        By what the share differs from place to place.
    replaces : bool
        Whether `evens` is the share itself.
    """

    cover: Map
    passes: NDArray[np.float64]
    adds: NDArray[np.float64]
    black: float = 0.0
    evens: Map | None = None
    replaces: bool = False

    def _factors(self, like: Plane) -> tuple[Map, Map]:
        cover = self.cover if like.ndim == 2 else self.cover[..., None]
        passes, adds = (
            (self.passes, self.adds) if like.ndim == 3 else (self.passes[0], self.adds[0])
        )
        if self.replaces and self.evens is not None:
            return self.evens, np.zeros(1)
        factor = 1 - cover * (1 - passes)
        return (factor if self.evens is None else factor * self.evens), cover * adds

    def over(self, behind: Plane) -> Map:
        """Return what is recorded of a picture behind the mark."""
        factor, more = self._factors(behind)
        return self.black + factor * (behind.astype(np.float64) - self.black) + more

    def shifted(self, down: int, right: int) -> Mark:
        """Return the mark somewhere else; nothing of it may leave the plane.

        Parameters
        ----------
        down, right : int
            How far, in pixels.
        """
        cover = np.roll(self.cover, (down, right), (0, 1))
        evens = None if self.evens is None else np.roll(self.evens, (down, right), (0, 1))
        return replace(self, cover=cover, evens=evens)

    def behind(self, recorded: Plane) -> Map:
        """Return the picture behind the mark, of which this was recorded."""
        factor, more = self._factors(recorded)
        light = recorded.astype(np.float64) - self.black - more
        return self.black + light / np.maximum(factor, LEAST_PASSES / 2)


def grey_of(plane: NDArray[np.floating]) -> Map:
    """Return the mean over the channels of a plane."""
    return np.asarray(np.atleast_3d(plane).mean(axis=-1, dtype=np.float64))


def like(mask: Hole, plane: NDArray[np.floating]) -> Hole:
    """Return the mask that chooses pixels of a plane, of colours too.

    Parameters
    ----------
    mask : (H, W) bool array
        True for the pixels.
    plane : (H, W) or (H, W, C) array
        Whose axes it gets.
    """
    return mask if plane.ndim == 2 else mask[..., None]
