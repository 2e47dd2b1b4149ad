"""Paint shapes one after another until exactly the wanted number of pixels is masked.

A shape is a time for each pixel of a window: when the brush reaches it, infinite where it
never does. What would be too much is left off where the brush comes last, so strokes end
round and disks get smaller, instead of being cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window

__all__ = ["Painter", "Point", "disk_offsets", "stroke_segment"]

Point = tuple[float, float]
_TRIES = 16


class Painter:
    """A mask in the making.

    Parameters
    ----------
    allowed : (H, W) bool array
        Where there may be mask.
    wanted : int
        How many pixels to mask, at most as many as are allowed.

    Attributes
    ----------
    mask : (H, W) bool array
    left : int
        How many pixels are still to be masked.
    """

    def __init__(self, allowed: NDArray[np.bool_], wanted: int) -> None:
        self.allowed = allowed
        self.mask: NDArray[np.bool_] = np.zeros(allowed.shape, dtype=bool)
        self.left = wanted

    @property
    def shape(self) -> tuple[int, int]:
        """Return the height and width of the mask."""
        height, width = self.allowed.shape
        return height, width

    def free_points(self, rng: np.random.Generator, count: int) -> NDArray[np.intp]:
        """Return so many random pixels, (count, 2), that may be masked and are not yet."""
        free = np.flatnonzero(self.allowed & ~self.mask)
        return np.stack(np.divmod(rng.choice(free, count), self.shape[1]), axis=-1)

    def free_point(self, rng: np.random.Generator) -> Point:
        """Return one such pixel; looks at the whole mask only if that is nearly full."""
        for _ in range(_TRIES):
            y, x = int(rng.integers(self.shape[0])), int(rng.integers(self.shape[1]))
            if self.allowed[y, x] and not self.mask[y, x]:
                return float(y), float(x)
        y, x = self.free_points(rng, 1)[0]
        return float(y), float(x)

    def paint(
        self, window: Window, time: NDArray[np.floating], at_most: int | None = None
    ) -> None:
        """Mask what a shape reaches, the earliest pixels first where it is too much."""
        limit = self.left if at_most is None else min(at_most, self.left)
        masked = self.mask[window.slices]
        new = np.isfinite(time) & self.allowed[window.slices] & ~masked
        count = int(np.count_nonzero(new))
        if count > limit:
            places = np.flatnonzero(new)
            new.ravel()[places[np.argpartition(time[new], limit)[limit:]]] = False
            count = limit
        masked |= new
        self.left -= count

    def stamp(self, centres: NDArray[np.intp], offsets: NDArray[np.intp]) -> None:
        """Mask the same few pixels around many centres; it must not be more than is left."""
        places = (centres[:, None] + offsets).reshape(-1, 2)
        inside = ((places >= 0) & (places < self.shape)).all(axis=-1)
        rows, columns = places[inside].T
        kept = self.allowed[rows, columns]
        before = np.count_nonzero(self.mask)
        self.mask[rows[kept], columns[kept]] = True
        self.left -= int(np.count_nonzero(self.mask) - before)


def stroke_segment(
    start: Point, end: Point, radius: float, shape: tuple[int, int]
) -> tuple[Window, NDArray[np.float64]]:
    """Return when a round brush reaches each pixel on its straight way from start to end.

    Parameters
    ----------
    start, end : (float, float)
        Row and column of the brush's centre.
    radius : float
        In pixels.
    shape : (int, int)
        Height and width of the mask, at which the window is cut off.

    Returns
    -------
    Window, array
        Times are path lengths in pixels: a pixel is reached when the brush's front does.
    """
    (y0, x0), (y1, x1) = start, end
    rows, columns = _reach(y0, y1, radius, shape[0]), _reach(x0, x1, radius, shape[1])
    window = Window(*rows, *columns)
    length = float(np.hypot(y1 - y0, x1 - x0))
    down, right = ((y1 - y0) / length, (x1 - x0) / length) if length else (0.0, 1.0)
    y = np.arange(window.y0, window.y1)[:, None] - y0
    x = np.arange(window.x0, window.x1)[None, :] - x0
    along, across = y * down + x * right, x * down - y * right
    half_chord = np.sqrt(np.maximum(radius**2 - across**2, 0.0))
    reached = (
        (np.abs(across) <= radius) & (along + half_chord >= 0) & (along - half_chord <= length)
    )
    return window, np.where(reached, along - half_chord, np.inf)


def _reach(one: float, other: float, radius: float, length: int) -> tuple[int, int]:
    """Return the first pixel of an axis that may be reached, and the one after the last."""
    first = max(0, int(np.floor(min(one, other) - radius)))
    last = min(length - 1, int(np.ceil(max(one, other) + radius)))
    return min(first, length), max(min(first, length), last + 1)


def disk_offsets(radius: float) -> NDArray[np.intp]:
    """Return the steps, (n, 2), from a pixel to all up to `radius` away."""
    reach = int(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    near = y**2 + x**2 <= radius**2
    return np.stack([y[near], x[near]], axis=-1)
