"""On which scale a method sees a window, and the way back.

The scale of a picture is no limit: a bead may be a hundred times as bright as the white of the
faint rest. What a method is shown of a window is therefore brought to a scale of the window's
own, in which the constants of the methods mean the same whatever the type, the unit and the
offset of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.surroundings import REACH
from napari_greyfill.picture import robust_range

__all__ = ["Handover"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]

_SAMPLE = 250_000  # at most this many values decide the scale of a large window
_BRIGHTEST = 1000.0  # widths; the dim rest keeps four of the seven digits of float32


@dataclass(frozen=True)
class Handover:
    """The scale on which a method sees a window.

    Attributes
    ----------
    low, width : float
        What becomes 0, and what becomes 1 more.
    darkest, brightest : float
        Known pixels beyond these are far from the hole, and shown as these: a fill can not be
        like them, and an absurd value far away must not spoil it.
    """

    low: float = 0.0
    width: float = 1.0
    darkest: float = -np.inf
    brightest: float = np.inf

    @classmethod
    def robust(cls, plane: Plane, hole: Hole) -> Handover:
        """Return the scale of nearly all pixels of a window; rare bright ones lie beyond 1.

        Multiples of the plane and offsets to it change nothing in what is shown.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
        hole : (H, W) bool array
            With at least one pixel known.
        """
        darkest, brightest = _near(plane, hole)
        known = plane[~hole]
        sample = known[:: -(-known.size // _SAMPLE)].astype(np.float64)
        clipped = np.clip(sample, darkest, brightest)
        low, high = robust_range(clipped, (darkest, brightest))
        width = max(high - low, (brightest - darkest) / _BRIGHTEST)
        return cls(low, width or 1.0, darkest, brightest)

    @classmethod
    def unit(cls, plane: Plane, hole: Hole, *others: Plane) -> Handover:
        """Return a scale on which all is within [0, 1]: the plane's own if it is already.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
        hole : (H, W) bool array
            With at least one pixel known.
        *others : float32 arrays
            What has to be within [0, 1] as well.
        """
        known = plane[~hole]
        ends = [(float(part.min()), float(part.max())) for part in (known, *others)]
        if min(low for low, _ in ends) >= 0 and max(high for _, high in ends) <= 1:
            return cls()
        ends[0] = _near(plane, hole)
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        return cls(low, high - low or 1.0, low, high)

    @property
    def changes(self) -> bool:
        """Return whether what is shown differs from what is given."""
        return self != Handover()

    def shown(self, plane: Plane) -> Plane:
        """Return what a method sees of a plane."""
        if not self.changes:
            return plane
        within = np.clip(plane.astype(np.float64), self.darkest, self.brightest)
        return np.asarray((within - self.low) / self.width, dtype=np.float32)

    def back(self, filled: Plane) -> Plane:
        """Return what a method filled on the scale of the plane."""
        if not self.changes:
            return filled
        return np.asarray(filled.astype(np.float64) * self.width + self.low, dtype=np.float32)


def _near(plane: Plane, hole: Hole) -> tuple[float, float]:
    """Return the least and the greatest value of the known pixels that bound a fill."""
    near = ~hole & ndimage.maximum_filter(hole, size=2 * REACH + 1, mode="constant")
    known = plane[near if near.any() else ~hole]
    return float(known.min()), float(known.max())
