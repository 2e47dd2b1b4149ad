"""What a study has found: means over pictures, and whether differences are more than chance."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations as pairs_of
from typing import TYPE_CHECKING

import numpy as np

from napari_greyfill.comparison import Combination, Row, to_dataframe
from napari_greyfill.measure import METRICS, Metric
from napari_greyfill.measure.statistics import Paired, paired
from napari_greyfill.pipeline.names import GREY, pipeline_title

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Comparing", "Means", "compared", "means_of", "title_of_pair"]

# the hole PSNR differs from the whole by a constant, so its differences are the same
_COMPARED = ("psnr", "ssim", "delta_e")
_WAY = ["method", "pipeline", "colorizer"]
_AVERAGED = [*(metric.key for metric in METRICS), "seconds"]


@dataclass(frozen=True, eq=False)
class Means:
    """Means over the pictures that every combination has filled.

    Attributes
    ----------
    pictures : list of str
        The pictures that count.
    frame : pandas.DataFrame
        A line for each combination, with the columns of `to_dataframe` that have means; infinite
        numbers are left out.
    left_out : int
        Pictures with some result, but not all.
    """

    pictures: list[str]
    frame: DataFrame
    left_out: int

    def of(self, methods: Collection[str]) -> Means:
        """Return the lines of these methods alone."""
        mine = self.frame[self.frame["method"].isin(list(methods))].reset_index(drop=True)
        return Means(self.pictures, mine, self.left_out)


@dataclass(frozen=True)
class Comparing:
    """Two combinations, compared by one metric."""

    metric: Metric
    first: Combination
    second: Combination
    result: Paired


def means_of(rows: Sequence[Row], *, colour: bool) -> Means:
    """Return the means of all combinations over the same pictures.

    Parameters
    ----------
    rows : sequence of Row
        Of any pictures and combinations.
    colour : bool
        Whether to look at pictures with colour, or at grey ones.
    """
    frame = to_dataframe(rows)
    mine = frame[((frame["pipeline"] != GREY) == colour) & (frame["error"] == "")]
    # a combination that never works must not cost all others their means
    working = mine[_WAY].drop_duplicates()
    filled = mine.groupby("picture", sort=False).size()
    whole = filled.index[filled == len(working)]
    finite = mine[mine["picture"].isin(whole)].replace([np.inf, -np.inf], np.nan)
    means = finite.groupby(_WAY, sort=False)[_AVERAGED].mean().reset_index()
    return Means(list(whole), working.merge(means, how="left"), len(filled) - len(whole))


def compared(rows: Sequence[Row]) -> list[Comparing]:
    """Compare the pipelines of each method, and the methods within each pipeline."""
    numbers: dict[Combination, list[Row]] = {}
    for row in rows:
        if not row.error:
            numbers.setdefault(row.combination, []).append(row)
    pairs = [pair for pair in pairs_of(numbers, 2) if _differ_in_one_thing(*pair)]
    pairs.sort(key=lambda pair: pair[0].method != pair[1].method)  # pipelines first
    found = (
        Comparing(metric, first, second, _paired(numbers[first], numbers[second], metric))
        for metric in METRICS
        if metric.key in _COMPARED
        for first, second in pairs
    )
    return [one for one in found if one.result.pairs]


def title_of_pair(first: Combination, second: Combination) -> tuple[str, str]:
    """Return what two combinations differ in, and what they share."""
    if first.method != second.method:
        return f"{first.method} minus {second.method}", _how(first)
    if first.pipeline != second.pipeline:
        titles = (pipeline_title(c.pipeline) for c in (first, second))
        colorizer = first.colorizer or second.colorizer
        shared = f"{first.method} + {colorizer}" if colorizer else first.method
        return " minus ".join(titles), shared
    return f"{first.colorizer} minus {second.colorizer}", first.method


def _how(combination: Combination) -> str:
    title = pipeline_title(combination.pipeline)
    return f"{title}, {combination.colorizer}" if combination.colorizer else title


def _differ_in_one_thing(first: Combination, second: Combination) -> bool:
    """Return whether a difference has one cause: rgb-rgb has no colorizer to differ in."""
    pipeline = first.pipeline != second.pipeline
    both = bool(first.colorizer and second.colorizer)
    colorizer = both and first.colorizer != second.colorizer
    return (first.method != second.method) + pipeline + colorizer == 1


def _paired(first: Sequence[Row], second: Sequence[Row], metric: Metric) -> Paired:
    better = metric.higher_is_better
    return paired(_numbers(first, metric), _numbers(second, metric), higher_is_better=better)


def _numbers(rows: Sequence[Row], metric: Metric) -> dict[Hashable, float]:
    return {row.picture: row.metrics[metric.key] for row in rows if metric.key in row.metrics}
