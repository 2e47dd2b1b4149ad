"""What may be copied, at every scale: the picture, and beside it its mirror image.

A shift may point from the picture into the mirror image, so that whatever is made of shifts
knows both without being told. Pixels are addressed by their flat index in the atlas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.resample import halved
from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["NO_SOURCE", "Atlas", "cost", "pyramid", "squares"]

Indices = NDArray[np.int64]
Values = NDArray[np.float32]

NO_SOURCE = 50.0  # cost of a pixel whose source is a hole, or lies beyond the picture
HALF = 0.15  # difference of features at which costs turn from squares to amounts
CONTRAST = 3.0  # weight of the local contrast among the features


def cost(squared: Values) -> Values:
    """Return what differences cost: squares while they are small, then their amounts.

    The pseudo-Huber function; with plain squares a flat grey would be the cheapest neighbour of
    a contrasty texture.

    Parameters
    ----------
    squared : array
        Squared differences of features.
    """
    bend = np.float32(HALF * HALF)
    return np.asarray(2 * bend * (np.sqrt(1 + squared / bend) - 1), dtype=np.float32)


def squares(vectors: Values) -> Values:
    """Return the squared length along the last axis."""
    return np.asarray(np.einsum("...c,...c->...", vectors, vectors), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Atlas:
    """One scale of the picture and its mirror image, side by side with a gap between them.

    Attributes
    ----------
    colours : (H, W, C) float32 array
        Of picture, gap and mirror image; what is unknown has the nearest known colour.
    unknown : (H, W) bool array
        True where there is nothing to copy: the hole, its mirror image, the gap.
    hole : (H, W) bool array
        What is to be filled; only in the left part.
    width : int
        Of the picture, in pixels.
    blur : float
        Sigma of the local contrast, in pixels of this scale.
    """

    colours: Plane
    unknown: Hole
    hole: Hole
    width: int
    blur: float

    @classmethod
    def of(cls, plane: Plane, lost: Hole, hole: Hole, *, gap: int, blur: float) -> Atlas:
        """Return the atlas of a picture.

        Parameters
        ----------
        plane : (H, W, C) float32 array
            The picture.
        lost, hole : (H, W) bool arrays
            What cannot be copied, and the part of it that is to be filled.
        gap : int
            Pixels between picture and mirror image.
        blur : float
            Sigma of the local contrast, in pixels.
        """
        nearest = ndimage.distance_transform_edt(lost, return_distances=False, return_indices=True)
        colours = plane[tuple(nearest)]
        between = np.zeros((plane.shape[0], gap, plane.shape[2]), dtype=np.float32)
        nothing = np.ones((plane.shape[0], gap), dtype=bool)
        return cls(
            np.concatenate([colours, between, colours[:, ::-1]], axis=1),
            np.concatenate([lost, nothing, lost[:, ::-1]], axis=1),
            np.concatenate([hole, ~nothing, np.zeros_like(hole)], axis=1),
            plane.shape[1],
            blur,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Return height and width, mirror image included."""
        return self.unknown.shape[0], self.unknown.shape[1]

    @cached_property
    def picture(self) -> Plane:
        """Return the colours of the picture alone."""
        return self.colours[:, : self.width]

    @cached_property
    def lost(self) -> Hole:
        """Return what is unknown in the picture alone."""
        return self.unknown[:, : self.width]

    @cached_property
    def contrast(self) -> Values:
        """Return the local contrast, (H, W): the spread of colours around each pixel."""
        return self._beside(local_contrast(self.picture, self.blur))

    @cached_property
    def features(self) -> Values:
        """Return what pixels are compared by, (H W, C + 3): colours, slopes, local contrast."""
        count = self.colours.shape[-1]
        found = np.empty((*self.shape, count + 3), dtype=np.float32)
        found[..., :count] = self.colours
        down, right = np.gradient(self.picture.mean(axis=-1))
        found[..., count] = self._beside(down)
        found[..., count + 1] = self._beside(right, sign=-1.0)
        found[..., count + 2] = CONTRAST * self.contrast
        return found.reshape(-1, count + 3)

    def forget(self) -> None:
        """Free the memory of what pixels are compared by; copying needs it no more."""
        for name in ("features", "contrast"):
            self.__dict__.pop(name, None)

    def _beside(self, plane: Values, sign: float = 1.0) -> Values:
        """Return values of the picture beside their mirror image."""
        gap = np.zeros((plane.shape[0], self.shape[1] - 2 * self.width), dtype=np.float32)
        parts = [plane, gap, np.float32(sign) * plane[:, ::-1]]
        return np.concatenate(parts, axis=1, dtype=np.float32)

    @cached_property
    def targets(self) -> Indices:
        """Return the flat indices of the pixels to fill, in reading order."""
        return np.flatnonzero(self.hole)

    @property
    def number(self) -> Indices:
        """Return which target a pixel is, flat; -1 for none."""
        number = np.full(self.hole.size, -1)
        number[self.targets] = np.arange(self.targets.size)
        return number

    @cached_property
    def edges(self) -> tuple[Indices, Indices]:
        """Return the pairs of targets that lie beside or below each other."""
        number = self.number.reshape(self.shape)
        pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
        both = [(a >= 0) & (b >= 0) for a, b in pairs]
        first = np.concatenate([a[k] for (a, _), k in zip(pairs, both, strict=True)])
        second = np.concatenate([b[k] for (_, b), k in zip(pairs, both, strict=True)])
        return first, second

    def sources(self, places: Indices, shifts: Indices) -> tuple[Indices, NDArray[np.bool_]]:
        """Return where shifts lead, and whether there is something to copy.

        Parameters
        ----------
        places : (n,) int array
            Flat indices.
        shifts : (..., n, 2) or (..., 1, 2) int array
            Down and right, in pixels.

        Returns
        -------
        sources : (..., n) int array
            Flat indices; the place itself where the shift leads beyond the atlas.
        valid : (..., n) bool array
        """
        height, width = self.shape
        row = places // width + shifts[..., 0]
        column = places % width + shifts[..., 1]
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        sources = np.where(inside, row * width + column, places)
        return sources, inside & ~self.unknown.ravel()[sources]


