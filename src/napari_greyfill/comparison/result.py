"""What a comparison hands out: steps on the way, and the result at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison.columns import best_rows
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.tables import Table, to_csv, to_dataframe

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CompareStep", "Comparison"]


@dataclass(frozen=True, eq=False)
class CompareStep:
    """One moment of a comparison.

    Attributes
    ----------
    name : str
        What is happening, for people; a note's sentence.
    fraction : float
        Finished share of the whole comparison, 0 to 1.
    row : Row or None
        A row that has just been finished.
    note : bool
        Whether `name` is a sentence the user must see.
    """

    name: str
    fraction: float
    row: Row | None = None
    note: bool = False


@dataclass(frozen=True, eq=False)
class Comparison:
    """Fills of one hole, side by side.

    Attributes
    ----------
    rows : tuple of Row
        In the order of methods, pipelines and colorizers.
    hole : (H, W) bool array
        The pixels that were filled.
    why_no_metrics : str
        Empty if there was a reference.
    notes : tuple of str
        Sentences the user should know.
    """

    rows: tuple[Row, ...]
    hole: NDArray[np.bool_] = field(repr=False)
    why_no_metrics: str = ""
    notes: tuple[str, ...] = ()

    def best(self) -> dict[str, set[int]]:
        """Return which rows are best, by the key of each column that can be ranked."""
        return best_rows(self.rows)

    def to_dataframe(self) -> DataFrame:
        """Return the rows as a pandas data frame; `tables.to_dataframe` lists its columns."""
        return to_dataframe(self.rows)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the table as CSV at full precision, and write it to a file if one is given.

        Raises
        ------
        UnwritablePathError
        """
        return _written(to_csv(self.rows), path)

    def to_markdown(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the table in Markdown, the best of each column bold; arguments as `to_csv`."""
        remark = f"\n{self.why_no_metrics}\n" if self.why_no_metrics else ""
        return _written(self._table().to_markdown() + remark, path)

    def to_latex(self, path: str | os.PathLike[str] | None = None) -> str:
        r"""Return a LaTeX ``tabular``, the best of each column bold; arguments as `to_csv`."""
        return _written(self._table().to_latex(), path)

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return an HTML ``table``, the best of each column bold; arguments as `to_csv`."""
        return _written(self._table().to_html(), path)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _table(self) -> Table:
        return Table.of(self.to_dataframe())


def _written(text: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        write_text(path, text)
    return text
