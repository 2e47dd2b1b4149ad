"""Holes to train with: strokes, scratches, dots, blocks, blobs, of random size and number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["KINDS", "hole"]

Hole = NDArray[np.bool_]
Rng = np.random.Generator


def hole(side: int, rng: Rng) -> Hole:
    """Return a random hole of a random kind that leaves at least half of the plane known."""
    shares = [kind[0] for kind in KINDS]
    while True:
        draw = KINDS[rng.choice(len(KINDS), p=shares)][1]
        found = draw(side, rng)
        if 0.005 < found.mean() < 0.5:
            return found


def strokes(side: int, rng: Rng) -> Hole:
    """Return bent brush strokes over 5 to 45 % of the plane."""
    found = np.zeros((side, side), bool)
    share, radius = rng.uniform(0.05, 0.45), rng.uniform(2, 9)
    while found.mean() < share:
        found |= _near(_walk(side, rng, 0.2), radius * rng.uniform(0.7, 1.3))
    return found


def scratches(side: int, rng: Rng) -> Hole:
    """Return thin, nearly straight lines."""
    found = np.zeros((side, side), bool)
    for _ in range(rng.integers(2, 12)):
        found |= _near(_walk(side, rng, 0.03), rng.choice([0.5, 1.0, 1.5, 2.0]))
    return found


def dots(side: int, rng: Rng) -> Hole:
    """Return discs."""
    y, x = np.indices((side, side))
    found = np.zeros((side, side), bool)
    for _ in range(rng.integers(5, 40)):
        cy, cx = rng.uniform(0, side, 2)
        found |= np.hypot(y - cy, x - cx) <= rng.uniform(1.5, 7)
    return found


def block(side: int, rng: Rng) -> Hole:
    """Return a rectangle of up to 0.6 of the side."""
    found = np.zeros((side, side), bool)
    (height, width), shift = rng.integers(side // 10, 6 * side // 10, 2), rng.uniform(0, 1, 2)
    y, x = int(shift[0] * (side - height)), int(shift[1] * (side - width))
    found[y : y + height, x : x + width] = True
    return found


def blob(side: int, rng: Rng) -> Hole:
    """Return a wavy compact hole of up to 0.8 of the side across."""
    y, x = np.indices((side, side)) - rng.uniform(0.25, 0.75, 2)[:, None, None] * side
    turn = np.arctan2(y, x)
    waves = sum(rng.normal(0, 0.3 / k) * np.cos(k * turn + rng.uniform(0, 7)) for k in range(2, 6))
    return np.hypot(y, x) < side * rng.uniform(0.06, 0.4) * (1 + waves)


def _walk(side: int, rng: Rng, wander: float) -> Hole:
    angles = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, wander, rng.integers(10, side)))
    ys = rng.uniform(0, side) + np.cumsum(np.sin(angles))
    xs = rng.uniform(0, side) + np.cumsum(np.cos(angles))
    keep = (ys >= 0) & (ys < side) & (xs >= 0) & (xs < side)
    line = np.zeros((side, side), bool)
    line[ys[keep].astype(int), xs[keep].astype(int)] = True
    return line


def _near(line: Hole, radius: float) -> Hole:
    if not line.any():
        return line
    return np.asarray(ndimage.distance_transform_edt(~line) <= radius)


KINDS: list[tuple[float, Callable[[int, Rng], Hole]]] = [
    (0.3, strokes),
    (0.15, scratches),
    (0.1, dots),
    (0.2, block),
    (0.25, blob),
]
