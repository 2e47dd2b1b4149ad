"""The tables of a report."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.tables import best_rows, shown_columns
from napari_greyfill.measure import METRICS
from napari_greyfill.pipeline.names import pipeline_title
from napari_greyfill.study.document import Table
from napari_greyfill.study.summary import Comparing, Means, title_of_pair

__all__ = ["all_means", "failures", "paired_csv", "paired_table", "study_table", "table_of"]

_STUDIED = ("psnr", "ssim")


def study_table(means: Means) -> Table:
    """Return pipelines as rows, and PSNR and SSIM of each method as columns.

    Laid out as Table 1 of Wang, Ouyang and Chen, CVPR 2021.
    """
    found = list(means.values)
    pipelines = list(dict.fromkeys(c.pipeline for c in found))
    # rgb-rgb has no colorizer, and stands below each of them
    whole = {(c.method, c.pipeline): c for c in found if not c.colorizer}
    sides = list(dict.fromkeys((c.method, c.colorizer) for c in found if c.colorizer))
    sides += [(method, "") for method, _ in whole if method not in {method for method, _ in sides}]
    metrics = [metric for metric in METRICS if metric.key in _STUDIED]
    header = ["Pipeline"]
    columns: list[list[float]] = []
    for method, colorizer in sides:
        for metric in metrics:
            header.append(f"{_side(method, colorizer, sides)} {metric.title}")
            chosen = [
                whole.get((method, p)) or Combination(method, p, colorizer) for p in pipelines
            ]
            columns.append([means.values.get(c, {}).get(metric.key, np.nan) for c in chosen])
    digits = [metric.digits for _ in sides for metric in metrics]
    bold = {(_best(values, higher=True), i + 1) for i, values in enumerate(columns)}
    lines = tuple(
        (
            pipeline_title(pipeline),
            *(_text(values[n], d) for values, d in zip(columns, digits, strict=True)),
        )
        for n, pipeline in enumerate(pipelines)
    )
    return Table(tuple(header), lines, (False, *(True for _ in columns)), frozenset(bold))


def _side(method: str, colorizer: str, sides: Sequence[tuple[str, str]]) -> str:
    """Return the method, with the colorizer where it does not go without saying."""
    several = len({c for _, c in sides if c}) > 1
    return f"{method} + {colorizer}" if several and colorizer else method


def all_means(means: Means) -> Table:
    """Return combinations as rows and all metrics as columns."""
    metrics = [m for m in METRICS if any(np.isfinite(v[m.key]) for v in means.values.values())]
    bold = {
        (_best([v[m.key] for v in means.values.values()], higher=m.higher_is_better), 3 + i)
        for i, m in enumerate(metrics)
    }
    lines = tuple(
        (
            combination.method,
            pipeline_title(combination.pipeline),
            combination.colorizer or "–",
            *(_text(values[m.key], m.digits) for m in metrics),
            _text(values["seconds"], 2),
        )
        for combination, values in means.values.items()
    )
    header = ("Method", "Pipeline", "Colorizer", *(m.title for m in metrics), "Seconds")
    numeric = (False, False, False, *(True for _ in metrics), True)
    return Table(header, lines, numeric, frozenset(bold))


def paired_table(comparisons: Sequence[Comparing]) -> Table:
    """Return pairs of combinations as rows, one for each metric."""
    lines, bold = [], set()
    for number, compared in enumerate(comparisons):
        pair, shared = title_of_pair(compared.first, compared.second)
        result, digits = compared.result, compared.metric.digits
        interval = f"{result.low:+.{digits}f} … {result.high:+.{digits}f}"
        lines.append(
            (
                compared.metric.title,
                pair,
                shared,
                _text(result.mean, digits, sign=True),
                interval if np.isfinite(result.low) else "–",
                f"{result.wins} of {result.pairs}",
            )
        )
        if result.is_clear:
            bold.add((number, 3))
    header = ("Metric", "Difference", "With", "Mean", "95 % interval", "First better")
    numeric = (False, False, False, True, True, True)
    return Table(header, tuple(lines), numeric, frozenset(bold))


def paired_csv(comparisons: Sequence[Comparing]) -> str:
    """Return the same for programs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    numbers = ("mean", "low", "high", "wins", "losses", "ties", "left_out")
    names = ("method", "pipeline", "colorizer")
    sides = [f"{side}_{name}" for side in ("first", "second") for name in names]
    writer.writerow(["metric", *sides, *numbers])
    for compared in comparisons:
        pair = [getattr(c, name) for c in (compared.first, compared.second) for name in names]
        result = [getattr(compared.result, name) for name in numbers]
        writer.writerow([compared.metric.key, *pair, *result])
    return out.getvalue()


def table_of(rows: Sequence[Row]) -> Table:
    """Return every row, the best of each picture bold."""
    columns = [column for column in shown_columns(rows) if column.key != "error"]
    bold = set()
    for picture in dict.fromkeys(row.picture for row in rows):
        indices = [number for number, row in enumerate(rows) if row.picture == picture]
        best = best_rows([rows[number] for number in indices])
        for place, column in enumerate(columns):
            bold |= {(indices[number], place) for number in best.get(column.key, ())}
    lines = tuple(tuple(column.text(row) for column in columns) for row in rows)
    header = tuple(column.title for column in columns)
    return Table(header, lines, tuple(c.digits is not None for c in columns), frozenset(bold))


def failures(rows: Sequence[Row]) -> Table:
    """Return each reason of failed rows once, with how often it occurred."""
    reasons: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.error:
            key = (row.combination.title, row.error)
            reasons[key] = reasons.get(key, 0) + 1
    lines = tuple((title, reason, str(count)) for (title, reason), count in reasons.items())
    return Table(("Combination", "Because", "Pictures"), lines, (False, False, True))


def _best(values: Sequence[float], *, higher: bool) -> int:
    worst = -np.inf if higher else np.inf
    known = [value if np.isfinite(value) else worst for value in values]
    return int(np.argmax(known) if higher else np.argmin(known))


def _text(value: float, digits: int, *, sign: bool = False) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
