"""The quantile that intervals are made of, of single pictures and of planes of stacks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["alike", "holding"]

Values = NDArray[np.float64]


def alike(trials: Sequence[NDArray[np.floating]]) -> tuple[Values, Values]:
    """Return the values of all trials, and weights by which each trial counts alike.

    Parameters
    ----------
    trials : sequence of arrays
        None of them empty.
    """
    values = np.concatenate([np.ravel(trial) for trial in trials]).astype(np.float64)
    return values, np.concatenate([np.full(np.size(one), 1 / np.size(one)) for one in trials])


def holding(values: Values, weights: Values, level: float) -> float:
    """Return the least of some values that a share of them, by weight, does not exceed.

    Parameters
    ----------
    values : (N,) array
        Such as errors over what was expected of them.
    weights : (N,) array
        How much each counts.
    level : float
        The share, from 0 to 1.

    References
    ----------
    J. Lei et al., "Distribution-Free Predictive Inference for Regression", Journal of the American
    Statistical Association 113, 2018, doi 10.1080/01621459.2017.1307116, section 5 (errors over
    a local scale).
    """
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][min(np.searchsorted(total, level * total[-1]), len(values) - 1)])
