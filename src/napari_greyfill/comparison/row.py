"""What a comparison hands out: rows, steps on the way, and the result at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.tables import best_rows, to_csv, to_latex, to_markdown

__all__ = ["CompareStep", "Comparison", "Row"]


@dataclass(frozen=True, eq=False)
class Row:
    """What came of one combination on one picture.

    Attributes
    ----------
    combination : Combination
    picture : str
        Which picture; empty in a comparison of a single one.
    metrics : dict
        As `metrics` returns them; empty without a reference and where the fill failed.
    seconds : float or None
        Wall time of the fill; stages shared with other rows count in full in each. None if the
        fill failed.
    peak_memory : int or None
        Bytes by which the process grew at most, or what torch allocated on a graphics card.
    error : str
        Why there is no image, as a sentence; empty if there is one.
    image : array or None
        The filled image.
    provenance : dict
        As in `FillResult`; empty if the fill failed.
    """

    combination: Combination
    picture: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float | None = None
    peak_memory: int | None = None
    error: str = ""
    image: NDArray[Any] | None = field(default=None, repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def megabytes(self) -> float | None:
        """Return the peak of memory in MB."""
        return None if self.peak_memory is None else self.peak_memory / 1e6

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold: everything but image and provenance.

        NaN is None, and an infinite PSNR the text "Infinity".
        """
        return {
            "picture": self.picture,
            "method": self.combination.method,
            "pipeline": self.combination.pipeline,
            "colorizer": self.combination.colorizer,
            "metrics": {key: _plain(value) for key, value in self.metrics.items()},
            "seconds": self.seconds,
            "peak_memory": self.peak_memory,
            "error": self.error,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Row:
        """Return the row that `to_dict` described.

        Raises
        ------
        ValueError, LookupError, TypeError, AttributeError
            If it is no such row.
        """
        texts = {name: values[name] for name in ("method", "pipeline", "colorizer", "picture")}
        texts["error"] = values["error"]
        numbers = {name: values[name] for name in ("seconds", "peak_memory")}
        for wrong in (text for text in texts.values() if not isinstance(text, str)):
            raise TypeError(f"{wrong!r} is no text")
        for wrong in numbers.values():
            if type(wrong) not in (type(None), int, float):
                raise TypeError(f"{wrong!r} is no number")
        return cls(
            Combination(texts["method"], texts["pipeline"], texts["colorizer"]),
            picture=texts["picture"],
            metrics={
                key: float("nan") if value is None else float(value)
                for key, value in values["metrics"].items()
            },
            error=texts["error"],
            **numbers,
        )


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
    hole: NDArray[np.bool_]
    why_no_metrics: str = ""
    notes: tuple[str, ...] = ()

    def best(self) -> dict[str, set[int]]:
        """Return which rows are best, by the key of each column that can be ranked."""
        return best_rows(self.rows)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the table as CSV at full precision, and write it to a file if one is given.

        Raises
        ------
        UnwritablePathError
        """
        return _written(to_csv(self.rows), path)

    def to_markdown(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the table in Markdown, the best of each column bold; arguments as `to_csv`."""
        return _written(self._with_remark(to_markdown(self.rows)), path)

    def to_latex(self, path: str | os.PathLike[str] | None = None) -> str:
        r"""Return a LaTeX ``tabular``, the best of each column bold; arguments as `to_csv`."""
        return _written(to_latex(self.rows), path)

    def _with_remark(self, table: str) -> str:
        return f"{table}\n{self.why_no_metrics}\n" if self.why_no_metrics else table


def _written(text: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        write_text(path, text)
    return text


def _plain(value: float) -> float | str | None:
    if np.isnan(value):
        return None
    return str(value).replace("inf", "Infinity") if np.isinf(value) else value
