"""What trials tell about errors: how large they are, how they are spread, how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from napari_greyfill.inpaint.uncertainty.quantiles import alike, holding

__all__ = ["ErrorModel"]

# of the logarithm of the size of errors from one place to another; chosen on the tuning half
FROM_PLACE_TO_PLACE = 0.55  # one deviation, of a hole that is one piece
ALWAYS = 0.05  # at least, however many pieces there are
CONFIDENCE = 4.0  # how many trials that deviation counts as
NODES = 9  # sizes that stand for all possible ones

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorModel:
    """The sizes of errors over their local scale, learned from trials.

    Errors of one trial share a size, which differs from place to place; over that size, all
    trials have one distribution.

    Attributes
    ----------
    size : float
        The geometric mean over the trials of the root mean square.
    uncertainty : float
        One deviation of the logarithm of the size at the hole itself.
    shapes : tuple of arrays
        The amounts of each trial over its own size, sorted.
    """

    size: float
    uncertainty: float
    shapes: tuple[Values, ...]

    @classmethod
    def learned(cls, trials: Sequence[NDArray[np.floating]], pieces: float) -> ErrorModel:
        """Learn from trials.

        Parameters
        ----------
        trials : sequence of arrays
            Errors over their local scale; at least one, none empty.
        pieces : float
            How many independent pieces the hole has, roughly; at least 1.
        """
        amounts = [np.sort(np.abs(np.ravel(trial).astype(np.float64))) for trial in trials]
        tiny = float(np.finfo(np.float32).tiny)
        sizes = np.array([max(float(np.sqrt(np.mean(one**2))), tiny) for one in amounts])
        # a trial that made no error says little about places that are less easy
        sizes = np.maximum(sizes, 0.05 * sizes.max())
        logs, count = np.log(sizes), len(amounts)
        believed = FROM_PLACE_TO_PLACE**2 / max(pieces, 1.0) + ALWAYS**2
        found = float(((logs - logs.mean()) ** 2).sum())
        variance = (CONFIDENCE * believed + found) / (CONFIDENCE + count - 1)
        return cls(
            float(np.exp(logs.mean())),
            float(np.sqrt(variance * (1 + 1 / count))),
            tuple(one / size for one, size in zip(amounts, sizes, strict=True)),
        )

    def amount(self, level: float) -> float:
        """Return what a share of errors does not exceed, over the local scale.

        Parameters
        ----------
        level : float
            The share, from 0 to 1.
        """
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        shapes, counts = alike(self.shapes)
        values = np.outer(np.exp(self.uncertainty * nodes), shapes).ravel()
        return self.size * holding(values, np.outer(weights, counts).ravel(), level)

    def errors(self, field: NDArray[np.floating], luck: float) -> NDArray[np.float32]:
        """Return errors over the local scale, made of a field of Gaussian numbers.

        Parameters
        ----------
        field : array
            Of deviation 1.
        luck : float
            By how many of its deviations the size differs at this place; 0 is as expected.
        """
        levels, amounts = self._distribution
        share = 2.0 * ndtr(np.abs(field)) - 1.0
        size = self.size * np.exp(self.uncertainty * luck)
        return np.asarray(np.sign(field) * np.interp(share, levels, amounts) * size, np.float32)

    @cached_property
    def _distribution(self) -> tuple[Values, Values]:
        """Return levels, and the amounts over the size that so many do not exceed."""
        levels = np.concatenate([np.linspace(0, 0.99, 100), 1 - np.geomspace(0.005, 1e-4, 8)])
        shapes, counts = alike(self.shapes)
        return levels, np.array([holding(shapes, counts, level) for level in levels])
