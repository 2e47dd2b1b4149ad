"""Practice holes: pieces of the hole moved to where the colours are known.

A method that learns from one picture needs places where it has to guess and the truth is
known. Pieces cut out of the hole's own shape, laid over known pixels, are such places; what
any colorizer guesses there looks like what it guesses in the hole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import tight_box

__all__ = ["practice_holes"]

Hole = NDArray[np.bool_]

_TRIES = 16  # places looked at for each hole
_SMALLEST, _LARGEST = 0.3, 1.0  # side of a piece as a share of the hole's


def practice_holes(hole: Hole, count: int, random: np.random.Generator) -> list[Hole]:
    """Return holes that lie in the known region and do not touch the real one.

    Parameters
    ----------
    hole : (H, W) bool array
        At least one pixel is missing.
    count : int
        How many to make; places without room for one are left out.
    random : numpy.random.Generator

    Returns
    -------
    list of (H, W) bool array
        At most `count`, none of them empty.
    """
    box = tight_box(hole)
    assert box is not None  # the caller has a hole
    free = ~ndimage.binary_dilation(hole, structure=np.ones((3, 3), bool))
    made = [_best(hole[box.slices], free, random) for _ in range(count)]
    return [one for one in made if one.any()]


def _best(shape: Hole, free: Hole, random: np.random.Generator) -> Hole:
    """Return the piece, out of several, that covers most without reaching into the hole."""
    best, most = np.zeros_like(free), 0.0
    for _ in range(_TRIES):
        placed = _placed(_piece(shape, random), free.shape, random)
        inside = placed & free
        area, all_of_it = float(inside.sum()), float(placed.sum())
        score = area * (area / max(1.0, all_of_it)) ** 2
        if score > most:
            best, most = inside, score
    return best


def _piece(shape: Hole, random: np.random.Generator) -> Hole:
    share = random.uniform(_SMALLEST, _LARGEST)
    height, width = (max(1, round(side * share)) for side in shape.shape)
    y = random.integers(shape.shape[0] - height + 1)
    x = random.integers(shape.shape[1] - width + 1)
    return shape[y : y + height, x : x + width]


def _placed(piece: Hole, size: tuple[int, ...], random: np.random.Generator) -> Hole:
    y = random.integers(size[0] - piece.shape[0] + 1)
    x = random.integers(size[1] - piece.shape[1] + 1)
    placed = np.zeros(size, dtype=bool)
    placed[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return placed
