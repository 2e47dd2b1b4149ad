"""Colour from examples and from the surroundings, weighed by how sure the examples are.

`Examples` trusts the examples everywhere and only blends them into the surroundings;
`Hybrid` lets colour flow in from the known pixels wherever the examples disagree.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

import numpy as np

from napari_greyfill.colorization.base import Colorizer, Hole, Level, Plane
from napari_greyfill.colorization.examples import Prior, example_prior
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.colorization.stencil import Guess
from napari_greyfill.colour import chroma, with_luma
from napari_greyfill.geometry import tight_box
from napari_greyfill.resample import enlarged

__all__ = ["Examples", "Hybrid"]

_EXAMPLES_SHARE = 0.8  # of the whole work


class Examples(Colorizer):
    """Pulls every pixel of the hole equally towards what its examples say."""

    SOLVER: ClassVar[Solver] = Solver()
    PULL: ClassVar[float] = 0.02

    def run(self, colour: Plane, grey: Plane, hole: Hole) -> Generator[Level, None, Plane]:
        """Colour the hole; see `Colorizer.run`."""
        yield Level("looking for examples", 0.0)
        solved = chroma(colour)
        box = tight_box(hole)
        if box is None:
            return with_luma(grey, solved)
        work = example_prior(colour, grey, hole, self.compute.seed)
        prior = yield from self._reported(work)
        yield Level("joining examples and surroundings", _EXAMPLES_SHARE)
        frame = box.expanded(1, (hole.shape[0], hole.shape[1])).slices
        guess = self._guess(prior, hole.shape)
        solved[frame] = self.SOLVER.solve(
            solved[frame],
            grey[frame],
            hole[frame],
            Guess(guess.values[frame], guess.weight[frame]),
            check=self.compute.check,
        )
        return with_luma(grey, solved)

    def _reported(self, work: Generator[float, None, Prior]) -> Generator[Level, None, Prior]:
        while True:
            self.compute.check()
            try:
                part = next(work)
            except StopIteration as stop:
                prior: Prior = stop.value
                return prior
            yield Level("looking for examples", _EXAMPLES_SHARE * part)

    def _guess(self, prior: Prior, shape: tuple[int, ...]) -> Guess:
        variance = enlarged(prior.variance, shape, order=1)
        return Guess(enlarged(prior.chroma, shape, order=1), self._pull(variance))

    def _pull(self, variance: Plane) -> Plane:
        """Return how strongly to pull for each variance of the examples."""
        return np.full_like(variance, self.PULL)


class Hybrid(Examples):
    """Pulls less where the examples disagree, so that colour flows in from the known pixels."""

    PULL: ClassVar[float] = 0.004
    VARIANCE: ClassVar[float] = 4e-4  # at which the pull is a quarter of the strongest

    def _pull(self, variance: Plane) -> Plane:
        return np.asarray(self.PULL / (1 + variance / self.VARIANCE) ** 2, dtype=np.float32)
