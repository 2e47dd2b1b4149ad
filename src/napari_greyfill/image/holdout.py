"""Hold-out holes: known pixels that are hidden for a trial, because their truth is known.

What fills do there tells how far to trust each of them, what error to expect, and what there is
to learn. Hold-out holes look like the real one: it is moved as a whole (`moved_hole`), pieces cut
from its shape are laid over known pixels (`hole_pieces`), or a square as wide as it is taken
nearby (`nearest_square`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.depth import depth
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.tiles import PART, tiles

__all__ = [
    "HoldOut",
    "contrast",
    "hole_pieces",
    "is_compact",
    "moved_hole",
    "nearest_square",
    "part_of",
]

Hole = NDArray[np.bool_]

SIDE = 192  # of the part of a large plane that is tried
STEPS = 8  # moves tried along each side
APART = 2  # pixels between the hole and the hold-out
LEAST = 32  # pixels of a hold-out that says something
KNOWN = 0.25  # least share of the part that stays known
NEAR = 8  # pixels around a place that tell how rough it is
SMOOTHING = 4.0  # sigma of the local mean that roughness is measured from
TRUNCATED = 4.0  # sigmas at which it ends
BROAD = 0.15  # of the plane's side: a single hole this broad is not moved around the border
TRIES = 16  # places looked at for each piece
PIECES = (0.3, 1.0)  # side of a piece as a share of the hole's


@dataclass(frozen=True)
class HoldOut:
    """A part of a plane, and known pixels in it to be hidden for a trial.

    Attributes
    ----------
    window : Window
    pixels : bool array of the window's shape
    move : (int, int)
        Rows down and columns right that the hole was rolled within the window.
    """

    window: Window
    pixels: Hole
    move: tuple[int, int] = (0, 0)


def is_compact(hole: Hole) -> bool:
    """Tell whether the hole is one piece, mostly, with a core broad for the plane."""
    labels, count = ndimage.label(hole)
    if count == 0:
        return False
    sizes = np.bincount(labels.ravel())[1:]
    largest = tight_box(labels == 1 + int(sizes.argmax()))
    assert largest is not None  # there is a piece
    dense = sizes.max() >= 0.4 * largest.area and sizes.max() >= 0.8 * sizes.sum()
    if not dense:
        return False
    broad = BROAD * min(hole.shape) / 2
    return bool(depth(np.pad(hole, 1, mode="edge"), broad + 1).max() > broad)


def moved_hole(hole: Hole, wanted: Hole | None = None) -> HoldOut | None:
    """Return where to move the hole so that most of it falls on known pixels.

    Strokes and specks are moved around the border and back in; one compact hole is not, since
    half of it at the border would be another kind of hole.

    Parameters
    ----------
    hole : (H, W) bool array
        What is not known.
    wanted : (H, W) bool array, optional
        The part of it that is filled, and moved; by default all of it.

    Returns
    -------
    HoldOut or None
        None if there is no room.
    """
    window = part_of(hole if wanted is None else wanted)
    lost = hole[window.slices]
    own = lost if wanted is None else wanted[window.slices]
    near = ndimage.binary_dilation(lost, iterations=APART)
    around = not is_compact(own)
    best, most, move = np.zeros_like(own), 0, (0, 0)
    for down in _moves(own.shape[0]):
        for right in _moves(own.shape[1]):
            moved = _moved(own, down, right, around) & ~near
            if (count := int(np.count_nonzero(moved))) > most:
                best, most, move = moved, count, (int(down), int(right))
    if np.count_nonzero(best | lost) > (1 - KNOWN) * own.size:
        y, x = np.indices(own.shape) // 32
        best &= (y + x) % 2 == 0
    if best.sum() < LEAST or np.count_nonzero(best | lost) > (1 - KNOWN / 2) * own.size:
        return None
    return HoldOut(window, best, move)


def contrast(plane: NDArray[np.float32], hole: Hole, place: Hole) -> float:
    """Return how far known pixels near a place are from their local mean, root mean square.

    Fills err in proportion to it: an error made in one place, times the ratio of the
    contrasts, is to be expected in another.

    Parameters
    ----------
    plane : (H, W) float32 array
        Values of one channel.
    hole : (H, W) bool array
        What is not known.
    place : (H, W) bool array
        Part of the hole.

    Returns
    -------
    float
        0 if nothing near the place is known.
    """
    near = ~hole & (depth(~place, NEAR + 1) <= NEAR)
    squared = 0.0
    for core, frame in tiles(near, PART, ceil(TRUNCATED * SMOOTHING)):
        values, known = plane[frame.slices], (~hole[frame.slices]).astype(np.float32)
        share, sums = (
            ndimage.gaussian_filter(array, SMOOTHING, truncate=TRUNCATED)
            for array in (known, values * known)
        )
        apart = (values - sums / np.maximum(share, 1e-6))[core.within(frame)]
        squared += float(np.sum(apart[near[core.slices]] ** 2, dtype=np.float64))
    return float(np.sqrt(squared / np.count_nonzero(near))) if near.any() else 0.0


def part_of(hole: Hole, side: int = SIDE) -> Window:
    """Return the part of a plane with most hole; all if it is small.

    Parameters
    ----------
    hole : (H, W) bool array
        The hole.
    side : int
        Of the part at most, in pixels.
    """
    height, width = hole.shape
    sides = (min(side, height), min(side, width))
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


def hole_pieces(hole: Hole, count: int, random: np.random.Generator) -> list[Hole]:
    """Return pieces of the hole, moved to known pixels where they do not touch it.

    Parameters
    ----------
    hole : (H, W) bool array
        At least one pixel is missing.
    count : int
        How many to make; places without room for one are left out.
    random : numpy.random.Generator
        Chooses sizes and places.

    Returns
    -------
    list of (H, W) bool array
        At most `count`, none of them empty.
    """
    box = tight_box(hole)
    assert box is not None  # the caller has a hole
    free = ~ndimage.binary_dilation(hole, structure=np.ones((3, 3), bool))
    made = [_best_piece(hole[box.slices], free, random) for _ in range(count)]
    return [one for one in made if one.any()]


def _best_piece(shape: Hole, free: Hole, random: np.random.Generator) -> Hole:
    """Return the piece, out of several, that covers most without reaching into the hole."""
    best, most = np.zeros_like(free), 0.0
    for _ in range(TRIES):
        placed = _placed(_piece(shape, random), free.shape, random)
        inside = placed & free
        area, all_of_it = float(inside.sum()), float(placed.sum())
        score = area * (area / max(1.0, all_of_it)) ** 2
        if score > most:
            best, most = inside, score
    return best


def _piece(shape: Hole, random: np.random.Generator) -> Hole:
    share = random.uniform(*PIECES)
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


def nearest_square(
    hole: Hole, centre: tuple[int, int], sides: tuple[int, int], step: int = 1
) -> Window | None:
    """Return the largest known square, and of those the nearest to a pixel.

    Parameters
    ----------
    hole : (h, w) bool array
        Every `step`-th pixel of the plane's hole.
    centre : (row, column)
        A pixel of that array.
    sides : (int, int)
        Smallest and largest side, in pixels of the plane.
    step : int
        Pixels of the plane between those of `hole`, at least 1.

    Returns
    -------
    Window or None
        In pixels of the plane; None if nowhere so much is known.
    """
    room = np.pad(~hole, 1)
    room_around = ndimage.distance_transform_cdt(room, metric="chessboard")[1:-1, 1:-1]
    rows, columns = (np.arange(length) - at for length, at in zip(hole.shape, centre, strict=True))
    away = np.hypot(rows[:, None], columns)
    smallest, side = sides
    while side >= smallest:
        fits = room_around > ceil(side / 2 / step)
        if fits.any():
            place = divmod(int(np.argmin(np.where(fits, away, np.inf))), hole.shape[1])
            top, left = (index * step - side // 2 for index in place)
            return Window(top, top + side, left, left + side)
        side //= 2
    return None
