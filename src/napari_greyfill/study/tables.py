"""The tables of a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from napari_greyfill.comparison import Combination, Row, to_dataframe
from napari_greyfill.comparison.columns import Column, best_cells, columns_named
from napari_greyfill.comparison.tables import Table
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.measure import METRICS
from napari_greyfill.pipeline.names import pipeline_title
from napari_greyfill.study.summary import Comparing, Means, title_of_pair
from napari_greyfill.study.training import foreign_to

__all__ = [
    "all_means",
    "failures",
    "paired_csv",
    "paired_table",
    "study_table",
    "table_of",
    "training_table",
]

_STUDIED = ("psnr", "ssim")
_WAY = ("method", "pipeline", "colorizer")
_MEANS = (*(metric.key for metric in METRICS), "seconds")


def study_table(means: Means) -> Table:
    """Return pipelines as rows, and PSNR and SSIM of each method as columns.

    Laid out as Table 1 of Wang, Ouyang and Chen, CVPR 2021.
    """
    found = {
        Combination(*(line[name] for name in _WAY)): line
        for line in means.frame.to_dict("records")
    }
    pipelines = list(dict.fromkeys(c.pipeline for c in found))
    # rgb-rgb has no colorizer, and stands below each of them
    whole = {(c.method, c.pipeline): c for c in found if not c.colorizer}
    sides = list(dict.fromkeys((c.method, c.colorizer) for c in found if c.colorizer))
    sides += [(method, "") for method, _ in whole if method not in {method for method, _ in sides}]
    header, texts, bold = ["Pipeline"], [[pipeline_title(p) for p in pipelines]], set()
    for method, colorizer in sides:
        chosen = [whole.get((method, p)) or Combination(method, p, colorizer) for p in pipelines]
        for column in columns_named(*_STUDIED):
            values = [found.get(c, {}).get(column.key) for c in chosen]
            best = best_cells({column.key: values}).get(column.key, set())
            bold |= {(line, len(header)) for line in best}
            header.append(f"{_side(method, colorizer, sides)} {column.title}")
            texts.append([column.as_text(value) for value in values])
    lines = tuple(zip(*texts, strict=True))
    return Table(tuple(header), lines, (False, *(True for _ in header[1:])), frozenset(bold))


def _side(method: str, colorizer: str, sides: Sequence[tuple[str, str]]) -> str:
    """Return the method, with the colorizer where it does not go without saying."""
    several = len({c for _, c in sides if c}) > 1
    return f"{method} + {colorizer}" if several and colorizer else method


def all_means(means: Means) -> Table:
    """Return combinations as rows, and what was measured as columns."""
    return Table.of(means.frame, [*columns_named(*_WAY), *_measured(means)])


def _measured(means: Means) -> list[Column[Row]]:
    """Return the columns that hold any mean."""
    found = means.frame.dropna(axis="columns", how="all")
    return [column for column in columns_named(*_MEANS) if column.key in found]


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
    import pandas as pd

    numbers = ("mean", "low", "high", "wins", "losses", "ties", "left_out")
    sides = [f"{side}_{name}" for side in ("first", "second") for name in _WAY]
    lines = [
        [
            compared.metric.key,
            *(getattr(c, name) for c in (compared.first, compared.second) for name in _WAY),
            *(getattr(compared.result, name) for name in numbers),
        ]
        for compared in comparisons
    ]
    frame = pd.DataFrame(lines, columns=["metric", *sides, *numbers])
    return str(frame.to_csv(index=False, lineterminator="\n"))


def table_of(rows: Sequence[Row]) -> Table:
    """Return every row, the best of each picture bold; why rows failed is told elsewhere."""
    return Table.of(to_dataframe(rows).drop(columns="error"))


def failures(rows: Sequence[Row]) -> Table:
    """Return each reason of failed rows once, with how often it occurred."""
    reasons: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.error:
            key = (row.combination.title, row.error)
            reasons[key] = reasons.get(key, 0) + 1
    lines = tuple((title, reason, str(count)) for (title, reason), count in reasons.items())
    return Table(("Combination", "Because", "Pictures"), lines, (False, False, True))


def training_table(
    infos: Sequence[MethodInfo], shapes: Collection[str], sizes: Collection[tuple[int, int]]
) -> Table:
    """Return networks as rows: what each was trained on, and what of a study is foreign to it.

    Parameters
    ----------
    infos : sequence of MethodInfo
        Each with its training.
    shapes, sizes
        As `foreign_to` takes them.
    """
    lines = tuple(
        (
            info.name,
            info.training.pictures,
            info.training.masks,
            str(info.training.size),
            " ".join(foreign_to(info.training, shapes, sizes)) or "–",
        )
        for info in infos
        if info.training is not None
    )
    header = ("Method", "Trained on", "Holes", "Pixels", "Foreign here")
    return Table(header, lines, (False, False, False, True, False))


def _text(value: float, digits: int, *, sign: bool = False) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
