"""Solving the system of a hole, however large the hole is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from napari_greyfill.colorization.base import Plane
from napari_greyfill.colorization.problem import Problem
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.resample import doubled
from napari_greyfill.image.tiles import Tile, tiles

__all__ = ["Solver"]

_COARSE_SHARE = 0.25  # of the work on a hole, for all coarser levels together


@dataclass(frozen=True)
class Solver:
    """Continues planes into a hole along equal grey.

    Up to `exact` unknowns the system is factorised. Larger holes start from their solution
    at half the resolution, and are then solved in tiles, each with what is around it as it
    is by then (a multiplicative Schwarz method). No system is ever larger than `exact`, and
    the time for a pixel does not depend on the size of the hole. On CUDA, `accelerated.solve`
    takes the whole hole instead.

    Attributes
    ----------
    exact : int
    tile : int
        Side of the tiles.
    overlap : int
        How far beyond its tile each system reaches.
    """

    exact: int = 40_000
    tile: int = 160
    overlap: int = 16

    def solve(self, problem: Problem, compute: Compute) -> Generator[float, None, Plane]:
        """Yield finished fractions, and return the planes with the hole solved for.

        Parameters
        ----------
        problem : Problem
            The equations, and where they hold.
        compute : Compute
            Asked before each system whether to stop.
        """
        compute.check()
        if compute.in_torch:
            from napari_greyfill.colorization import accelerated

            return (yield from accelerated.solve(problem, compute))
        hole = problem.hole
        if np.count_nonzero(hole) <= self.exact:
            return problem.solved()
        yield 0.0
        half = problem.halved()
        yield 0.0
        coarse = yield from scaled(self.solve(half, compute), 0.0, _COARSE_SHARE)
        start = doubled(coarse, hole.shape)
        yield _COARSE_SHARE
        result = np.where(hole[..., None], start, problem.known)
        parts = list(tiles(hole, self.tile, self.overlap))
        yield _COARSE_SHARE
        for done, part in enumerate(parts):
            compute.check()
            _solve_tile(problem, result, part)
            yield _COARSE_SHARE + (1 - _COARSE_SHARE) * (done + 1) / len(parts)
        return result


def _solve_tile(problem: Problem, result: Plane, tile: Tile) -> None:
    """Solve for a tile and its overlap; write the tile into the result."""
    inner = tile.frame
    outer = inner.expanded(1, (result.shape[0], result.shape[1]))
    part = problem.cut(outer)
    hole = np.zeros_like(part.hole)
    hole[inner.within(outer)] = part.hole[inner.within(outer)]
    solved = Problem(result[outer.slices], part.grey, hole, part.guess).solved()
    result[tile.core.slices] = solved[tile.core.within(outer)]
