"""The contract between the pipeline and whatever recovers colour in the hole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.image.colour import with_luma
from napari_greyfill.image.geometry import Window

__all__ = ["Colorizer", "Colours", "Level"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
T = TypeVar("T")
_BAND = 2**19  # pixels that get their colours at a time, a fraction of a second


@dataclass(frozen=True, eq=False)
class Level:
    """How far a colorizer is.

    Attributes
    ----------
    name : str
        What it is doing, for people.
    fraction : float
        Finished share of the whole colorization.
    preview : callable
        Makes the (H, W, 3) colours as they would be if it stopped now. Call it at once or
        not at all.
    complete : bool
        Whether this is the end of a level of a coarse-to-fine method.
    """

    name: str
    fraction: float
    preview: Callable[[], Plane] | None = None
    complete: bool = False


@dataclass(frozen=True, eq=False)
class Colours:
    """A coloured plane, and what its colorizer knows about it.

    Attributes
    ----------
    plane : (H, W, 3) float32 array
        What it holds outside the hole does not matter.
    confidence : (H, W) float32 array in [0, 1] or None
        How sure the colours are, 0 for a guess, 1 outside the hole. None from a colorizer that
        cannot tell.
    notes : tuple of str
        Sentences the user must see.
    """

    plane: Plane
    confidence: Plane | None = None
    notes: tuple[str, ...] = ()


class Colorizer(ABC):
    """Recovers the colour of a hole whose grey is given.

    Works on one window: float32 in [0, 1], channel last. Unless it says otherwise, the luma
    of what it returns is the grey it was given. What a run finds out is in the `Colours` it
    returns, not on the colorizer.

    Attributes
    ----------
    compute : Compute
    speck_pull : float or None
        How weakly the colour of holes of a few pixels, which flows in from around them, is pulled
        to none; see `colorization.specks`. With 0 nothing is said of how sure it is. None if `run`
        colours them too.

    Examples
    --------
    >>> class Grey(Colorizer):
    ...     def run(self, colour, grey, hole, hints=None):
    ...         filled = colour.copy()
    ...         filled[hole] = grey[hole][:, None]
    ...         yield Level("colouring", 1.0)
    ...         return Colours(filled)
    >>> colour, grey = np.ones((4, 4, 3), np.float32), np.full((4, 4), 0.5, np.float32)
    >>> hole = np.eye(4, dtype=bool)
    >>> [level.name for level in Grey().run(colour, grey, hole)]
    ['colouring']
    """

    speck_pull: ClassVar[float | None] = None

    def __init__(self, compute: Compute | None = None) -> None:
        self.compute = compute or Compute()

    @abstractmethod
    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole, reporting levels, and return the colours.

        Every yield is a point where the work can be cancelled.

        Parameters
        ----------
        colour : (H, W, 3) float32 array in [0, 1]
            Meaningless in the hole.
        grey : (H, W) float32 array in [0, 1]
            Luma, filled everywhere.
        hole : (H, W) bool array
            True where colour is to be recovered; at least one pixel is known.
        hints : (H, W) bool array, optional
            Which of the known pixels have a colour that the user chose as a hint. They are known
            pixels like others; a colorizer need not look at this.
        """

    def with_chroma(self, colour: Plane, grey: Plane, frame: Window, found: Plane) -> Plane:
        """Return the colours with the luma given and the chroma found within a frame.

        Parameters
        ----------
        colour : (H, W, 3) array
            Known colours; those in the hole do not count.
        grey : (H, W) array
            Filled everywhere.
        frame : Window
            Where `found` lies in the plane.
        found : array of the frame's height and width, and two planes
            The chroma, B - Y and R - Y.
        """
        result = colour.copy()
        rows = max(1, _BAND // frame.shape[1])
        for start in range(0, frame.shape[0], rows):
            self.compute.check()
            part = found[start : start + rows]
            top = frame.y0 + start
            band = Window(top, top + len(part), frame.x0, frame.x1).slices
            result[band] = with_luma(grey[band], part)
        return result

    def reported(
        self, work: Generator[float, None, T], name: str, start: float = 0.0, end: float = 1.0
    ) -> Generator[Level, None, T]:
        """Run a generator of fractions as levels between two fractions of the whole.

        Parameters
        ----------
        work : generator of float
            Yields finished fractions, 0 to 1.
        name : str
            What is happening, for people.
        start, end : float
            Shares of the whole, 0 to 1.
        """
        while True:
            self.compute.check()
            try:
                part = next(work)
            except StopIteration as stop:
                result: T = stop.value
                return result
            yield Level(name, start + (end - start) * part)
