"""A finished fill as a row: what was done, what it cost, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.result import FillResult

__all__ = ["Row"]


@dataclass(frozen=True, eq=False)
class Row:
    """A finished fill: what came of one combination on one picture.

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
    pixels : int or None
        How many pixels were to be filled.
    shape : tuple of int or None
        Height and width of the picture.
    run : int or None
        Number of the run, where several are shown one after the other.
    intervals : dict
        Of a row that stands for several and has means as metrics: 95 % intervals of these means.
    count : int
        For how many fills a row stands.
    error : str
        Why there is no image, as a sentence; empty if there is one.
    result : FillResult or None
        The fill; None if it failed, and for rows that were read from a file.
    """

    combination: Combination
    picture: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float | None = None
    peak_memory: int | None = None
    pixels: int | None = None
    shape: tuple[int, int] | None = None
    run: int | None = None
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    count: int = 1
    error: str = ""
    result: FillResult | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, combination: Combination, result: FillResult, *, peak_memory: int | None = None
    ) -> Row:
        """Return the row of a finished fill.

        Parameters
        ----------
        combination : Combination
            What filled it.
        result : FillResult
            The fill.
        peak_memory : int, optional
            Bytes.
        """
        return cls(
            combination,
            metrics=result.metrics,
            seconds=result.seconds,
            peak_memory=peak_memory,
            pixels=result.provenance["filled_pixels"],
            shape=(result.hole.shape[0], result.hole.shape[1]),
            result=result,
        )

    @property
    def image(self) -> NDArray[Any] | None:
        """Return the filled image; None if there is none."""
        return None if self.result is None else self.result.image

    @property
    def provenance(self) -> dict[str, Any]:
        """Return how the fill was made, as in `FillResult`; empty if the fill failed."""
        return {} if self.result is None else self.result.provenance

    @property
    def failure(self) -> str:
        """Return which method failed and why, as a sentence; empty if there is an image."""
        title = INPAINTERS.info(self.combination.method).title
        named = not self.error or self.error.startswith(title)
        return self.error if named else f"{title} failed: {self.error}"

    @property
    def megabytes(self) -> float | None:
        """Return the peak of memory in MB."""
        return None if self.peak_memory is None else self.peak_memory / 1e6

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold of a row that stands for one fill, without fill and run.

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
            "pixels": self.pixels,
            "shape": None if self.shape is None else list(self.shape),
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
        numbers["pixels"] = values.get("pixels")  # earlier versions did not write it
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
            shape=_shape(values.get("shape")),  # nor this
            **numbers,
        )


def _shape(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return None
    height, width = value
    if type(height) is not int or type(width) is not int:
        raise TypeError(f"{value!r} is no height and width")
    return height, width


def _plain(value: float) -> float | str | None:
    if np.isnan(value):
        return None
    return str(value).replace("inf", "Infinity") if np.isinf(value) else value
