"""A membrane over a hole: the smoothest surface that is fixed at the rim.

It is what is added to a cloned source so that its brightness meets that of the rim without a
seam, and by itself the quickest of all fills.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

__all__ = ["membrane"]

_LOOSE = 1e-9  # holds pieces that touch nothing known, at the mean of what is known
_STEPS = ((0, 1), (1, 0))  # each pair of neighbours once


def membrane(
    plane: NDArray[np.floating], hole: NDArray[np.bool_], known: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return a plane whose hole is a solution of Laplace's equation.

    Each pixel of the hole is the mean of those of its four neighbours that are known or in the
    hole. Time grows a little faster than the number of hole pixels: some 0.1 s for 20,000.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float array
        Of any range; what is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    known : (H, W) bool array, optional
        Pixels that may be taken from, by default all outside the hole.

    Returns
    -------
    float64 array of the shape of `plane`
        Pixels outside the hole are as they were.

    References
    ----------
    P. Perez, M. Gangnet, A. Blake, "Poisson Image Editing", ACM Trans. Graph. 22(3), 2003,
    section 2, doi 10.1145/882262.882269.
    """
    source = ~hole if known is None else known & ~hole
    result = plane.astype(np.float64)
    count = int(np.count_nonzero(hole))
    if count == 0:
        return result
    values = result.reshape(*hole.shape, -1)
    rest = values[source].mean(axis=0) if source.any() else np.zeros(values.shape[-1])
    matrix, right = _system(values, hole, source)
    right += _LOOSE * rest
    values[hole] = splu(matrix, permc_spec="MMD_AT_PLUS_A").solve(right)
    return values.reshape(plane.shape)


def _system(
    values: NDArray[np.float64], hole: NDArray[np.bool_], source: NDArray[np.bool_]
) -> tuple[csc_array, NDArray[np.float64]]:
    """Return the sparse system for the hole pixels in reading order, and its right-hand sides."""
    count = int(np.count_nonzero(hole))
    index = np.full(hole.size, -1)
    index[hole.ravel()] = np.arange(count)
    one, other = _links(hole, source)
    row, column = index[one], index[other]
    inner = column >= 0
    diagonal = np.bincount(row, minlength=count) + _LOOSE
    off = coo_array((np.full(int(inner.sum()), -1.0), (row[inner], column[inner])), (count, count))
    fixed = values.reshape(hole.size, -1)[other[~inner]]
    right = np.stack(
        [np.bincount(row[~inner], part, minlength=count) for part in fixed.T], axis=-1
    )
    return csc_array(off + diags_array(diagonal)), right.astype(np.float64)


def _links(
    hole: NDArray[np.bool_], source: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the flat indices of hole pixels and of those of their neighbours that count."""
    height, width = hole.shape
    index: NDArray[np.intp] = np.arange(hole.size).reshape(height, width)
    counts = (hole | source).ravel()
    pairs = [
        (index[: height - dy, : width - dx].ravel(), index[dy:, dx:].ravel()) for dy, dx in _STEPS
    ]
    first = np.concatenate([a for a, _ in pairs] + [b for _, b in pairs])
    second = np.concatenate([b for _, b in pairs] + [a for a, _ in pairs])
    linked = hole.ravel()[first] & counts[second]
    return first[linked], second[linked]
