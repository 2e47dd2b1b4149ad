"""The contract between the pipeline and whatever fills a hole in a plane."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust, scaled

__all__ = ["Fill", "Inpainter"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fill:
    """A filled plane, and what its inpainter knows about it.

    Attributes
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        What it holds for known pixels does not matter.
    expected_error : float or None
        The root mean square error to expect in the hole, on the plane's scale, from methods that
        estimate it; None otherwise.
    """

    plane: Plane
    expected_error: float | None = None


class Inpainter(ABC):
    """Fills a hole in a plane of one or three channels.

    Windows, padding to `multiple_of` and `minimum`, data types and compositing are dealt with
    outside: an inpainter sees float32 planes, channel last, that are 0 in the hole, and at least
    one known pixel. Nearly all known pixels are in [0, 1]; all are if it asks for that with
    `unit`. What a run finds out is in the `Fill` it returns, not on the inpainter.

    Attributes
    ----------
    channels : tuple of int
        Numbers of channels it takes; 1 means an (H, W) plane, 3 means (H, W, 3).
    minimum : int
        Smallest height and width it can work on; smaller planes are padded.
    multiple_of : int
        Height and width must be multiples of this; planes are padded.
    unit : bool
        Whether it needs planes in [0, 1]: bright objects then leave the rest less contrast. An
        inpainter without it sees rare bright and dark objects far beyond, and what it returns
        for a multiple of a plane is that multiple.
    training_scale : int or None
        The side of the pictures a network was trained on, in pixels.
    speck_weights : tuple of float or None
        Which weighted mean of the members of the faithful blend fills holes of a few pixels, many
        at a time, in place of `run`; see `inpaint.specks`. None if `run` fills them too.
    speck_trust : float
        The share of these weights that is fitted to the picture.
    origin : str
        The files its weights come from, for messages; empty without any.
    weights : tuple of dict
        What is known about each of these files, for the provenance.

    Examples
    --------
    >>> class Flat(Inpainter):
    ...     def run(self, plane, hole, unknown=None):
    ...         yield 0.0
    ...         filled = plane.copy()
    ...         filled[hole] = plane[~hole].mean()
    ...         return Fill(filled)
    >>> plane = np.full((8, 8), 0.5, dtype=np.float32)
    >>> hole = np.zeros((8, 8), dtype=bool)
    >>> plane[2:4, 2:4], hole[2:4, 2:4] = 0, True
    >>> float(Flat().fill(plane, hole)[2, 2])
    0.5
    """

    channels: ClassVar[tuple[int, ...]] = (1, 3)
    minimum: int = 1
    multiple_of: int = 1
    unit: bool = True
    training_scale: int | None = None
    speck_weights: ClassVar[tuple[float, ...] | None] = None
    speck_trust: ClassVar[float] = 0.0
    origin: str = ""
    weights: tuple[Mapping[str, Any], ...] = ()

    def __init__(self, compute: Compute | None = None) -> None:
        self.compute = compute or Compute()

    @abstractmethod
    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole, yielding the finished fraction, and return the filled plane.

        Every yield is a point where the work can be cancelled, so yield at least about
        every half second where the method allows.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
            In [0, 1] if the inpainter needs a `unit` range.
        hole : (H, W) bool array
            True where pixels are to be filled.
        unknown : (H, W) bool array, optional
            Pixels of the hole that nobody wants filled, such as those beyond what a camera has
            seen. They are no source, and what is returned for them does not matter.
        """

    def most_pixels(self) -> int:
        """Return how many pixels of windows `run_together` should be given; 0 for one window."""
        return 0

    def run_together(
        self,
        planes: Sequence[Plane],
        holes: Sequence[Hole],
        unknown: Sequence[Hole | None] | None = None,
    ) -> Generator[float, None, list[Fill]]:
        """Fill the holes of several planes of one size; like `run` for each of them.

        Parameters
        ----------
        planes, holes : sequences of arrays
            As many of one as of the other.
        unknown : sequence of arrays or None, optional
            For each plane, the pixels of its hole that nobody wants filled; None where all are.
        """
        fills = []
        unwanted = [None] * len(planes) if unknown is None else unknown
        for index, each in enumerate(zip(planes, holes, unwanted, strict=True)):
            end = (index + 1) / len(planes)
            fills.append((yield from scaled(self.run(*each), index / len(planes), end)))
        return fills

    def fill(self, plane: Plane, hole: Hole) -> Plane:
        """Fill the hole in one go, and return the filled plane alone.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
            In [0, 1] if the inpainter needs a `unit` range.
        hole : (H, W) bool array
            True where pixels are to be filled.
        """
        return exhaust(self.run(plane, hole)).plane
