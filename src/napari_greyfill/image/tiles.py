"""Cut a hole into tiles, each with a halo of what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window, tight_box

__all__ = ["PART", "Tile", "tight_tiles", "tiles"]

PART = 128  # pixels, of the parts of a plane that are looked at one by one
STEP = 16  # pixels: tight cores are wider by less than this, so that many frames have one shape


class Tile(NamedTuple):
    """A part of a plane, and the frame to work on it in.

    Attributes
    ----------
    core : Window
        What is filled. The cores of all tiles are disjoint.
    frame : Window
        The core with its halo, cut off at the plane.
    """

    core: Window
    frame: Window


def tiles(hole: NDArray[np.bool_], side: int, halo: int) -> Iterator[Tile]:
    """Yield the tiles that have hole, row by row; together their cores cover it.

    Parameters
    ----------
    hole : (H, W) bool array
        True where pixels are to be filled.
    side : int
        Of the cores, in pixels; those at the lower and right border may be smaller.
    halo : int
        Pixels around a core that its frame holds as well.
    """
    height, width = hole.shape
    for y in range(0, height, side):
        for x in range(0, width, side):
            core = Window(y, min(y + side, height), x, min(x + side, width))
            if hole[core.slices].any():
                yield Tile(core, core.expanded(halo, (height, width)))


def tight_tiles(hole: NDArray[np.bool_], side: int, halo: int) -> Iterator[Tile]:
    """Yield the tiles of `tiles`, with what has no hole cut off at the sides of their cores.

    Parameters
    ----------
    hole : (H, W) bool array
        True where pixels are to be filled.
    side : int
        Of the cores at most, in pixels.
    halo : int
        Pixels around a core that its frame holds as well.
    """
    for core, _ in tiles(hole, side, halo):
        box = tight_box(hole[core.slices])
        assert box is not None  # tiles have hole
        own = Window(
            core.y0 + STEP * (box.y0 // STEP),
            min(core.y0 + STEP * ceil(box.y1 / STEP), core.y1),
            core.x0 + STEP * (box.x0 // STEP),
            min(core.x0 + STEP * ceil(box.x1 / STEP), core.x1),
        )
        yield Tile(own, own.expanded(halo, hole.shape))
