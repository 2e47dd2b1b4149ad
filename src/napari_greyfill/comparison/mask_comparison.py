"""What a comparison on several random masks hands out: means, and how sure they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.means import Behind, behind_best, mean_rows
from napari_greyfill.comparison.result import Comparison
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.tables import Table, to_csv
from napari_greyfill.errors import EveryMethodFailedError

__all__ = ["MaskComparison"]


@dataclass(frozen=True, eq=False)
class MaskComparison(Comparison):
    """Fills of several random holes of one image, side by side.

    Attributes
    ----------
    rows : tuple of Row
        One for each combination: means, with their `intervals` and the `count` of masks.
    hole : (H, W) bool array
        The pixels that any of the masks covers.
    each : tuple of Row
        Every fill, without its image; `picture` says which mask.
    seed : int
        Of masks and intervals.
    """

    each: tuple[Row, ...] = ()
    seed: int = 0

    @classmethod
    def of(
        cls, each: Sequence[Row], hole: NDArray[np.bool_], notes: tuple[str, ...], seed: int
    ) -> MaskComparison:
        """Return the comparison of fills, one row for each fill.

        Parameters
        ----------
        each : sequence of Row
            Every fill so far.
        hole : (H, W) bool array
            What any of the masks covers; copied.
        notes : tuple of str
            Sentences the user should know.
        seed : int
            Of the intervals.
        """
        return cls(mean_rows(each, seed=seed), hole.copy(), "", notes, tuple(each), seed)

    @property
    def masks(self) -> int:
        """Return the number of masks."""
        return len({row.picture for row in self.each})

    def require_some(self) -> None:
        """Check that at least one method gave a result.

        Raises
        ------
        EveryMethodFailedError
            With the reasons.
        """
        if all(row.error for row in self.each):
            told = " ".join(dict.fromkeys(row.failure for row in self.each))
            raise EveryMethodFailedError(told)

    def behind_best(self, metric: str = "hole_psnr") -> tuple[Behind, ...]:
        """Return how far each combination is behind the best, mask by mask; see `behind_best`."""
        return behind_best(self.each, metric, seed=self.seed)

    def summary(self) -> str:
        """Return which way is best and how far the next is behind, as a sentence."""
        behind = self.behind_best()
        over = f"Means over {self.masks} random masks, with 95 % intervals."
        if not behind:
            return over
        best = behind[0].best
        nearest = max(behind, key=lambda one: one.difference.mean)
        if not np.isfinite(nearest.difference.low):
            return f"{over} Best: {best.title}."
        return f"{over} Best: {best.title}. {_sentence(nearest)}"

    def to_markdown(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the means in Markdown, and how far each is behind the best, mask by mask."""
        text = self._table().to_markdown()
        behind = [one for one in self.behind_best() if np.isfinite(one.difference.low)]
        if behind:
            text += f"\n{self.summary()}\n\n{_behind_table(behind).to_markdown()}"
        if path is not None:
            write_text(path, text)
        return text

    def to_csv_of_each(self) -> str:
        """Return every fill as CSV at full precision, a line for each."""
        return to_csv(self.each)


def _sentence(behind: Behind) -> str:
    found = behind.difference
    clear = "" if found.is_clear else ", which may be chance"
    return (
        f"Next: {behind.combination.title}, {-found.mean:.2f} dB behind "
        f"({-found.high:.2f} … {-found.low:.2f}){clear}."
    )


def _behind_table(behind: Sequence[Behind]) -> Table:
    lines, bold = [], set()
    for number, one in enumerate(behind):
        found = one.difference
        lines.append(
            (
                *_names(one.combination),
                f"{-found.mean:.2f}",
                f"{-found.high:.2f} … {-found.low:.2f}",
                f"{found.losses} of {found.pairs}",
            )
        )
        if found.is_clear:
            bold.add((number, 2))
    header = ("Method", "Pipeline", "Behind, dB", "95 % interval", "Worse on")
    return Table(header, tuple(lines), (False, False, True, True, True), frozenset(bold))


def _names(combination: Combination) -> tuple[str, str]:
    method, _, pipeline = combination.title.rpartition(", ")
    return method, pipeline
