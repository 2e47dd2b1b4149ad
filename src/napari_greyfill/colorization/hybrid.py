"""Colour from examples and from the surroundings, weighed by how sure the examples are.

`Examples` trusts the examples everywhere and only blends them into the surroundings;
`Hybrid` lets colour flow in from the known pixels wherever the examples are unsure.

Both know how sure they are. The colour of a pixel is a weighted mean of sources, known pixels
and examples, so the mean of their squares is solved for beside it, which gives the variance of
the sources. A third plane is 1 at every source and is weakly pulled to 0 everywhere: where it
stays low, next to nothing reaches the pixel, neither colour from outside nor an example.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from napari_greyfill.colorization.base import Colorizer, Colours, Hole, Level, Plane
from napari_greyfill.colorization.examples import Prior, example_prior
from napari_greyfill.colorization.problem import Problem
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.colorization.stencil import Guess
from napari_greyfill.image.colour import chroma
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.resample import doubled_window

__all__ = ["Examples", "Hybrid", "confidence_of", "with_moments"]

_LOOKING, _JOINING = "looking for examples", "joining examples and surroundings"
_LOOKING_SHARE = 0.5  # of the whole work
DOUBT = 5e-5  # the weak pull to no source at all
_HALF_SURE = 4e-3  # variance of the sources at which the confidence is a half


class Examples(Colorizer):
    """Pulls every pixel of the hole equally towards what its examples say."""

    SOLVER: ClassVar[Solver] = Solver()
    PULL: ClassVar[float] = 0.01

    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole; see `Colorizer.run`."""
        yield Level(_LOOKING, 0.0)
        confidence = np.ones_like(grey)
        box = tight_box(hole)
        if box is None:
            return Colours(colour.copy(), confidence)
        looking = example_prior(colour, grey, hole, self.compute)
        prior = yield from self.reported(looking, _LOOKING, 0.0, _LOOKING_SHARE)
        frame = box.expanded(1, (hole.shape[0], hole.shape[1]))
        guess = yield from self._guess(prior, frame)
        here = frame.slices
        known = with_moments(chroma(colour[here]), 0.0, confidence[here])
        problem = Problem(known, grey[here], hole[here], guess)
        yield Level(_JOINING, _LOOKING_SHARE)
        if hints is not None and hints.any():
            problem = yield from self._left_to_hints(problem, hints[here])
        work = self.SOLVER.solve(problem, self.compute)
        planes = yield from self.reported(work, _JOINING, _LOOKING_SHARE, 1.0)
        confidence[here] = np.where(problem.hole, confidence_of(planes), 1.0)
        return Colours(self.with_chroma(colour, grey, frame, planes[..., :2]), confidence)

    def _guess(self, prior: Prior, frame: Window) -> Generator[Level, None, Guess]:
        """Return what pulls on the planes within a frame."""
        yield Level(_JOINING, _LOOKING_SHARE)
        variance = doubled_window(prior.variance, frame)
        pull = self._pull(variance)
        weight = pull + np.float32(DOUBT)
        yield Level(_JOINING, _LOOKING_SHARE)
        means = doubled_window(prior.chroma, frame)
        yield Level(_JOINING, _LOOKING_SHARE)
        return Guess(with_moments(means, variance, pull / weight), weight)

    def _left_to_hints(self, problem: Problem, hints: Hole) -> Generator[Level, None, Problem]:
        """Return the problem with a weaker guess where colour flows from hints.

        How much of the colour that would flow to a pixel comes from hints is what flows there
        if hints are 1 and all other known pixels 0.
        """
        assert problem.guess is not None  # this is about weakening it
        spread = Problem(hints[..., None].astype(np.float32), problem.grey, problem.hole)
        work = self.SOLVER.solve(spread, self.compute)
        planes = yield from self.reported(work, _JOINING, _LOOKING_SHARE, _LOOKING_SHARE)
        weight = problem.guess.weight * (1 - np.clip(planes[..., 0], 0.0, 1.0)) ** 2
        return replace(problem, guess=Guess(problem.guess.values, weight))

    def _pull(self, variance: Plane) -> Plane:
        """Return how strongly to pull for each variance of the examples."""
        return np.full_like(variance, self.PULL)


class Hybrid(Examples):
    """Pulls less where the examples are unsure, so that colour flows in from known pixels."""

    speck_pull = DOUBT
    PULL: ClassVar[float] = 0.01
    VARIANCE: ClassVar[float] = 2e-3  # at which the pull is a quarter of the strongest

    def _pull(self, variance: Plane) -> Plane:
        return np.asarray(self.PULL / (1 + variance / self.VARIANCE) ** 2, dtype=np.float32)


def with_moments(means: Plane, variance: Plane | float, share: Plane) -> Plane:
    """Return (H, W, 4) planes: chroma, its mean square, and how much of a source there is."""
    square = (means**2).sum(axis=-1) + variance
    return np.concatenate([means, np.stack([square, share], axis=-1)], axis=-1)


def confidence_of(planes: Plane) -> Plane:
    """Return how sure the chroma is, from the planes solved for."""
    variance = np.maximum(planes[..., 2] - (planes[..., :2] ** 2).sum(axis=-1), 0.0)
    sure = planes[..., 3] / (1 + variance / _HALF_SURE)
    return np.asarray(np.clip(sure, 0.0, 1.0), dtype=np.float32)
