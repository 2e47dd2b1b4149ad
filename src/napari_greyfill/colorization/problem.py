"""Planes to continue into a hole, as a system of equations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import splu

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.colorization.stencil import Guess, System, Values, system
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.resample import halved

__all__ = ["Problem"]


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


def _factorised(equations: System) -> Values:
    options = {"SymmetricMode": True}
    factors = splu(equations.matrix, permc_spec="MMD_AT_PLUS_A", options=options)
    return np.asarray(factors.solve(equations.right))
