"""Planes enlarged to the sizes that networks can work on, with their own mirror image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_to_size", "fitting_size", "pad_to"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


def fit_to_size(
    plane: Plane, hole: Hole, *, minimum: int = 1, multiple_of: int = 1
) -> tuple[Plane, Hole]:
    """Pad to a size requirement at the lower right, with the mirror image of plane and hole.

    So a window much smaller than what a network can work on shows it more of the same, not
    mostly hole. Crop the result back with ``[:height, :width]`` of the original plane.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
        What is in the hole is mirrored as well.
    hole : (H, W) bool array
        True where pixels are to be filled.
    minimum : int
        Smallest height and width, in pixels.
    multiple_of : int
        What height and width are to be multiples of.
    """
    return pad_to(plane, hole, fitting_size(hole.shape, minimum, multiple_of))


def fitting_size(shape: tuple[int, ...], minimum: int, multiple_of: int) -> tuple[int, ...]:
    """Return the smallest height and width that meet a size requirement.

    Parameters
    ----------
    shape : tuple of int
        Height and width, in pixels.
    minimum : int
        Smallest height and width, in pixels.
    multiple_of : int
        What height and width are to be multiples of.
    """
    return tuple(-(-max(side, minimum) // multiple_of) * multiple_of for side in shape)


def pad_to(plane: Plane, hole: Hole, size: tuple[int, ...]) -> tuple[Plane, Hole]:
    """Pad to a height and width at the lower right, as `fit_to_size` does.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
        What is in the hole is mirrored as well.
    hole : (H, W) bool array
        True where pixels are to be filled.
    size : tuple of int
        Height and width, neither smaller than those of the hole.
    """
    if size == hole.shape:
        return plane, hole
    rows, columns = (_mirrored(*pair) for pair in zip(hole.shape, size, strict=True))
    window = np.ix_(rows, columns)
    return plane[window], hole[window]


def _mirrored(side: int, length: int) -> NDArray[np.intp]:
    """Return 0, 1, ... side - 1, side - 2, ... 0, 1, ... and so on for a length."""
    period = max(2 * (side - 1), 1)
    steps = np.arange(length) % period
    return np.minimum(steps, period - steps)
