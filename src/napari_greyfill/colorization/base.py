"""The contract between the pipeline and whatever recovers colour in the hole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.device import Compute

__all__ = ["Colorizer", "Level"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


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


class Colorizer(ABC):
    """Recovers the colour of a hole whose grey is given.

    Works on one window: float32 in [0, 1], channel last. Unless it says otherwise, the luma
    of what it returns is the grey it was given.
    """

    def __init__(self, compute: Compute | None = None) -> None:
        self.compute = compute or Compute()

    @abstractmethod
    def run(self, colour: Plane, grey: Plane, hole: Hole) -> Generator[Level, None, Plane]:
        """Colour the hole, reporting levels, and return (H, W, 3) colours.

        Every yield is a point where the work can be cancelled. What the result holds
        outside the hole does not matter.

        Parameters
        ----------
        colour : (H, W, 3) float32 array in [0, 1]
            Meaningless in the hole.
        grey : (H, W) float32 array in [0, 1]
            Luma, filled everywhere.
        hole : (H, W) bool array
            True where colour is to be recovered; at least one pixel is known.
        """
