"""Means and paired statistics: whether one way of filling is better, or only seems so.

Two ways are compared on the same pictures, so what counts are the differences picture by picture:
their mean, how far off that mean may be, and how often each way wins.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mean", "Paired", "mean_of", "paired"]

_SAMPLES = 10_000
_CONFIDENCE = 0.95
_AT_ONCE = 1_000_000  # differences drawn, which bounds the memory
Interval = tuple[float, float]


@dataclass(frozen=True)
class Mean:
    """A mean, and how far off it may be.

    Attributes
    ----------
    mean : float
        NaN without numbers.
    low, high : float
        A 95 % bootstrap interval of the mean; NaN with fewer than two numbers.
    count : int
        How many numbers count.
    """

    mean: float
    low: float
    high: float
    count: int


def mean_of(values: Iterable[float], *, seed: int = 0) -> Mean:
    """Return the mean of the finite numbers among values, with its interval.

    Parameters
    ----------
    values : iterable of float
        Missing and infinite ones are left out.
    seed : int
        The same seed gives the same interval.

    Returns
    -------
    Mean

    References
    ----------
    As of `paired`.
    """
    numbers = np.array(list(values), dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    low, high = _interval(finite, seed)
    mean = float(finite.mean()) if finite.size else float("nan")
    return Mean(mean, low, high, finite.size)


@dataclass(frozen=True)
class Paired:
    """How two ways compare over pictures.

    Attributes
    ----------
    mean : float
        Mean of first - second; NaN without pairs.
    low, high : float
        A 95 % bootstrap interval of that mean; NaN with fewer than two pairs.
    wins, losses, ties : int
        On how many pictures the first is better, worse, or equal.
    left_out : int
        Pairs in which a number is missing or infinite.
    """

    mean: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int
    left_out: int = 0

    @property
    def pairs(self) -> int:
        """Return the number of pictures that count."""
        return self.wins + self.losses + self.ties

    @property
    def is_clear(self) -> bool:
        """Return whether the interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


def paired(
    first: Mapping[Hashable, float],
    second: Mapping[Hashable, float],
    *,
    higher_is_better: bool = True,
    seed: int = 0,
) -> Paired:
    """Compare two ways on the pictures that both have.

    Parameters
    ----------
    first, second : mapping from pictures to numbers
        What was measured of each way.
    higher_is_better : bool
        Which sign of a difference is a win.
    seed : int
        The same seed gives the same interval.

    References
    ----------
    B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993,
    chapter 13 (percentile interval).
    """
    common = [picture for picture in first if picture in second]
    both = np.array([(first[p], second[p]) for p in common], dtype=np.float64).reshape(-1, 2)
    known = np.isfinite(both).all(axis=1)
    differences = both[known, 0] - both[known, 1]
    better = differences if higher_is_better else -differences
    low, high = _interval(differences, seed)
    return Paired(
        mean=float(differences.mean()) if differences.size else float("nan"),
        low=low,
        high=high,
        wins=int(np.count_nonzero(better > 0)),
        losses=int(np.count_nonzero(better < 0)),
        ties=int(np.count_nonzero(better == 0)),
        left_out=int(np.count_nonzero(~known)),
    )


def _interval(differences: NDArray[np.float64], seed: int) -> Interval:
    """Return the percentiles of the means of samples drawn with replacement."""
    if differences.size < 2:
        return float("nan"), float("nan")
    if (differences == differences[0]).all():  # nothing to draw from
        return float(differences[0]), float(differences[0])
    from scipy.stats import bootstrap  # imported here, because it takes most of a second

    found = bootstrap(
        (differences,),
        np.mean,
        n_resamples=_SAMPLES,
        batch=max(1, _AT_ONCE // differences.size),
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)
