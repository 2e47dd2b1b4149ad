"""Solving the system of a hole, however large the hole is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import splu

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.colorization.stencil import Guess, System, Values, system
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.resample import doubled, halved

__all__ = ["Problem", "Solver"]

_COARSE_SHARE = 0.25  # of the work on a hole, for all coarser levels together


@dataclass(frozen=True, eq=False)
class Problem:
    """Planes to continue into a hole; see `stencil.system` for the fields."""

    known: Plane
    grey: Plane
    hole: Hole
    guess: Guess | None = None

    def cut(self, window: Window) -> Problem:
        """Return the part within a window."""
        frame = window.slices
        guess = self.guess and Guess(self.guess.values[frame], self.guess.weight[frame])
        return Problem(self.known[frame], self.grey[frame], self.hole[frame], guess)

    def halved(self) -> Problem:
        """Return the same problem at half the resolution."""
        small, small_hole = halved(self.known, ~self.hole)
        small_grey, _ = halved(self.grey, np.ones_like(self.hole))
        if self.guess is None:
            return Problem(small, small_grey, small_hole)
        values, _ = halved(self.guess.values, self.hole)
        weight, _ = halved(self.guess.weight, self.hole)
        # flow between pixels does not depend on their size, a pull grows with their area
        return Problem(small, small_grey, small_hole, Guess(values, 4 * weight))

    def solved(self) -> Plane:
        """Return the planes with the hole solved for at once."""
        result = self.known.copy()
        if self.hole.any():
            equations = system(self.known, self.grey, self.hole, self.guess)
            result[self.hole] = _factorised(equations)
        return result


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
        tiles = self._tiles(hole)
        yield _COARSE_SHARE
        for done, tile in enumerate(tiles):
            compute.check()
            self._solve_tile(problem, result, tile)
            yield _COARSE_SHARE + (1 - _COARSE_SHARE) * (done + 1) / len(tiles)
        return result

    def _tiles(self, hole: Hole) -> list[Window]:
        height, width = hole.shape
        tiles = [
            Window(y, min(y + self.tile, height), x, min(x + self.tile, width))
            for y in range(0, height, self.tile)
            for x in range(0, width, self.tile)
        ]
        return [tile for tile in tiles if hole[tile.slices].any()]

    def _solve_tile(self, problem: Problem, result: Plane, tile: Window) -> None:
        """Solve for a tile and its overlap; write the tile into the result."""
        shape = (result.shape[0], result.shape[1])
        inner = tile.expanded(self.overlap, shape)
        outer = inner.expanded(1, shape)
        part = problem.cut(outer)
        hole = np.zeros_like(part.hole)
        hole[inner.within(outer)] = part.hole[inner.within(outer)]
        solved = Problem(result[outer.slices], part.grey, hole, part.guess).solved()
        result[tile.slices] = solved[tile.within(outer)]


def _factorised(equations: System) -> Values:
    options = {"SymmetricMode": True}
    factors = splu(equations.matrix, permc_spec="MMD_AT_PLUS_A", options=options)
    return np.asarray(factors.solve(equations.right))
