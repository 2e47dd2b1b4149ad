"""Solving the system of a hole, however large the hole is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags_array
from scipy.sparse.linalg import cg, splu

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.colorization.stencil import Guess, System, Values, system
from napari_greyfill.resample import enlarged, halved

__all__ = ["Solver"]


@dataclass(frozen=True)
class Solver:
    """Continues planes into a hole along equal grey.

    Up to `exact` unknowns the system is factorised. Larger holes start from their solution
    at half the resolution and are refined by conjugate gradients, so that memory stays
    proportional to the hole.

    Attributes
    ----------
    exact : int
    iterations : int
        Of conjugate gradients, at most.
    tolerance : float
        Relative residual at which conjugate gradients end.
    """

    exact: int = 100_000
    iterations: int = 100
    tolerance: float = 1e-4

    def solve(
        self,
        known: Plane,
        grey: Plane,
        hole: Hole,
        guess: Guess | None = None,
        *,
        check: Callable[[], None],
    ) -> Plane:
        """Return the planes with the hole solved for.

        Parameters
        ----------
        known, grey, hole, guess
            As `stencil.system` takes them.
        check : callable
            Called now and then; what it raises ends the work.
        """
        check()
        if not hole.any():
            return known
        equations = system(known, grey, hole, guess)
        result = known.copy()
        if len(equations.right) <= self.exact:
            result[hole] = _factorised(equations)
            return result
        coarse = self.solve(*_halved(known, grey, hole, guess), check=check)
        start = enlarged(coarse, hole.shape)[hole]
        result[hole] = self._refined(equations, start, check)
        return result

    def _refined(self, equations: System, start: Plane, check: Callable[[], None]) -> Values:
        """Improve a start by preconditioned conjugate gradients, a plane at a time."""
        matrix, right = equations.matrix, equations.right
        jacobi = diags_array(1.0 / matrix.diagonal())
        planes = [
            cg(
                matrix,
                right[:, k],
                x0=start[:, k].astype(np.float64),
                rtol=self.tolerance,
                maxiter=self.iterations,
                M=jacobi,
                callback=lambda _: check(),
            )[0]
            for k in range(right.shape[1])
        ]
        return np.stack(planes, axis=-1)


def _factorised(equations: System) -> Values:
    options = {"SymmetricMode": True}
    factors = splu(equations.matrix, permc_spec="MMD_AT_PLUS_A", options=options)
    return np.asarray(factors.solve(equations.right))


def _halved(
    known: Plane, grey: Plane, hole: Hole, guess: Guess | None
) -> tuple[Plane, Plane, Hole, Guess | None]:
    """Return the same problem at half the resolution."""
    everywhere = np.ones_like(hole)
    small, small_hole = halved(known, ~hole)
    small_grey, _ = halved(grey, everywhere)
    if guess is None:
        return small, small_grey, small_hole, None
    values, _ = halved(guess.values, hole)
    weight, _ = halved(guess.weight, hole)
    # flow between pixels does not depend on their size, a pull grows with their area
    return small, small_grey, small_hole, Guess(values, 4 * weight)
