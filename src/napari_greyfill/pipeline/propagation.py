"""What the uncertainty of a fill means for a measurement: a plus-minus for what is measured."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import callable_of, share_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError
from napari_greyfill.pipeline.result import FillResult

__all__ = ["Measurement", "propagate", "propagate_steps"]

Number = Any  # a float, or an array of what a measurement returns


@dataclass(frozen=True, eq=False)
class Measurement:
    """A measurement of a filled image, with what the fill leaves open.

    Attributes
    ----------
    value : float or array
        Of the fill itself.
    mean, std : float or array
        Over the draws. A count or an area of a smooth fill may be off to one side; the mean is
        less so.
    low, high : float or array
        Between which the share `level` of the draws lie.
    level : float
    values : (n, ...) array
        Of each draw.
    """

    value: Number
    mean: Number
    std: Number
    low: Number
    high: Number
    level: float
    values: NDArray[np.float64] = field(repr=False)

    def __str__(self) -> str:
        """Return such as "112.4 ± 2.1 (90 %: 108.9 to 115.6)"."""
        if np.ndim(self.mean):
            return repr(self)
        return (
            f"{self.mean:.4g} ± {self.std:.2g} "
            f"({100 * self.level:g} %: {self.low:.4g} to {self.high:.4g})"
        )


def propagate(
    result: FillResult,
    measure: Callable[[NDArray[Any]], ArrayLike],
    *,
    n: int = 50,
    level: float = 0.9,
    seed: int = 0,
) -> Measurement:
    """Measure a filled image, and say what plus-minus the fill gives the measurement.

    The measurement is made on `n` plausible fills; how it differs between them is what is unknown.
    It holds for what depends on all of the hole or on large parts of it: means, areas, counts. It
    knows only what the picture around the hole shows: an object of a kind that is nowhere else in
    the picture is not among the draws.

    Parameters
    ----------
    result : FillResult
        A faithful fill.
    measure : callable
        Takes an image like `result.image`, and returns a number or an array of them.
    n : int
        How many draws; one at a time is in memory.
    level : float
        The share of the draws that are to lie in the interval, above 0 and below 1.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Measurement

    Raises
    ------
    BadParameterError
        If what is measured is no number.
    GreyfillError
        As in `FillResult.interval`.

    References
    ----------
    JCGM 101:2008, "Evaluation of measurement data - Supplement 1 to the GUM - Propagation of
    distributions using a Monte Carlo method", section 7.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> from napari_greyfill import fill
    >>> photo = data.camera()[200:328, 200:328]
    >>> mask = np.zeros(photo.shape, dtype=bool)
    >>> mask[60:64, 20:100] = True
    >>> found = propagate(fill(photo, mask), lambda image: image[50:74].mean(), n=10)
    >>> bool(found.low <= found.mean <= found.high)
    True
    """
    return exhaust(propagate_steps(result, measure, n=n, level=level, seed=seed))


def propagate_steps(
    result: FillResult,
    measure: Callable[[NDArray[Any]], ArrayLike],
    *,
    n: int = 50,
    level: float = 0.9,
    seed: int = 0,
    cancelled: CancelCheck = never,
) -> Generator[Event, None, Measurement]:
    """Do what `propagate` does step by step; closing the generator cancels.

    Parameters
    ----------
    result, measure, n, level, seed
        As in `propagate`.
    cancelled : callable
        Asked inside long computations, which then raise `CancelledError`.
    """
    callable_of("measure", measure)
    share = share_of("level", level)
    value = _numbers(measure(result.image))
    draws = yield from result.draw_steps(n, seed, cancelled)
    found = []
    for index, image in enumerate(draws):
        found.append(_numbers(measure(image)))
        if found[-1].shape != value.shape:
            raise BadParameterError(
                f"The measurement gave {value.shape} numbers of one fill and {found[-1].shape} of "
                "another; return as many of each image."
            )
        yield Progress(f"measuring {index + 1}/{len(draws)}", (index + 1) / len(draws))
    values = np.stack(found)
    low, high = np.quantile(values, [(1 - share) / 2, (1 + share) / 2], axis=0)
    std = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros_like(value)
    return Measurement(
        _plain(value),
        _plain(values.mean(axis=0)),
        _plain(std),
        _plain(low),
        _plain(high),
        share,
        values,
    )


def _numbers(found: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadParameterError(
            f"The measurement returned {type(found).__name__}, which is no number; return a "
            "number or an array of them."
        ) from error


def _plain(value: NDArray[np.float64]) -> Number:
    return float(value) if np.ndim(value) == 0 else value
