"""The contract between a stack and what fills its planes: windows in, a fill out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NeighbourFill", "Reader", "Slice"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Slice:
    """One plane of a stack, cut to a window.

    Attributes
    ----------
    plane : (H, W) float32 array
        On the scale that all planes of the stack have in common, nearly all of it in [0, 1]; 0
        where it is unknown.
    unknown : (H, W) bool array
        True where the plane has a hole of its own, or pixels without a value.
    """

    plane: Plane
    unknown: Hole


Reader = Callable[[int], Slice | None]
"""Returns one window of a plane, by its offset from the plane to fill (..., -1, 0, 1, ...).

None beyond the ends of the stack. Whoever makes a reader keeps what it has read; it is asked
only for what is needed.
"""


@dataclass(frozen=True, eq=False)
class NeighbourFill:
    """A filled plane, and what is known about the fill.

    Attributes
    ----------
    plane : (H, W) float32 array
        On the scale of the stack. What it holds for known pixels does not matter.
    expected_error : float or None
        The root mean square error to expect in the hole, on that scale; None where nothing
        could be tried out.
    weights : tuple of float
        How much each member counts: the plane's own fill, the regression on other planes, the
        regression with its residual; further ones after these.
    used : tuple of int
        Offsets of the planes that were regressed on; empty if the fill is the plane's own alone.
    spread : float or None
        What `deviation` is multiplied by for an interval that holds 90 % of the true values.
    deviation : (H, W) float32 array or None
        How uncertain each pixel is; only the hole counts.
    notes : tuple of str
        Sentences that the user must see.
    """

    plane: Plane
    expected_error: float | None = None
    weights: tuple[float, ...] = (1.0, 0.0, 0.0)
    used: tuple[int, ...] = ()
    spread: float | None = None
    deviation: Plane | None = None
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """How much of the fill comes from other planes, from 0 to 1."""
        return 1.0 - self.weights[0]
