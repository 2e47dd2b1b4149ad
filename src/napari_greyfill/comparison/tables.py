"""Rows of a comparison as tables: CSV for programs, Markdown and LaTeX for people."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from napari_greyfill.pipeline.names import pipeline_title
from napari_greyfill.measure.metrics import METRICS

if TYPE_CHECKING:
    from napari_greyfill.comparison.row import Row

__all__ = [
    "COLUMNS",
    "Column",
    "best_rows",
    "latex_table",
    "markdown_table",
    "shown_columns",
    "to_csv",
    "to_latex",
    "to_markdown",
    "to_tsv",
]

Value = float | int | str | None
R = TypeVar("R")


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a table of rows.

    Attributes
    ----------
    higher_is_better : bool or None
        None if the column ranks nothing.
    shown : callable or None
        What people read in place of a name that programs use.
    """

    key: str
    title: str
    explanation: str
    value: Callable[[R], Value]
    digits: int | None = None
    higher_is_better: bool | None = None
    shown: Callable[[str], str] | None = None

    def text(self, row: R) -> str:
        """Return the value as people read it; a dash where there is none."""
        value = self.value(row)
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            return "–"
        if isinstance(value, float) and math.isinf(value):
            return "∞"
        if self.shown is not None:
            return self.shown(str(value))
        return f"{value:.{self.digits}f}" if self.digits is not None else str(value)


def _metric(key: str) -> Callable[[Row], Value]:
    return lambda row: row.metrics.get(key)


COLUMNS: tuple[Column[Row], ...] = (
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
        Column(m.key, m.title, m.explanation, _metric(m.key), m.digits, m.higher_is_better)
        for m in METRICS
    ),
    Column("seconds", "Seconds", "Wall time of the fill.", lambda row: row.seconds, 2, False),
    Column("memory", "Peak MB", "Memory at most, in MB.", lambda row: row.megabytes, 1, False),
    Column("error", "Failed because", "Why there is no result.", lambda row: row.error),
)


def best_rows(rows: Sequence[Row]) -> dict[str, set[int]]:
    """Return which rows are best in each column that ranks; rows that show the same tie.

    Rows of one picture should be given at a time: numbers of different pictures do not compare.
    """
    found: dict[str, set[int]] = {}
    for column in COLUMNS:
        if column.higher_is_better is None:
            continue
        values = {index: _number(column.value(row)) for index, row in enumerate(rows)}
        known = {index: value for index, value in values.items() if not math.isnan(value)}
        if not known:
            continue
        best = max(known, key=lambda i: known[i] if column.higher_is_better else -known[i])
        shown = column.text(rows[best])
        found[column.key] = {index for index in known if column.text(rows[index]) == shown}
    return found


def shown_columns(rows: Sequence[Row]) -> list[Column[Row]]:
    """Return the columns that hold anything; metrics always do, to show that they are missing."""
    metrics = {metric.key for metric in METRICS}
    return [
        column
        for column in COLUMNS
        if column.key in metrics or any(column.value(row) not in (None, "") for row in rows)
    ]


def to_csv(rows: Sequence[Row]) -> str:
    """Return CSV: keys as header, full precision, empty where nothing is known."""
    return _separated([c.key for c in COLUMNS], ([c.value(row) for c in COLUMNS] for row in rows))


def to_tsv(rows: Sequence[Row]) -> str:
    """Return the table as it is shown, separated by tabs, for pasting into a spreadsheet."""
    columns = shown_columns(rows)
    lines = ([column.text(row) for column in columns] for row in rows)
    return _separated([column.title for column in columns], lines, "\t")


def to_markdown(rows: Sequence[Row]) -> str:
    """Return a Markdown table, the best of each column bold."""
    header, lines, numeric = _marked(rows, lambda text: f"**{text}**", _markdown_safe)
    return markdown_table(header, lines, numeric)


def to_latex(rows: Sequence[Row]) -> str:
    r"""Return a ``tabular`` with booktabs' rules, the best of each column bold."""
    header, lines, numeric = _marked(rows, lambda text: rf"\textbf{{{text}}}", latex_safe)
    return latex_table(header, lines, numeric)


def markdown_table(
    header: Sequence[str], lines: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> str:
    """Return a Markdown table of texts that are safe already; numeric columns align right."""
    rule = ["---:" if right else "---" for right in numeric]
    return "".join(f"| {' | '.join(line)} |\n" for line in [list(header), rule, *lines])


def latex_table(
    header: Sequence[str], lines: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> str:
    r"""Return a ``tabular`` of texts that are safe already; needs the package booktabs."""
    layout = "".join("r" if right else "l" for right in numeric)
    body = "".join(f"{' & '.join(line)} \\\\\n" for line in lines)
    return (
        f"\\begin{{tabular}}{{{layout}}}\n\\toprule\n{' & '.join(header)} \\\\\n\\midrule\n"
        f"{body}\\bottomrule\n\\end{{tabular}}\n"
    )


def latex_safe(text: str) -> str:
    """Return a text that LaTeX prints as it stands."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {"–": "--", "∞": r"$\infty$", "Δ": r"$\Delta$"}
    special |= {character: f"\\{character}" for character in "&%$#_{}"}
    return "".join(special.get(character, character) for character in text)


def _markdown_safe(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _marked(
    rows: Sequence[Row], bold: Callable[[str], str], safe: Callable[[str], str]
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return header, lines and which columns are numeric, the best cells bold."""
    columns, best = shown_columns(rows), _best_by_picture(rows)
    lines = [
        [
            bold(safe(c.text(row))) if index in best.get(c.key, ()) else safe(c.text(row))
            for c in columns
        ]
        for index, row in enumerate(rows)
    ]
    return [safe(c.title) for c in columns], lines, [c.digits is not None for c in columns]


def _best_by_picture(rows: Sequence[Row]) -> dict[str, set[int]]:
    """Return the best rows of each picture, by column."""
    found: dict[str, set[int]] = {}
    for picture in dict.fromkeys(row.picture for row in rows):
        indices = [index for index, row in enumerate(rows) if row.picture == picture]
        for key, best in best_rows([rows[index] for index in indices]).items():
            found.setdefault(key, set()).update(indices[index] for index in best)
    return found


def _number(value: Value) -> float:
    return float(value) if isinstance(value, float | int) else math.nan


def _separated(
    header: Sequence[str], lines: Iterable[Sequence[Value]], delimiter: str = ","
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue()
