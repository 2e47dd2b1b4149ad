"""Where to cut squares with the hole in their middle out of a picture, and how to resize them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.transform import resize

from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["HIDDEN", "SIDE", "Crop", "crops", "resized"]

SIDE = 128  # of the pictures it was trained on
HIDDEN = 56  # of the square in the middle of them that it was not shown


@dataclass(frozen=True)
class Crop:
    """A square of a picture whose middle is to be filled; it may reach beyond the picture.

    Attributes
    ----------
    top, left : int
        Its first row and column.
    side : int
        Even, and at least `SIDE`.
    """

    top: int
    left: int
    side: int

    @property
    def hidden(self) -> int:
        """How wide its middle is that may be filled."""
        return 2 * round(self.side * HIDDEN / SIDE / 2)

    def cut(self, plane: Plane) -> Plane:
        """Return the square of an (H, W, C) plane, mirrored where it reaches beyond."""
        rows = _mirrored(self.top, self.side, plane.shape[0])
        columns = _mirrored(self.left, self.side, plane.shape[1])
        return np.ascontiguousarray(plane[rows[:, None], columns])

    def middle(self, shape: tuple[int, ...], side: int) -> tuple[tuple[slice, slice], ...]:
        """Return where the part of a square in its middle is that lies within the picture.

        Parameters
        ----------
        shape : tuple of int
            Height and width of the picture.
        side : int
            Of the square in the middle.

        Returns
        -------
        tuple of two tuples of slices
            Rows and columns in the picture, and in the square.
        """
        rows = _overlap(self.top + (self.side - side) // 2, side, shape[0])
        columns = _overlap(self.left + (self.side - side) // 2, side, shape[1])
        return (rows[0], columns[0]), (rows[1], columns[1])


def crops(hole: Hole) -> Iterator[Crop]:
    """Yield squares until the middle of one has covered each pixel of a hole, large pieces first.

    Parameters
    ----------
    hole : (H, W) bool array
        True where pixels are to be filled.
    """
    pieces, _ = ndimage.label(hole, structure=np.ones((3, 3)))
    boxes = ndimage.find_objects(pieces)
    left = hole.copy()
    for number in sorted(range(len(boxes)), key=lambda each: -_length(boxes[each])):
        box = boxes[number]
        if not (left[box] & (pieces[box] == number + 1)).any():
            continue
        side = max(SIDE, 2 * int(np.ceil(_length(box) * SIDE / HIDDEN / 2)))
        top, first = ((part.start + part.stop) // 2 - side // 2 for part in box)
        crop = Crop(top, first, side)
        left[crop.middle(hole.shape, crop.hidden)[0]] = False
        yield crop


def resized(plane: Plane, side: int) -> Plane:
    """Return a square with another side; the same array if it has it already.

    Parameters
    ----------
    plane : (H, H, C) float32 array
        Interpolated linearly, and smoothed first if it is reduced.
    side : int
        Pixels.
    """
    if len(plane) == side:
        return plane
    shape = (side, side, plane.shape[2])
    smooth = side < len(plane)
    small = resize(plane, shape, order=1, mode="edge", anti_aliasing=smooth, preserve_range=True)
    return np.asarray(small, dtype=np.float32)


def _length(box: tuple[slice, slice]) -> int:
    return max(int(part.stop - part.start) for part in box)


def _mirrored(start: int, count: int, length: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return which rows to take, mirrored at both ends as often as need be."""
    places = np.arange(start, start + count) % (2 * length)
    return np.asarray(np.where(places < length, places, 2 * length - 1 - places), dtype=np.intp)


def _overlap(start: int, count: int, length: int) -> tuple[slice, slice]:
    """Return the part of ``start ... start + count`` within a length: there, and within itself."""
    first, last = max(start, 0), min(start + count, length)
    return slice(first, last), slice(first - start, last - start)
