"""The system that lets chroma flow along equal grey, and be pulled towards a guess.

The chroma c of the hole minimises ::

    sum over neighbours w(p, q) (c(p) - c(q))^2  +  sum over the hole d(p) (c(p) - g(p))^2

with known pixels fixed, ``w(p, q) = exp(-(Y(p) - Y(q))^2 / (2 SIGMA^2)) + FLOOR`` over the
eight neighbours and Y the luma, after Levin, Lischinski and Weiss, "Colorization using
Optimization", ACM Trans. Graph. 23(3), 2004, doi 10.1145/1015706.1015780. Guess g and its
weight d are optional. That is one sparse, symmetric, positive definite system with two
right-hand sides, one for each chroma plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array

from napari_greyfill.colorization.base import Hole, Plane

__all__ = ["FLOOR", "NEIGHBOURS", "SIGMA", "Guess", "System", "system"]

SIGMA = 0.015
FLOOR = 1e-5
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # each pair of pixels once
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Guess:
    """What pulls on the pixels of the hole.

    Attributes
    ----------
    values : (H, W, C) float32 array
        Where to; outside the hole without meaning.
    weight : (H, W) float32 array
        How strongly, 0 or more.
    """

    values: Plane
    weight: Plane


@dataclass(frozen=True, eq=False)
class System:
    """``matrix @ x = right`` for the n hole pixels in reading order.

    Attributes
    ----------
    matrix : (n, n) sparse array
    right : (n, C) float64 array
    """

    matrix: csc_array
    right: Values


def system(known: Plane, grey: Plane, hole: Hole, guess: Guess | None = None) -> System:
    """Return the system for the hole of a frame.

    Parameters
    ----------
    known : (H, W, C) float32 array
        Chroma, or other planes to continue into the hole; meaningless there.
    grey : (H, W) float32 array in [0, 1]
        Filled everywhere; colours follow it.
    hole : (H, W) bool array
        True where pixels are to be filled.
    guess : Guess, optional
        Of the same height, width and planes.
    """
    count, planes = int(np.count_nonzero(hole)), known.shape[-1]
    index = np.full(hole.size, -1)
    index[hole.ravel()] = np.arange(count)
    one, other, weight = _links(grey, hole)
    row, column = index[one], index[other]
    diagonal: Values = np.bincount(row, weight, minlength=count).astype(np.float64)
    inner = column >= 0
    off = coo_array((-weight[inner], (row[inner], column[inner])), (count, count))
    rim = ~inner
    pull = known.reshape(-1, planes)[other[rim]] * weight[rim, None]
    right = np.stack(
        [np.bincount(row[rim], pull[:, k], minlength=count) for k in range(planes)], axis=-1
    ).astype(np.float64)
    if guess is not None:
        strength = guess.weight[hole].astype(np.float64)
        diagonal += strength
        right += strength[:, None] * guess.values[hole]
    return System(csc_array(off + diags_array(diagonal)), right)


def _links(grey: Plane, hole: Hole) -> tuple[NDArray[np.intp], NDArray[np.intp], Values]:
    """Return every link from a hole pixel to a neighbour: flat indices of both, and weight."""
    pairs = [_pairs(hole.shape, offset) for offset in NEIGHBOURS]
    first = np.concatenate([a for a, _ in pairs])
    second = np.concatenate([b for _, b in pairs])
    inside = hole.ravel()
    one, other = np.concatenate([first, second]), np.concatenate([second, first])
    starts = inside[one]
    one, other = one[starts], other[starts]
    step = (grey.ravel()[one] - grey.ravel()[other]).astype(np.float64)
    return one, other, np.exp(-(step**2) / (2 * SIGMA**2)) + FLOOR


def _pairs(
    shape: tuple[int, ...], offset: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the flat indices of all pairs of pixels that lie `offset` apart."""
    index = np.arange(shape[0] * shape[1]).reshape(shape)
    dy, dx = offset
    height, width = shape[0] - dy, shape[1]
    left, right = max(0, -dx), width - max(0, dx)
    first = index[:height, left:right]
    second = index[dy : dy + height, left + dx : right + dx]
    return first.ravel(), second.ravel()
