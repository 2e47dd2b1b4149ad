"""The columns of a table of rows: what they hold, what people read, and which row is best."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from napari_greyfill.comparison.row import Row
from napari_greyfill.measure.metrics import METRICS
from napari_greyfill.pipeline.names import pipeline_title

__all__ = ["COLUMNS", "Column", "Value", "best_cells", "best_rows", "columns_named"]

Value = float | int | str | None
Interval = tuple[float, float]
R = TypeVar("R")
_NUMBER, _WHOLE, _TEXT = "float64", "Int64", "string"


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a table.

    Attributes
    ----------
    key, title, explanation : str
        For programs, for people, and for those who ask.
    value : callable
        Returns what a row has there: None, or an empty text, where nothing is known.
    dtype : str
        Of the column in a data frame.
    digits : int or None
        Decimals that people are shown.
    higher_is_better : bool or None
        None if the column ranks nothing.
    shown : callable or None
        What people read in place of a name that programs use.
    in_print : bool
        Whether tables for people have it, unless they are asked for it.
    interval : callable or None
        Returns the interval of what a row has there, if it is a mean.
    """

    key: str
    title: str
    explanation: str
    value: Callable[[R], Value]
    dtype: str = _TEXT
    digits: int | None = None
    higher_is_better: bool | None = None
    shown: Callable[[str], str] | None = None
    in_print: bool = True
    interval: Callable[[R], Interval | None] | None = None

    def text(self, row: R) -> str:
        """Return what people read for a row."""
        return self.as_text(self.value(row), None if self.interval is None else self.interval(row))

    def as_text(
        self,
        value: Any,  # noqa: ANN401 - also the missing values of pandas
        interval: Interval | None = None,
    ) -> str:
        """Return a value as people read it; a dash where there is none.

        Parameters
        ----------
        value : Any
            Of this column.
        interval : tuple of float, optional
            Follows the value in brackets.
        """
        text = self._as_text(value)
        if interval is None or any(map(is_missing, interval)):
            return text
        low, high = map(self._as_text, interval)
        return f"{text} ({low} … {high})"

    def _as_text(self, value: Any) -> str:  # noqa: ANN401
        if is_missing(value):
            return "–"
        if isinstance(value, float) and math.isinf(value):
            return "∞" if value > 0 else "-∞"
        if self.shown is not None:
            return self.shown(str(value))
        return f"{value:.{self.digits}f}" if self.digits is not None else str(value)


def is_missing(value: Any) -> bool:  # noqa: ANN401
    """Return whether a value stands for none: None, NaN, an empty text, pandas' NA."""
    if isinstance(value, str):
        return not value
    return not isinstance(value, int | float) or math.isnan(value)


def _metric(key: str) -> Callable[[Row], Value]:
    return lambda row: row.metrics.get(key)


def _interval(key: str) -> Callable[[Row], Interval | None]:
    return lambda row: row.intervals.get(key)


COLUMNS: tuple[Column[Row], ...] = (
    Column("run", "Run", "Number of the run.", lambda row: row.run, _WHOLE, in_print=False),
    Column("picture", "Picture", "The picture that was filled.", lambda row: row.picture),
    Column("method", "Method", "What filled the hole.", lambda row: row.combination.method),
    Column(
        "pipeline",
        "Pipeline",
        "What is filled, and how the colour comes back.",
        lambda row: row.combination.pipeline,
        shown=pipeline_title,
    ),
    Column(
        "colorizer",
        "Colorizer",
        "What recovered the colour.",
        lambda row: row.combination.colorizer,
    ),
    *(
        Column(
            *(m.key, m.title, m.explanation, _metric(m.key), _NUMBER),
            digits=m.digits,
            higher_is_better=m.higher_is_better,
            interval=_interval(m.key),
        )
        for m in METRICS
    ),
    Column(
        "seconds", "Seconds", "Wall time of the fill.", lambda row: row.seconds, _NUMBER, 2, False
    ),
    Column(
        "memory", "Peak MB", "Memory at most, in MB.", lambda row: row.megabytes, _NUMBER, 1, False
    ),
    Column(
        "pixels",
        "Pixels",
        "Number of pixels that were filled.",
        lambda row: row.pixels,
        _WHOLE,
        in_print=False,
    ),
    Column("error", "Failed because", "Why there is no result.", lambda row: row.error),
)


def columns_named(*keys: str) -> tuple[Column[Row], ...]:
    """Return columns by their keys, in that order."""
    by_key = {column.key: column for column in COLUMNS}
    return tuple(by_key[key] for key in keys)


def best_rows(rows: Sequence[Row]) -> dict[str, set[int]]:
    """Return which rows are best, by the key of each column that ranks; see `best_cells`."""
    return best_cells({column.key: [column.value(row) for row in rows] for column in COLUMNS})


def best_cells(values: Mapping[str, Sequence[Any]]) -> dict[str, set[int]]:
    """Return which rows of a table are best, by the key of each column that ranks.

    Only rows of the same picture and as many filled pixels compare, where a table has these
    columns. Rows that show the same tie, and a row that is alone is not best.

    Parameters
    ----------
    values : mapping
        The values of whole columns by their keys.
    """
    count = max(map(len, values.values()), default=0)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for index in range(count):
        same = tuple(values[key][index] for key in ("picture", "pixels") if key in values)
        groups.setdefault(same, []).append(index)
    found: dict[str, set[int]] = {}
    for column in COLUMNS:
        if column.higher_is_better is None or column.key not in values:
            continue
        for rows in (rows for rows in groups.values() if len(rows) > 1):
            best = _best(column, {index: values[column.key][index] for index in rows})
            found.setdefault(column.key, set()).update(best)
    return found


def _best(column: Column[Row], values: Mapping[int, Any]) -> set[int]:
    """Return the rows that show what the best one does."""
    known = {index: float(value) for index, value in values.items() if not is_missing(value)}
    if not known:
        return set()
    best = (max if column.higher_is_better else min)(known.values())
    shown = column.as_text(best)
    return {index for index, value in known.items() if column.as_text(value) == shown}
