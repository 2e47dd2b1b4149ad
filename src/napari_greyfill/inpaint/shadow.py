"""Shadow holes: the user's own hole moved to where the answer is known.

What fills do there tells how far to trust each of them, and what error to expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.inpaint.base import Hole

__all__ = ["Shadow", "cast", "contrast", "is_compact"]

SIDE = 192  # of the part of a large plane that is tried
STEPS = 8  # moves tried along each side
APART = 2  # pixels between the hole and its shadow
LEAST = 32  # pixels of a shadow that says something
KNOWN = 0.25  # least share of the part that stays known
NEAR = 8  # pixels around a place that tell how rough it is
SMOOTHING = 4.0  # sigma of the local mean that roughness is measured from
BROAD = 0.15  # of the plane's side: a single hole this broad is not moved around the border


@dataclass(frozen=True)
class Shadow:
    """A part of a plane, and known pixels in it to be hidden for a trial."""

    window: Window
    pixels: NDArray[np.bool_]


def is_compact(hole: Hole) -> bool:
    """Tell whether the hole is one piece, mostly, with a core broad for the plane."""
    labels, count = ndimage.label(hole)
    if count == 0:
        return False
    sizes = np.bincount(labels.ravel())[1:]
    padded = np.pad(hole, 1, mode="edge")
    breadth = 2 * float(ndimage.distance_transform_edt(padded).max()) if not hole.all() else np.inf
    largest = tight_box(labels == 1 + int(sizes.argmax()))
    assert largest is not None  # there is a piece
    dense = sizes.max() >= 0.4 * largest.area and sizes.max() >= 0.8 * sizes.sum()
    return bool(dense and breadth > BROAD * min(hole.shape))


def cast(hole: Hole, wanted: Hole | None = None) -> Shadow | None:
    """Return where to move the hole so that most of it falls on known pixels.

    Strokes and specks are moved around the border and back in; one compact hole is not, since
    half of it at the border would be another kind of hole.

    Parameters
    ----------
    hole : (H, W) bool array
        What is not known.
    wanted : (H, W) bool array, optional
        The part of it that is filled, and moved; by default all of it.
    """
    window = _part(hole if wanted is None else wanted)
    lost = hole[window.slices]
    own = lost if wanted is None else wanted[window.slices]
    near = ndimage.binary_dilation(lost, iterations=APART)
    around = not is_compact(own)
    best, most = np.zeros_like(own), 0
    for down in _moves(own.shape[0]):
        for right in _moves(own.shape[1]):
            moved = _moved(own, down, right, around) & ~near
            if (count := int(np.count_nonzero(moved))) > most:
                best, most = moved, count
    if np.count_nonzero(best | lost) > (1 - KNOWN) * own.size:
        y, x = np.indices(own.shape) // 32
        best &= (y + x) % 2 == 0
    if best.sum() < LEAST or np.count_nonzero(best | lost) > (1 - KNOWN / 2) * own.size:
        return None
    return Shadow(window, best)


def contrast(plane: NDArray[np.float32], hole: Hole, place: Hole) -> float:
    """Return how far known pixels near a place are from their local mean, root mean square.

    Fills err in proportion to it: an error made in one place, times the ratio of the
    contrasts, is to be expected in another.

    Parameters
    ----------
    plane : (H, W) float32 array
    hole : (H, W) bool array
        What is not known.
    place : (H, W) bool array
        Part of the hole.

    Returns
    -------
    float
        0 if nothing near the place is known.
    """
    known = (~hole).astype(np.float32)
    share = ndimage.gaussian_filter(known, SMOOTHING)
    mean = ndimage.gaussian_filter(plane * known, SMOOTHING) / np.maximum(share, 1e-6)
    near = ~hole & (ndimage.distance_transform_edt(~place) <= NEAR)
    return (
        float(np.sqrt(np.mean((plane - mean)[near] ** 2, dtype=np.float64))) if near.any() else 0.0
    )


def _part(hole: Hole) -> Window:
    """Return the part of a plane with most hole; all of it if it is small."""
    height, width = hole.shape
    sides = (min(SIDE, height), min(SIDE, width))
    starts = [range(0, max(n - s, 0) + 1, 64) for n, s in zip(hole.shape, sides, strict=True)]
    sums = np.pad(hole.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    best, most = Window(0, sides[0], 0, sides[1]), -1
    for y in starts[0]:
        for x in starts[1]:
            y1, x1 = y + sides[0], x + sides[1]
            count = int(sums[y1, x1] - sums[y, x1] - sums[y1, x] + sums[y, x])
            if most < count <= 0.6 * sides[0] * sides[1]:
                best, most = Window(y, y1, x, x1), count
    return best


def _moves(length: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, length, STEPS, endpoint=False).round().astype(np.intp))


def _moved(hole: Hole, down: int, right: int, around: bool) -> Hole:
    moved = np.roll(hole, (down, right), axis=(0, 1))
    if around:
        return moved
    # of the four images at the corners only the largest is kept: the rest went over the border
    pieces = [
        (rows, columns)
        for rows in (slice(None, down), slice(down, None))
        for columns in (slice(None, right), slice(right, None))
    ]
    largest = max(pieces, key=lambda piece: np.count_nonzero(moved[piece]))
    kept = np.zeros_like(moved)
    kept[largest] = moved[largest]
    return kept
