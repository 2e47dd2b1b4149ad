"""Weights of fills whose errors are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Weights", "simplex_weights"]

Weights = NDArray[np.float64]


def simplex_weights(errors: NDArray[np.float64]) -> Weights:
    """Return the weights, none negative and 1 in sum, whose weighted error is the least.

    For the few members there are, every subset is solved in closed form; the best one without
    negative weights is the optimum.

    Parameters
    ----------
    errors : (members, pixels) array
        Fill less truth of each member, in any one unit.
    """
    gram = errors @ errors.T / max(errors.shape[1], 1)
    members = len(gram)
    ridge = 1e-6 * max(float(np.trace(gram)) / members, 1e-12)
    gram = gram + ridge * np.eye(members)
    best, least = np.full(members, 1 / members), np.inf
    for size in range(1, members + 1):
        for chosen in combinations(range(members), size):
            weights = _of_subset(gram, chosen)
            if weights.min() >= 0 and (error := float(weights @ gram @ weights)) < least:
                best, least = weights, error
    return best


def _of_subset(gram: NDArray[np.float64], chosen: Sequence[int]) -> Weights:
    """Return the best weights of some members, negative ones allowed; 0 for the others."""
    solved = np.linalg.solve(gram[np.ix_(chosen, chosen)], np.ones(len(chosen)))
    weights = np.zeros(len(gram))
    weights[list(chosen)] = solved / solved.sum()
    return weights
