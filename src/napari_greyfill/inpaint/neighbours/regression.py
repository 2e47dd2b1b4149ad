"""Foretell a plane from others: each pixel from the patches at its place in them.

What the patches of the other planes mean for this one is learned where it is known, near the
hole above all, and holds for small shifts, changes of brightness and blur.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Lesson", "foretold", "foretold_alike"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]

FARTHEST = 64  # pixels from the hole that are still learned from
NEARNESS = 16.0  # pixels of distance by which a pixel counts e times less
ROWS = 20_000  # pixels learned from, at most
LESSON = 5_000  # of them from each other plane
FEWEST = 64
RIDGE = 1e-3  # of the features' mean variance
LEAST_RIDGE = 1e-12  # where all sources are flat
LONGEST = 256  # side of a plane that one regression is made for
TILE = 192  # side of the parts of a longer one

_PATCH = tuple(product((-1, 0, 1), repeat=2))


def foretold(
    plane: Plane, missing: Hole, hole: Hole, sources: Sequence[Plane], bad: Hole, seed: int
) -> Plane | None:
    """Return the plane as the patches of others foretell it, everywhere.

    A ridge regression on 3 x 3 pixels of each source. Planes longer than 256 pixels have one for
    each 192, which fade into each other.

    Parameters
    ----------
    plane : (H, W) float32 array
        What is foretold, on any scale.
    missing : (H, W) bool array
        Where it is not known.
    hole : (H, W) bool array
        The part of `missing` that matters: pixels near it are learned from.
    sources : sequence of (H, W) float32 array
        Other planes, at least one.
    bad : (H, W) bool array
        Pixels where a source is not to be believed.
    seed : int
        Chooses the pixels to learn from, where there are too many.

    Returns
    -------
    (H, W) float32 array or None
        None where too few pixels are known. Far from the hole it may be `plane` itself.
    """
    padded = [np.pad(source, 1, mode="edge") for source in sources]
    away = ndimage.distance_transform_edt(~hole)
    usable = ~missing & ~bad & (away <= FARTHEST)
    total, share = np.zeros_like(plane), np.zeros_like(plane)
    for number, (part, tent) in enumerate(_tents(plane.shape)):
        inside = np.zeros_like(usable)
        inside[part] = usable[part]
        rows = np.flatnonzero(inside)
        if rows.size < FEWEST:
            continue
        if rows.size > ROWS:
            random = np.random.default_rng((seed, number))
            rows = rows[np.sort(random.choice(rows.size, ROWS, replace=False, shuffle=False))]
        kernels, offset = _learned(plane, padded, rows, np.exp(-away.ravel()[rows] / NEARNESS))
        grown = tuple(slice(side.start, side.stop + 2) for side in part)
        mean = np.full(tent.shape, offset)
        for source, kernel in zip(padded, kernels, strict=True):
            mean += ndimage.correlate(source[grown], kernel, mode="nearest")[1:-1, 1:-1]
        total[part] += tent * mean
        share[part] += tent
    if not share[hole].all():
        return None
    return np.where(share > 0, total / np.maximum(share, np.finfo(np.float32).tiny), plane)


@dataclass(frozen=True, eq=False)
class Lesson:
    """A known plane, and what it would be foretold from.

    Attributes
    ----------
    plane : (H, W) float32 array
    sources : tuple of (H, W) float32 array
        In the order of those of the plane that is foretold.
    bad : (H, W) bool array
        Where the plane or a source is not known.
    """

    plane: Plane
    sources: tuple[Plane, ...]
    bad: Hole


def foretold_alike(sources: Sequence[Plane], lessons: Sequence[Lesson], seed: int) -> Plane | None:
    """Return a plane of which nothing is known, as others were foretold.

    Parameters
    ----------
    sources : sequence of (H, W) float32 array
        Other planes, at least one.
    lessons : sequence of Lesson
        Of planes of that size; 5,000 pixels of each are learned from, all alike.
    seed : int
        Chooses them.

    Returns
    -------
    (H, W) float32 array or None
        None without lessons, or where too few pixels are known.
    """
    found = []
    for number, lesson in enumerate(lessons):
        usable = np.zeros_like(lesson.bad)
        usable[1:-1] = ~lesson.bad[1:-1]  # patches must not reach into the next plane
        rows = np.flatnonzero(usable)
        if rows.size > LESSON:
            random = np.random.default_rng((seed, number))
            rows = rows[np.sort(random.choice(rows.size, LESSON, replace=False, shuffle=False))]
        found.append(rows + number * usable.size)
    rows = np.concatenate(found) if found else np.empty(0, np.intp)
    if rows.size < FEWEST:
        return None
    tall = np.concatenate([lesson.plane for lesson in lessons])
    stacked = zip(*(lesson.sources for lesson in lessons), strict=True)
    padded = [np.pad(np.concatenate(each), 1, mode="edge") for each in stacked]
    kernels, offset = _learned(tall, padded, rows, np.ones(rows.size))
    plane = np.full_like(sources[0], offset)
    for source, kernel in zip(sources, kernels, strict=True):
        plane += ndimage.correlate(source, kernel, mode="nearest")
    return plane


def _learned(
    plane: Plane, padded: Sequence[Plane], rows: NDArray[np.intp], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], np.float32]:
    """Return what each pixel of the patches is multiplied by, (sources, 3, 3), and what is added.

    `rows` are flat indices of pixels of the plane, `weights` how much they count.
    """
    width = plane.shape[1]
    inner = rows + 2 * (rows // width)  # the upper left of their patches in the padded planes
    features = np.empty((len(padded) * len(_PATCH), rows.size))
    for index, source in enumerate(padded):
        flat = source.ravel()
        for place, (down, right) in enumerate(_PATCH):
            at = inner + ((down + 1) * (width + 2) + right + 1)
            features[index * len(_PATCH) + place] = flat[at]
    wanted = plane.ravel()[rows].astype(np.float64)
    weights = weights / weights.sum()
    means, mean = features @ weights, float(wanted @ weights)
    features -= means[:, None]
    weighted = features * weights
    gram = weighted @ features.T
    ridge = RIDGE * float(np.trace(gram)) / len(gram)
    gram[np.diag_indices_from(gram)] += max(ridge, LEAST_RIDGE)
    factors = np.linalg.solve(gram, weighted @ (wanted - mean))
    kernels = factors.reshape(len(padded), 3, 3).astype(np.float32)
    return kernels, np.float32(mean - factors @ means)


def _tents(shape: tuple[int, ...]) -> Iterator[tuple[tuple[slice, ...], Plane]]:
    """Yield parts of a plane and their weights, which are 1 in sum at every pixel."""
    for (rows, down), (columns, across) in product(*(_tents_along(length) for length in shape)):
        yield (rows, columns), down[:, None] * across[None]


def _tents_along(length: int) -> list[tuple[slice, NDArray[np.float32]]]:
    if length <= LONGEST:
        return [(slice(0, length), np.ones(length, np.float32))]
    count = -(-length // TILE)
    position = np.clip((np.arange(length) + 0.5) * count / length - 0.5, 0, count - 1)
    tents = []
    for index in range(count):
        tent = np.maximum(1 - np.abs(position - index), 0).astype(np.float32)
        first, *_, last = np.flatnonzero(tent)
        tents.append((slice(int(first), int(last) + 1), tent[first : last + 1]))
    return tents
