"""Colour that flows from the known pixels along equal grey.

The chroma c of the hole minimises ``sum over neighbours w(p, q) (c(p) - c(q))^2`` with known
pixels fixed, ``w(p, q) = exp(-(Y(p) - Y(q))^2 / (2 sigma^2)) + floor`` over the eight
neighbours and Y the luma, after Levin, Lischinski and Weiss, "Colorization using
Optimization", ACM Trans. Graph. 23(3), 2004, doi 10.1145/1015706.1015780. That is one sparse,
symmetric, positive definite system with two right-hand sides, one for each chroma plane.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import cg, splu

from napari_greyfill.colorization.base import Colorizer, Hole, Level, Plane
from napari_greyfill.colour import chroma, with_luma
from napari_greyfill.geometry import tight_box
from napari_greyfill.resample import enlarged, halved

__all__ = ["Propagation"]

_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # each pair of pixels once


class Propagation(Colorizer):
    """Solves for the chroma of the hole in closed form.

    Up to `EXACT` unknowns the system is factorised. Larger holes start from their solution
    at half the resolution and are refined by conjugate gradients, so that memory stays
    proportional to the hole.
    """

    SIGMA: ClassVar[float] = 0.01
    FLOOR: ClassVar[float] = 1e-5
    EXACT: ClassVar[int] = 100_000
    ITERATIONS: ClassVar[int] = 100
    TOLERANCE: ClassVar[float] = 1e-4

    def run(self, colour: Plane, grey: Plane, hole: Hole) -> Generator[Level, None, Plane]:
        """Colour the hole; see `Colorizer.run`."""
        yield Level("propagating colour", 0.0)
        box = tight_box(hole)
        solved = chroma(colour)
        if box is not None:
            frame = box.expanded(1, (hole.shape[0], hole.shape[1])).slices
            solved[frame] = self._solve(solved[frame], grey[frame], hole[frame])
        return with_luma(grey, solved)

    def _solve(self, known: Plane, grey: Plane, hole: Hole) -> Plane:
        """Return the chroma of a frame with the hole solved for."""
        self.compute.check()
        if not hole.any():
            return known
        matrix, right = self._system(known, grey, hole)
        result = known.copy()
        if matrix.shape[0] <= self.EXACT:
            factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
            result[hole] = factors.solve(right)
            return result
        small, small_hole = halved(known, ~hole)
        small_grey, _ = halved(grey, np.ones_like(hole))
        coarse = self._solve(small, small_grey, small_hole)
        start = enlarged(coarse, hole.shape)[hole]
        result[hole] = self._refined(matrix, right, start)
        return result

    def _system(
        self, known: Plane, grey: Plane, hole: Hole
    ) -> tuple[csc_array, NDArray[np.float64]]:
        """Return the matrix over hole pixels and the pull of the known ones, (n, 2)."""
        index = np.full(hole.shape, -1)
        count = int(np.count_nonzero(hole))
        index[hole] = np.arange(count)
        pairs = [_pairs(hole.shape, offset) for offset in _NEIGHBOURS]
        first = np.concatenate([a for a, _ in pairs])
        second = np.concatenate([b for _, b in pairs])
        flat_hole, flat_index = hole.ravel(), index.ravel()
        touches = flat_hole[first] | flat_hole[second]
        first, second = first[touches], second[touches]
        step = (grey.ravel()[first] - grey.ravel()[second]).astype(np.float64)
        weight = np.exp(-(step**2) / (2 * self.SIGMA**2)) + self.FLOOR
        one = np.concatenate([first, second])
        other = np.concatenate([second, first])
        weight = np.concatenate([weight, weight])
        row = flat_index[one]
        inside, inner = row >= 0, (row >= 0) & flat_hole[other]
        diagonal = np.bincount(row[inside], weight[inside], minlength=count)
        off = coo_array((-weight[inner], (row[inner], flat_index[other][inner])), (count, count))
        rim = inside & ~flat_hole[other]
        pull = known.reshape(-1, 2)[other[rim]] * weight[rim, None]
        right = np.stack(
            [np.bincount(row[rim], pull[:, k], minlength=count) for k in range(2)], axis=-1
        )
        return csc_array(off + diags_array(diagonal)), right.astype(np.float64)

    def _refined(
        self, matrix: csc_array, right: NDArray[np.float64], start: Plane
    ) -> NDArray[np.float64]:
        """Improve a start by preconditioned conjugate gradients, a chroma plane at a time."""
        jacobi = diags_array(1.0 / matrix.diagonal())

        def ask(_: object) -> None:
            self.compute.check()

        planes = [
            cg(
                matrix,
                right[:, k],
                x0=start[:, k].astype(np.float64),
                rtol=self.TOLERANCE,
                maxiter=self.ITERATIONS,
                M=jacobi,
                callback=ask,
            )[0]
            for k in range(right.shape[1])
        ]
        return np.stack(planes, axis=-1)


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
