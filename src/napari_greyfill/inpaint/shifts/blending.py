"""Put copies together so that no seam shows, without bleeding of what does not fit.

References
----------
P. Perez, M. Gangnet, A. Blake, "Poisson Image Editing", ACM Trans. Graphics 22(3), 2003, doi
10.1145/882262.882269. The weights, which fall where slopes do not fit, are this project's own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Plane
from napari_greyfill.inpaint.shifts.atlas import Atlas, squares

__all__ = ["blended"]

Indices = NDArray[np.int64]
Values = NDArray[np.float32]

SEAM = 0.15  # mismatch of slopes at which a seam between two copies is given up by half
RIM = 0.06  # likewise for the rim of the hole, by three quarters
LEAST = 0.002  # weight of what does not fit at all
PULL = 1e-3  # towards the copy
DIRECT = 150_000  # pixels that are solved for at once; more by iteration
PRECISION = 1e-4  # of [0, 1]: where an iteration stops
MOST_STEPS = 600


def blended(atlas: Atlas, shifts: Indices, compute: Compute) -> Plane:
    """Return the colours of the targets, (n, C), copied and then fitted to each other.

    Parameters
    ----------
    atlas : Atlas
        The finest scale.
    shifts : (n, 2) int array
        Of each target.
    compute : Compute
        Asked whether to go on.
    """
    colours = atlas.colours.reshape(-1, atlas.colours.shape[-1])
    sources, _ = atlas.sources(atlas.targets, shifts)
    copies = colours[sources]
    inner = _inner(atlas, shifts, colours, copies)
    outer = _outer(atlas, shifts, colours, copies)
    count = atlas.targets.size
    (p, q, slope, weight), (at, known, rim_weight) = inner, outer
    diagonal = np.full(count, PULL)
    diagonal += np.bincount(p, weight, count) + np.bincount(q, weight, count)
    diagonal += np.bincount(at, rim_weight, count)
    right = PULL * copies.astype(np.float64)
    for channel in range(copies.shape[1]):
        flow = weight * slope[:, channel]
        right[:, channel] += np.bincount(q, flow, count) - np.bincount(p, flow, count)
        right[:, channel] += np.bincount(at, rim_weight * known[:, channel], count)
    links = coo_array((-np.r_[weight, weight], (np.r_[p, q], np.r_[q, p])), shape=(count, count))
    matrix = csc_array(links + diags_array(diagonal))
    compute.check()
    if count <= DIRECT:
        options = {"SymmetricMode": True}
        solver = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
        return np.asarray(solver.solve(right), dtype=np.float32)
    return _iterated(matrix, diagonal, right, copies, compute)


def _inner(
    atlas: Atlas, shifts: Indices, colours: Values, copies: Values
) -> tuple[Indices, Indices, Values, Values]:
    """Return pairs of targets, the slope wanted from the first to the second, and its weight."""
    p, q = atlas.edges
    own = copies[q] - copies[p]
    same = (shifts[p] == shifts[q]).all(axis=1)
    slope, weight = own.copy(), np.ones(p.size, np.float32)
    seam = np.flatnonzero(~same)
    first, second = p[seam], q[seam]
    over, good = atlas.sources(atlas.targets[second], shifts[first])
    back, fine = atlas.sources(atlas.targets[first], shifts[second])
    one = np.where(good[:, None], colours[over] - copies[first], own[seam])
    two = np.where(fine[:, None], copies[second] - colours[back], own[seam])
    slope[seam] = (one + two) / 2
    mismatch = squares(own[seam] - slope[seam])
    weight[seam] = np.maximum(LEAST, 1 / (1 + mismatch / SEAM**2))
    return p, q, slope, weight


def _outer(
    atlas: Atlas, shifts: Indices, colours: Values, copies: Values
) -> tuple[Indices, Values, Values]:
    """Return targets beside known pixels, the colours wanted there, and their weight."""
    height, width = atlas.shape
    row, column = np.divmod(atlas.targets, width)
    found = []
    for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        y, x = row + down, column + right
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < atlas.width)
        beside = np.where(inside, y * width + x, 0)
        at = np.flatnonzero(inside & ~atlas.unknown.ravel()[beside])
        known = colours[beside[at]]
        source, good = atlas.sources(beside[at], shifts[at])
        slope = np.where(good[:, None], copies[at] - colours[source], 0.0)
        mismatch = squares(copies[at] - slope - known)
        weight = np.maximum(LEAST, (1 + mismatch / RIM**2) ** -2)
        found.append((at, known + slope, np.where(good, weight, LEAST)))
    at, known, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    return at, known, weight


def _iterated(
    matrix: csc_array,
    diagonal: NDArray[np.float64],
    right: NDArray[np.float64],
    start: Values,
    compute: Compute,
) -> Plane:
    """Solve by conjugate gradients, channel by channel, from the copies on."""
    from napari_greyfill.compute.conjugate_gradients import Operators, conjugate_gradients

    rows = matrix.tocsr()
    operators = Operators(
        matrix=lambda v: rows @ v,
        preconditioner=lambda v: v / diagonal,
        dot=lambda a, b: float(a @ b),
    )
    solved = np.empty(start.shape, np.float32)
    for channel in range(start.shape[1]):
        values = start[:, channel].astype(np.float64)
        residual = right[:, channel] - rows @ values
        for step, found in enumerate(conjugate_gradients(values, residual, operators)):
            compute.check()
            if step >= MOST_STEPS or np.abs(found.residual / diagonal).max() < PRECISION * 1e-2:
                break
        solved[:, channel] = found.values
    return solved
