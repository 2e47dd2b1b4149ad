"""One row for each way of filling, of rows for several pictures or masks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.row import Row
from napari_greyfill.measure.metrics import METRICS
from napari_greyfill.measure.statistics import Paired, mean_of, paired

__all__ = ["Behind", "behind_best", "mean_rows"]


@dataclass(frozen=True)
class Behind:
    """How far a way of filling is behind the one with the best mean.

    Attributes
    ----------
    combination, best : Combination
    difference : Paired
        Of the first minus the best, picture by picture.
    """

    combination: Combination
    best: Combination
    difference: Paired


def mean_rows(rows: Sequence[Row], *, seed: int = 0) -> tuple[Row, ...]:
    """Return a row for each combination, in the order in which they come first.

    Metrics and seconds are means over the pictures that every combination has filled, apart from
    those that never work; the memory is the largest.

    Parameters
    ----------
    rows : sequence of Row
        Of several pictures.
    seed : int
        Of the intervals.

    Returns
    -------
    tuple of Row
        With `intervals`, and how many pictures count as `count`.
    """
    by_combination: dict[Combination, list[Row]] = {}
    for row in rows:
        by_combination.setdefault(row.combination, []).append(row)
    working = [{row.picture for row in mine if not row.error} for mine in by_combination.values()]
    filled = [pictures for pictures in working if pictures]
    common = set.intersection(*filled) if filled else set()
    return tuple(
        _mean_row(combination, mine, common, seed) for combination, mine in by_combination.items()
    )


def behind_best(
    rows: Sequence[Row], metric: str = "hole_psnr", *, seed: int = 0
) -> tuple[Behind, ...]:
    """Compare every combination with the one of the best mean, picture by picture.

    Pictures and masks differ in how hard they are by more than ways of filling do, so intervals of
    means overlap where one way is better on every single one. This is what tells.

    Parameters
    ----------
    rows : sequence of Row
        Of several pictures.
    metric : str
        The key of a metric.
    seed : int
        Of the intervals.

    Returns
    -------
    tuple of Behind
        One for each combination but the best that has been measured.
    """
    better = next(each.higher_is_better for each in METRICS if each.key == metric)
    means = [
        row for row in mean_rows(rows, seed=seed) if np.isfinite(row.metrics.get(metric, np.nan))
    ]
    if not means:
        return ()
    best = (max if better else min)(means, key=lambda row: row.metrics[metric]).combination
    numbers: dict[Combination, dict[Hashable, float]] = {}
    for row in rows:
        if metric in row.metrics:
            numbers.setdefault(row.combination, {})[row.picture] = row.metrics[metric]
    return tuple(
        Behind(
            row.combination,
            best,
            paired(numbers[row.combination], numbers[best], higher_is_better=better, seed=seed),
        )
        for row in means
        if row.combination != best
    )


def _mean_row(combination: Combination, rows: Sequence[Row], common: set[str], seed: int) -> Row:
    mine = [row for row in rows if row.picture in common and not row.error]
    if not mine:
        return Row(combination, error=next((row.error for row in rows if row.error), ""), count=0)
    keys = [m.key for m in METRICS if any(m.key in row.metrics for row in mine)]
    means = {key: mean_of((r.metrics.get(key, np.nan) for r in mine), seed=seed) for key in keys}
    peaks = [row.peak_memory for row in mine if row.peak_memory is not None]
    return Row(
        combination,
        metrics={key: found.mean for key, found in means.items()},
        intervals={k: (m.low, m.high) for k, m in means.items() if np.isfinite(m.low)},
        seconds=mean_of(r.seconds for r in mine if r.seconds is not None).mean,
        peak_memory=max(peaks, default=None),
        pixels=round(float(np.mean([row.pixels or 0 for row in mine]))),
        shape=mine[0].shape,
        count=len(mine),
    )
