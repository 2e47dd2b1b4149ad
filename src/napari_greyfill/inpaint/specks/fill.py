"""The faithful fills on holes of a few pixels: learn from a sample, then fill all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.simplex import simplex_weights
from napari_greyfill.inpaint.specks.frames import Frames
from napari_greyfill.inpaint.specks.members import members

__all__ = ["SpeckFill"]

Weights = NDArray[np.float64]


class SpeckFill:
    """A weighted mean of the members of the faithful blend, for holes of a few pixels.

    Nothing iterates: the biharmonic and the spectral fill of a speck are small systems that are
    solved at once, the waves of the frequency-selective fill and the correcting network see one
    small frame. The weights of the members and the error to expect are learned from a sample of
    the specks, moved to known places.

    Parameters
    ----------
    weights : sequence of float
        Of the members, see `members.members`.
    trust : float
        Share of weights that are fitted to the picture; 0 for a single member.
    """

    def __init__(self, weights: Sequence[float], trust: float = 0.0) -> None:
        self.weights: Weights = np.array(weights, dtype=np.float64)
        self._trust = trust
        self._ratio: float | None = None

    @property
    def tries(self) -> bool:
        """Return whether moved specks are of use."""
        return self._trust > 0

    def learn_weights(self, trials: Frames, truth: NDArray[np.floating]) -> None:
        """Fit weights and learn the error to expect from specks that were moved to known places.

        Parameters
        ----------
        trials : Frames
            The frames of N specks that were moved.
        truth : (N, INNER, INNER) array
            Their middles, on the scale of the picture.
        """
        every = members(trials, [True] * len(self.weights))
        own = trials.own
        errors = np.stack([(trials.on_scale(fill) - truth)[own] for fill in every])
        scale = float(np.abs(errors).max(initial=0.0)) or 1.0
        fitted = simplex_weights(errors / scale)
        self.weights = (1 - self._trust) * self.weights + self._trust * fitted
        squares = (self.weights @ errors) ** 2
        rough = (trials.contrast**2) @ np.count_nonzero(own, axis=(1, 2))
        self._ratio = float(squares.sum() / rough) if rough > 0 else None

    def fill(self, frames: Frames) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return fills of the middles of frames on the picture's scale, and the error to expect.

        Returns
        -------
        fills : (N, INNER, INNER) array
        squares : (2, N) array or None
            Sums over the pixels of each speck: of the squared error to expect by its contrast,
            and of the squared deviation of the members from their mean. None if nobody knows.
        """
        fills = members(frames, list(self.weights > 0))
        mean = np.tensordot(self.weights, np.stack(fills), 1)
        if self._ratio is None:
            return frames.on_scale(mean), None
        spread = np.tensordot(self.weights, (np.stack(fills) - mean) ** 2, 1)
        apart = np.where(frames.own, spread, 0).sum(axis=(1, 2)) * frames.deviation**2
        count = np.count_nonzero(frames.own, axis=(1, 2))
        return frames.on_scale(mean), np.stack([self._ratio * frames.contrast**2 * count, apart])
