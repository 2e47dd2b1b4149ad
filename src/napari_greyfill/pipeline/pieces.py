"""What became of each painted piece: filled, or corrected by the light that comes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window

__all__ = ["CORRECTED", "FILLED", "Piece"]

FILLED, CORRECTED = 1, 4  # labels of the filled region; the latter is `Origin.RECORDED`


@dataclass(frozen=True, eq=False)
class Piece:
    """What became of a painted piece of which it was asked whether light passes.

    Attributes
    ----------
    box : Window
    pixels : bool array of the box's shape
    label : int
        1 if it is filled; 4 if what was recorded there is corrected.
    why : str
        A few words.
    passes, adds : tuple of float
        For each channel, which share of the light passes, and what is added, in the units of the
        image; empty if it is filled.
    expected_error : float or None
        Root mean square, in the units of the image, as far as a trial tells.
    """

    box: Window
    pixels: NDArray[np.bool_] = field(repr=False)
    label: int
    why: str
    passes: tuple[float, ...] = ()
    adds: tuple[float, ...] = ()
    expected_error: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "box": [self.box.y0, self.box.y1, self.box.x0, self.box.x1],
            "pixels": int(np.count_nonzero(self.pixels)),
            "made": "corrected" if self.label == CORRECTED else "filled",
            "why": self.why,
            "passes": list(self.passes),
            "adds": list(self.adds),
            "expected_error": self.expected_error,
        }
