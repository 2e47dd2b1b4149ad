r"""Rows as tables: a data frame and CSV for programs, Markdown, LaTeX and HTML for people.

`to_dataframe` is the one table that all others are made from. Pandas is imported once a table
is made. It writes what programs read; Markdown and LaTeX are written here, because pandas needs
one more package for each, and HTML, because its cells cannot be told apart by style sheets.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison.columns import COLUMNS, Column, best_cells, is_missing
from napari_greyfill.comparison.row import Row
from napari_greyfill.errors import BadParameterError
from napari_greyfill.measure.metrics import METRICS

if TYPE_CHECKING:
    from pandas import DataFrame

_LOW, _HIGH = "_low", "_high"  # what follows the name of a column, in those of its interval

__all__ = ["SUFFIXES", "Table", "to_csv", "to_dataframe", "to_tsv", "write_table"]


def to_dataframe(rows: Sequence[Row]) -> DataFrame:
    """Return rows as a pandas data frame, a line for each.

    Parameters
    ----------
    rows : sequence of Row
        One for each line, in this order.

    Returns
    -------
    pandas.DataFrame
        ``picture``, ``method``, ``pipeline``, ``colorizer``, ``error``: texts, empty where there
        is nothing to say. ``psnr``, ``ssim``, ``hole_psnr``, ``hole_ssim``, ``mae``,
        ``delta_e``: floats as of `metrics`. ``seconds``: wall time. ``memory``: MB at most.
        These are NaN where they are not known. ``pixels``: how many were filled, a nullable
        whole number. ``run``, likewise, only where rows have numbers of runs. Where rows are
        means, ``psnr_low``, ``psnr_high`` and so on: intervals, and ``count``: of how many fills.
    """
    import pandas as pd

    numbered = any(row.run is not None for row in rows)
    columns = {
        column.key: pd.Series([column.value(row) for row in rows], dtype=column.dtype)
        for column in COLUMNS
        if numbered or column.key != "run"
    }
    if any(row.intervals for row in rows):
        for key in dict.fromkeys(key for row in rows for key in row.intervals):
            pairs = [row.intervals.get(key, (float("nan"),) * 2) for row in rows]
            for name, place in ((_LOW, 0), (_HIGH, 1)):
                columns[key + name] = pd.Series([p[place] for p in pairs], dtype="float64")
        columns["count"] = pd.Series([row.count for row in rows], dtype="Int64")
    return pd.DataFrame(columns)


def to_csv(rows: Sequence[Row]) -> str:
    """Return CSV: keys as header, full precision, empty where nothing is known."""
    return str(to_dataframe(rows).to_csv(index=False, lineterminator="\n"))


def to_tsv(rows: Sequence[Row], columns: Sequence[Column[Row]] | None = None) -> str:
    """Return the table as it is shown, separated by tabs, for pasting into a spreadsheet.

    Parameters
    ----------
    rows : sequence of Row
        One for each line, in this order.
    columns : sequence of Column, optional
        By default those of `Table.of`.
    """
    import pandas as pd

    table = Table.of(to_dataframe(rows), columns)
    text = pd.DataFrame(list(table.lines), columns=list(table.header))
    return str(text.to_csv(index=False, sep="\t", lineterminator="\n"))


@dataclass(frozen=True)
class Table:
    """A table for people: cells of plain text.

    Attributes
    ----------
    header : tuple of str
    lines : tuple of tuples of str
    numeric : tuple of bool
        Which columns align right.
    bold : frozenset of (line, column)
    """

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    bold: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, frame: DataFrame, columns: Sequence[Column[Row]] | None = None) -> Table:
        """Return a data frame as people read it, the best of each column bold.

        Parameters
        ----------
        frame : pandas.DataFrame
            Of `to_dataframe`, or with some of its columns.
        columns : sequence of Column, optional
            By default those that hold anything, and the metrics, whose lack is to be seen.
        """
        values: dict[str, list[Any]] = {str(key): frame[key].tolist() for key in frame}
        shown = _shown(values) if columns is None else [c for c in columns if c.key in values]
        best = best_cells(values)
        return cls(
            header=tuple(column.title for column in shown),
            lines=tuple(
                tuple(
                    column.as_text(values[column.key][line], _interval(values, column.key, line))
                    for column in shown
                )
                for line in range(len(frame))
            ),
            numeric=tuple(column.dtype != "string" for column in shown),
            bold=frozenset(
                (line, place)
                for place, column in enumerate(shown)
                for line in best.get(column.key, ())
            ),
        )

    def to_markdown(self) -> str:
        """Return the table in Markdown."""
        rule = ["---:" if right else "---" for right in self.numeric]
        lines = self._marked(_markdown_safe, "**{}**")
        return "".join(f"| {' | '.join(line)} |\n" for line in [self.header, rule, *lines])

    def to_latex(self) -> str:
        r"""Return a ``tabular`` with the rules of the package booktabs."""
        layout = "".join("r" if right else "l" for right in self.numeric)
        header = " & ".join(map(latex_safe, self.header))
        lines = self._marked(latex_safe, r"\textbf{{{}}}")
        body = "".join(f"{' & '.join(line)} \\\\\n" for line in lines)
        return (
            f"\\begin{{tabular}}{{{layout}}}\n\\toprule\n{header} \\\\\n\\midrule\n"
            f"{body}\\bottomrule\n\\end{{tabular}}\n"
        )

    def to_html(self) -> str:
        """Return a ``table``; cells of numbers are of the class ``number``."""
        head = self._cells("th", map(escape, self.header))
        lines = (self._cells("td", line) for line in self._marked(escape, "<strong>{}</strong>"))
        body = "\n".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"

    def _marked(self, safe: Callable[[str], str], bold: str) -> list[list[str]]:
        """Return lines of safe cells, those to be bold put into a format."""
        return [
            [
                bold.format(safe(cell)) if (line, place) in self.bold else safe(cell)
                for place, cell in enumerate(cells)
            ]
            for line, cells in enumerate(self.lines)
        ]

    def _cells(self, tag: str, texts: Iterable[str]) -> str:
        kinds = (' class="number"' if right else "" for right in self.numeric)
        return "".join(
            f"<{tag}{kind}>{text}</{tag}>" for kind, text in zip(kinds, texts, strict=True)
        )


def write_table(rows: Sequence[Row], path: str | os.PathLike[str]) -> None:
    """Write rows as the suffix says: .csv, .md, .tex or .html.

    Parameters
    ----------
    rows : sequence of Row
        One for each line, in this order.
    path : path
        The file to write, replaced if it is there.

    Raises
    ------
    BadParameterError
        For other suffixes.
    UnwritablePathError
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(SUFFIXES)
        raise BadParameterError(f"A table cannot be written as {path.name}; use one of: {known}.")
    write_text(path, writer(rows))


