"""What a comparison hands out at the end: all its rows, and tables of them."""

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
from napari_greyfill.errors import EveryMethodFailedError

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Comparison"]


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

    Examples
    --------
    >>> from skimage import data
    >>> import napari_greyfill as greyfill
    >>> mask = np.zeros((64, 64), dtype=bool)
    >>> mask[30:32, 10:50] = True
    >>> found = greyfill.compare(data.camera()[:64, :64], mask, methods=["biharmonic", "spectral"])
    >>> [row.combination.title for row in found.rows]
    ['biharmonic, Grey', 'spectral, Grey']
    """

    rows: tuple[Row, ...]
    hole: NDArray[np.bool_] = field(repr=False)
    why_no_metrics: str = ""
    notes: tuple[str, ...] = ()

    def require_some(self) -> None:
        """Check that at least one method gave a result.

        Raises
        ------
        EveryMethodFailedError
            With the reasons.
        """
        if not any(row.result is not None for row in self.rows):
            told = " ".join(dict.fromkeys(row.failure for row in self.rows))
            raise EveryMethodFailedError(told)

    def __repr__(self) -> str:
        """Say in one line how many fills there are, and which has the smallest error."""
        failed = sum(row.result is None for row in self.rows)
        known = [row for row in self.rows if row.metrics]
        best = max(known, key=lambda row: row.metrics["hole_psnr"], default=None)
        parts = [f"{len(self.rows)} fills of {np.count_nonzero(self.hole):,} pixels"]
        parts += [f"{failed} failed"] if failed else []
        if best is not None:
            parts.append(f"best: {best.combination.title}, {best.metrics['hole_psnr']:.2f} dB")
        return f"<Comparison of {', '.join(parts)}>"

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