def local_contrast(picture: Plane, blur: float) -> Values:
    """Return how far colours are from their local mean, blurred: (H, W).

    Parameters
    ----------
    picture : (H, W, C) float32 array
        Known everywhere.
    blur : float
        Sigma, in pixels.
    """
    sigma = (blur, blur, 0)
    away = squares(picture - ndimage.gaussian_filter(picture, sigma, mode="nearest"))
    spread = ndimage.gaussian_filter(away, blur, mode="nearest")
    return np.asarray(np.sqrt(np.maximum(spread, 0)), dtype=np.float32)


def pyramid(plane: Plane, lost: Hole, hole: Hole, halvings: int) -> list[Atlas]:
    """Return the atlas at all scales, the finest first.

    Parameters
    ----------
    plane : (H, W, C) float32 array
        The picture.
    lost, hole : (H, W) bool arrays
        What cannot be copied, and the part of it that is to be filled.
    halvings : int
        The coarsest scale has 1 / 2**halvings of the size.
    """
    step = 2**halvings
    pad = [(0, -side % step) for side in hole.shape]
    plane = np.pad(plane, [*pad, (0, 0)])
    lost, hole = np.pad(lost, pad, constant_values=True), np.pad(hole, pad)
    found = []
    for level in range(halvings + 1):
        gap, blur = 2 ** (halvings - level), float(2 ** (halvings - level))
        found.append(Atlas.of(plane, lost, hole, gap=gap, blur=blur))
        wanted = _any_of(hole)
        plane, lost = halved(plane, ~lost)
        hole = wanted & lost
    return found


def _any_of(hole: Hole) -> Hole:
    """Return whether any of the 2 x 2 pixels that a coarse one stands for is True."""
    if hole.shape[0] % 2 or hole.shape[1] % 2:
        hole = np.pad(hole, [(0, side % 2) for side in hole.shape])
    rows = hole[0::2] | hole[1::2]
    return np.asarray(rows[:, 0::2] | rows[:, 1::2])