def latex_safe(text: str) -> str:
    """Return a text that LaTeX prints as it stands."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {"–": "--", "∞": r"$\infty$", "Δ": r"$\Delta$"}
    special |= {character: f"\\{character}" for character in "&%$#_{}"}
    return "".join(special.get(character, character) for character in text)


def _markdown_safe(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _interval(values: dict[str, list[Any]], key: str, line: int) -> tuple[float, float] | None:
    if key + _LOW not in values:
        return None
    return values[key + _LOW][line], values[key + _HIGH][line]


def _shown(values: dict[str, list[Any]]) -> list[Column[Row]]:
    metrics = {metric.key for metric in METRICS}
    return [
        column
        for column in COLUMNS
        if column.in_print
        and column.key in values
        and (column.key in metrics or not all(map(is_missing, values[column.key])))
    ]


def _for_people(write: Callable[[Table], str]) -> Callable[[Sequence[Row]], str]:
    return lambda rows: write(Table.of(to_dataframe(rows)))


_WRITERS: dict[str, Callable[[Sequence[Row]], str]] = {
    ".csv": to_csv,
    ".md": _for_people(Table.to_markdown),
    ".tex": _for_people(Table.to_latex),
    ".html": _for_people(Table.to_html),
}
SUFFIXES = tuple(_WRITERS)
