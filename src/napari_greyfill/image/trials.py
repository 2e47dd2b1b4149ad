"""Trial holes: the hole moved to several known places, whose truth is there to be compared.

Where `holdout.moved_hole` finds one place to fit weights, these are as many as fit, since how
far errors differ from place to place is what an interval has to know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import tight_box
from napari_greyfill.image.holdout import LEAST, is_compact

__all__ = ["trial_holes"]

Hole = NDArray[np.bool_]

APART = 2  # known pixels between the hole and scattered trial holes
AWAY = 12  # the same for compact ones, which would spoil each other's surroundings
TOGETHER = 3  # compact holes tried in one fill
STEPS = 8  # moves tried along each side
PLACES = 24  # the same of a compact hole
MOST = 0.75  # share of the window that may be missing in a trial
SHRINKING = (1.0, 0.75, 0.5, 0.33)  # of a compact hole, until there is room for it


def trial_holes(missing: Hole, wanted: Hole, rounds: int) -> list[Hole]:
    """Return the hole moved to known pixels, several times.

    Scattered holes (strokes, scratches, dots) are moved as a whole, around the border and back
    in. Of one compact hole, copies are laid out away from it and from each other; where there is
    no room for one, a smaller one is taken.

    Parameters
    ----------
    missing : (H, W) bool array
        What is not known.
    wanted : (H, W) bool array
        The part of it that is filled, and moved.
    rounds : int
        How many to make at most, each for a fill of its own.

    Returns
    -------
    list of (H, W) bool array
        Fewer, or none, where there is no room; they share few pixels, and none with the hole.
    """
    if not wanted.any():
        return []
    if is_compact(wanted):
        return _laid_out(missing, wanted, rounds)
    return _moved_around(missing, wanted, rounds)


def _moved_around(missing: Hole, wanted: Hole, rounds: int) -> list[Hole]:
    near = ndimage.binary_dilation(missing, iterations=APART)
    moves = [
        np.unique(np.linspace(0, length, STEPS, endpoint=False).round().astype(np.intp))
        for length in wanted.shape
    ]
    every = [
        np.roll(wanted, (down, right), axis=(0, 1)) & ~near
        for down in moves[0]
        for right in moves[1]
        if down or right
    ]
    found: list[Hole] = []
    seen = np.zeros_like(wanted)
    for _ in range(rounds):
        best = max(every, key=lambda hole: np.count_nonzero(hole & ~seen))
        new = _thinned(best & ~seen, missing)
        if np.count_nonzero(new) < LEAST:
            break
        found.append(new)
        seen |= new
    return found


def _thinned(hole: Hole, missing: Hole) -> Hole:
    """Return a hole, or half of it in squares where too little would stay known."""
    if np.count_nonzero(hole | missing) <= MOST * hole.size:
        return hole
    y, x = np.indices(hole.shape) // 32
    return np.asarray(hole & ((y + x) % 2 == 0))


def _laid_out(missing: Hole, wanted: Hole, rounds: int) -> list[Hole]:
    box = tight_box(wanted)
    assert box is not None  # the caller has looked
    whole = wanted[box.slices]
    for scale in SHRINKING:
        shape = _shrunk(whole, scale)
        places = _places(missing, shape)
        if places and np.count_nonzero(shape) >= LEAST:
            return _in_rounds(missing, shape, places, rounds)
    return []


def _shrunk(shape: Hole, scale: float) -> Hole:
    if scale == 1.0:
        return shape
    rows, columns = (
        np.minimum((np.arange(max(1, round(n * scale))) / scale).astype(np.intp), n - 1)
        for n in shape.shape
    )
    return shape[np.ix_(rows, columns)]


def _places(missing: Hole, shape: Hole) -> list[tuple[int, int]]:
    """Return where a shape fits on known pixels, those nearest to the hole's middle first."""
    height, width = shape.shape
    away = np.pad(ndimage.distance_transform_edt(~missing), 1)[1:-1, 1:-1]
    inner = ndimage.binary_erosion(shape, iterations=2) & shape
    rim = shape & ~inner if (shape & ~inner).any() else shape
    ranges = [
        np.unique(np.linspace(0, most - own, PLACES).round().astype(np.intp))
        for most, own in zip(missing.shape, shape.shape, strict=True)
    ]
    middle = np.array([np.mean(axis) for axis in np.nonzero(missing)])
    found = []
    for y in ranges[0]:
        for x in ranges[1]:
            view = away[y : y + height, x : x + width]
            if view[rim].min() >= AWAY:
                off = np.hypot(y + height / 2 - middle[0], x + width / 2 - middle[1])
                found.append((float(off), int(y), int(x)))
    return [(y, x) for _, y, x in sorted(found)]


def _in_rounds(
    missing: Hole, shape: Hole, places: list[tuple[int, int]], rounds: int
) -> list[Hole]:
    """Return holes that hold several copies each, all of them spread over the places."""
    height, width = shape.shape
    at = np.array(places)
    spread = np.full(len(at), np.inf)  # how far each place is from those taken
    found: list[Hole] = []
    for _ in range(rounds):
        lost, hole = missing.copy(), np.zeros_like(missing)
        for _ in range(TOGETHER):
            away = ndimage.distance_transform_edt(~lost)
            fits = np.array(
                [away[y : y + height, x : x + width][shape].min() >= AWAY for y, x in places]
            ) & (spread >= min(height, width) / 2)
            if not fits.any() or lost.mean() + shape.sum() / lost.size > MOST:
                break
            # the nearest first, then the one that is farthest from all taken
            best = int(np.argmax(np.where(fits, np.minimum(spread, 1e9), -1.0)))
            y, x = places[best]
            hole[y : y + height, x : x + width] |= shape
            lost |= hole
            spread = np.minimum(spread, np.hypot(*(at - at[best]).T))
        if not hole.any():
            break
        found.append(hole)
    return found
