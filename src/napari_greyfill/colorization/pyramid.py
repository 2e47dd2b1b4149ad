"""The image pyramid of the published procedure, from coarse to fine.

Colour and grey of every level come straight from full size by Pillow's bicubic filter; the
hole grows from level to level by max-pooling (3 x 3, stride 2), so that a coarse pixel counts
as known only if nothing near it is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

__all__ = ["PyramidLevel", "build_pyramid", "pooled_hole", "resized", "to_bytes"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PyramidLevel:
    """One level: (h, w, 3) colour, (h, w) grey, both float32 in [0, 1], and (h, w) hole."""

    colour: Plane
    grey: Plane
    hole: Hole


def build_pyramid(colour: Plane, grey: Plane, hole: Hole, levels: int) -> list[PyramidLevel]:
    """Return the levels, coarsest first, every one rounded to 8 bits.

    Parameters
    ----------
    colour : (H, W, 3) float32 array in [0, 1]
        Known colours; those in the hole do not count.
    grey : (H, W) float32 array in [0, 1]
        Filled everywhere.
    hole : (H, W) bool array
        True where pixels are to be filled.
    levels : int
        H and W must be multiples of ``2 ** (levels - 1)``.
    """
    holes = [hole]
    for _ in range(levels - 1):
        holes.append(pooled_hole(holes[-1]))
    height, width = hole.shape
    pyramid = []
    for power, level_hole in enumerate(holes):
        shape = (height >> power, width >> power)
        small = [
            resized(plane, shape, Image.Resampling.BICUBIC, as_bytes=True)
            for plane in (colour, grey)
        ]
        pyramid.append(PyramidLevel(small[0], small[1], level_hole))
    return pyramid[::-1]


def pooled_hole(hole: Hole) -> Hole:
    """Return the hole at half the size, rounded up: True if any pixel of 3 x 3 is."""
    return np.asarray(ndimage.maximum_filter(hole, size=3, mode="constant")[::2, ::2])


def resized(
    plane: Plane, shape: tuple[int, int], kernel: Image.Resampling, as_bytes: bool = False
) -> Plane:
    """Return a plane of another size, filtered by Pillow, in [0, 1].

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array in [0, 1]
        At its full size.
    shape : tuple of int
        New height and width.
    kernel : PIL.Image.Resampling
        The filter.
    as_bytes : bool
        Work in 8 bits.
    """
    size = (shape[1], shape[0])
    if as_bytes:
        rounded = np.rint(np.clip(plane, 0.0, 1.0) * 255.0).astype(np.uint8)
        image = Image.fromarray(rounded).resize(size, kernel)
        return np.asarray(image, dtype=np.float32) / 255.0
    channels = [
        np.asarray(Image.fromarray(np.ascontiguousarray(c)).resize(size, kernel))
        for c in np.moveaxis(np.atleast_3d(plane), -1, 0)
    ]
    joined: Plane = np.clip(np.stack(channels, axis=-1), 0.0, 1.0)
    return joined.reshape(*shape, *plane.shape[2:])


def to_bytes(plane: Plane) -> NDArray[np.uint8]:
    """Return [0, 1] as 0 to 255, truncated as the published procedure does with its outputs."""
    return (np.clip(plane, 0.0, 1.0) * np.float32(255.0)).astype(np.uint8)
