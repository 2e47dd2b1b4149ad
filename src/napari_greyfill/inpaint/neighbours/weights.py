"""How much the members count, what error to expect, and how wide an interval has to be.

All three come from shadows: trials where the hole covers known pixels, in the plane itself or in
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.blend import MOST_UNLIKE
from napari_greyfill.inpaint.uncertainty.quantiles import alike, holding

__all__ = [
    "Shadow",
    "agree",
    "cautious_weights",
    "deviation_of",
    "error_to_expect",
    "gains",
    "relative_contrast",
    "spread_of",
]

Errors = NDArray[np.float64]
Weights = NDArray[np.float64]

STEP = 0.1  # of the weights that are tried
NOISE = 4e-6  # mean squared error, of the window's range: half a grey level of 255
LEAST_SPAN = 1e-4  # of the common scale; a window may be flat
CAUTION = 0.3  # decibels that other planes have to promise at least, for all of the weight
PER_SHADOW = 0.6  # and more of them for each shadow fewer than three
SHADOWS = 3
CLEAR = 3.0  # decibels of gain that need no further shadow
LEAST_DEVIATION = 0.5  # of the expected error, at any pixel
LEAST_OF_LARGEST = 0.1  # of the largest error of a trial, that each of the others counts as
COVERED = 0.9  # of the true values lie within the interval


@dataclass(frozen=True, eq=False)
class Shadow:
    """What the members did in one trial.

    Attributes
    ----------
    errors : (members, pixels) array
        Fill less truth; the plane's own fill first.
    contrast : float
        How rough it is around the real hole, relative to around this one.
    """

    errors: Errors
    contrast: float


def relative_contrast(here: float, there: float) -> float:
    """Return how much rougher it is around a hole than around a trial, as far as believed.

    Parameters
    ----------
    here, there : float
        Contrasts around the hole and around the trial; the result is from 0.1 to 10.
    """
    return float(np.clip(here / there, 1 / MOST_UNLIKE, MOST_UNLIKE)) if there > 0 else 1.0


def cautious_weights(
    shadows: Sequence[Shadow],
    *,
    span: float = 1.0,
    count: int | None = None,
    caution: float = CAUTION,
    members: int = 3,
) -> Weights:
    """Return the weights that promise most without being sure of more than the shadows agree on.

    Half the mean and half the worst of the shadows' errors, in decibels over those of the
    plane's own fill, plus a penalty for what is not the plane's own.

    Parameters
    ----------
    shadows : sequence of Shadow
        Of as many members each; without any, only the first member counts.
    span : float
        Of the values in the window: errors far below are not told apart.
    count : int, optional
        Shadows to count for the penalty, if not all that were wanted were needed.
    caution : float, optional
        Decibels that other planes have to promise at least, for all of the weight.
    members : int, optional
        How many there are, where no shadow tells.
    """
    members = len(shadows[0].errors) if shadows else members
    if not shadows:
        return np.asarray(np.eye(members)[0])
    grid = _simplex(members)
    levels = np.stack([_decibels(grid, shadow, span) for shadow in shadows])
    missing = max(0, SHADOWS - (len(shadows) if count is None else count))
    penalty = (caution + PER_SHADOW * missing) * (1 - grid[:, 0])
    promised = 0.5 * levels.max(axis=0) + 0.5 * levels.mean(axis=0)
    return np.asarray(grid[int(np.argmin(promised + penalty))])


def gains(shadow: Shadow, span: float) -> float:
    """Return by how many decibels the best other member is better than the plane's own fill.

    Parameters
    ----------
    shadow : Shadow
        Of two members at least.
    span : float
        Of the values in the window.
    """
    single = np.eye(len(shadow.errors))[1:]
    return -float(_decibels(single, shadow, span).min())


def agree(shadows: Sequence[Shadow], span: float) -> bool:
    """Tell whether shadows promise clear gains, or clear losses, all of them.

    Parameters
    ----------
    shadows : sequence of Shadow
        Two at least.
    span : float
        Of the values in the window.
    """
    found = np.array([gains(shadow, span) for shadow in shadows])
    return bool(np.all(found > CLEAR) or np.all(found < -CLEAR))


def error_to_expect(shadows: Sequence[Shadow], weights: Weights) -> float | None:
    """Return the root mean square error to expect, None without a shadow.

    The geometric mean over the shadows of the error there, times the square root of how much
    rougher the surroundings of the hole are; none counts as less than a tenth of the largest,
    as where there is next to nothing in one of the planes.

    Parameters
    ----------
    shadows : sequence of Shadow
        Of as many members each.
    weights : (members,) array
        1 in sum.
    """
    if not shadows:
        return None
    found = [_rms(shadow, weights) * np.sqrt(shadow.contrast) for shadow in shadows]
    least = max(LEAST_OF_LARGEST * max(found), float(np.finfo(np.float32).tiny))
    return float(np.exp(np.mean(np.log(np.maximum(found, least)))))


def deviation_of(fills: NDArray[np.floating], error: float) -> NDArray[np.float64]:
    """Return how uncertain pixels are: by how far the members are apart, and at least a little.

    Parameters
    ----------
    fills : (members, ...) array
        What each says, or their errors.
    error : float
        The root mean square error to expect.
    """
    return np.asarray(np.hypot(LEAST_DEVIATION * error, np.std(fills, axis=0, dtype=np.float64)))


def spread_of(shadows: Sequence[Shadow], weights: Weights) -> float | None:
    """Return the multiple of the deviation that holds 90 % of the errors, None without a shadow.

    Each shadow counts alike, however many pixels it has.

    Parameters
    ----------
    shadows : sequence of Shadow
        Of as many members each.
    weights : (members,) array
        1 in sum.
    """
    if not shadows:
        return None
    ratios = []
    for shadow in shadows:
        deviation = deviation_of(shadow.errors, _rms(shadow, weights))
        tiny = np.finfo(np.float32).tiny
        ratios.append(np.abs(weights @ shadow.errors) / np.maximum(deviation, tiny))
    return holding(*alike(ratios), COVERED)


def _rms(shadow: Shadow, weights: Weights) -> float:
    return float(np.sqrt(np.mean((weights @ shadow.errors) ** 2)))


def _decibels(grid: Weights, shadow: Shadow, span: float) -> NDArray[np.float64]:
    """Return the error of each row of weights, in decibels over that of the first member."""
    noise = NOISE * max(span, LEAST_SPAN) ** 2
    gram = shadow.errors @ shadow.errors.T / shadow.errors.shape[1] + noise
    power = np.einsum("wi,ij,wj->w", grid, gram, grid)
    return np.asarray(10 * np.log10(power / gram[0, 0]))


def _simplex(members: int) -> Weights:
    """Return all weights of whole steps, none negative and 1 in sum."""
    steps = round(1 / STEP)
    grid = np.indices((steps + 1,) * (members - 1)).reshape(members - 1, -1).T
    grid = grid[grid.sum(axis=1) <= steps]
    return np.column_stack([steps - grid.sum(axis=1), grid]) / steps
