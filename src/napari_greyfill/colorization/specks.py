"""The colour of holes of a few pixels, many at a time: it flows in from around them.

The equations are those of `stencil`; a hole of few pixels is a small dense system. Examples from
elsewhere in the picture, which pull far weaker than neighbours, would tell next to nothing there.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.colorization.stencil import FLOOR, SIGMA

__all__ = ["flowed"]

_NEIGHBOURS = tuple(offset for offset in product((-1, 0, 1), repeat=2) if any(offset))
_LEAST = 1e-12  # pull, so that what touches nothing known has a colour: none
Numbers = NDArray[np.float64]


def flowed(planes: Plane, grey: Plane, own: Hole, known: Hole, pull: float) -> Plane:
    """Return planes with their specks filled along equal grey.

    Parameters
    ----------
    planes : (N, S, S, C) float32 array
        Chroma, or other planes to continue into the specks.
    grey : (N, S, S) float32 array in [0, 1]
        The filled luma, across whose steps little colour flows.
    own : (N, S, S) bool array
        The specks, none at the border of a frame.
    known : (N, S, S) bool array
        The sources.
    pull : float
        How strongly every pixel is pulled to 0.
    """
    number, y, x, real = _places(own)
    order = np.full(own.shape, -1)
    order[number[real], y[real], x[real]] = np.broadcast_to(np.arange(real.shape[1]), y.shape)[
        real
    ]
    matrix = np.zeros((*y.shape, y.shape[1]))
    right = np.zeros((*y.shape, planes.shape[-1]))
    diagonal = np.where(real, max(pull, _LEAST), 1.0)
    middle = grey[number, y, x].astype(np.float64)
    rows, columns = (np.asarray(index) for index in np.indices(y.shape))
    for down, across in _NEIGHBOURS:
        there = number, np.where(real, y + down, y), np.where(real, x + across, x)
        weight = np.exp(-((middle - grey[there]) ** 2) / (2 * SIGMA**2)) + FLOOR
        weight *= real & (own | known)[there]
        diagonal += weight
        right += (weight * known[there])[..., None] * planes[there]
        inner = real & own[there]
        matrix[rows[inner], columns[inner], order[there][inner]] -= weight[inner]
    matrix[..., np.arange(y.shape[1]), np.arange(y.shape[1])] += diagonal
    solved = np.linalg.solve(matrix, right)
    result = planes.copy()
    result[number[real], y[real], x[real]] = solved[real]
    return result


def _places(own: Hole) -> tuple[NDArray[np.intp], ...]:
    """Return frame, row and column of the pixels of specks, (N, most), and which are real."""
    count = np.count_nonzero(own, axis=(1, 2))
    flat = own.reshape(len(own), -1)
    first = np.argsort(~flat, axis=1, kind="stable")[:, : count.max(initial=0)]
    y, x = np.divmod(first, own.shape[-1])
    number = np.broadcast_to(np.arange(len(own))[:, None], y.shape)
    return number, y, x, np.arange(y.shape[1]) < count[:, None]
