"""Frames around specks: what the fills of a few pixels are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["INNER", "MIDDLE", "SIDE", "Frames", "middle_of"]

SIDE = 128  # of a frame, from which spectrum, scale and limits are taken
INNER = 32  # of its middle, in which the fill is worked out
MIDDLE = slice((SIDE - INNER) // 2, (SIDE + INNER) // 2)
_BOUNDING = slice(SIDE // 2 - 40, SIDE // 2 + 40)  # whose known values bound a fill
_MARGIN = 0.1  # of their range, by which it may leave them

N = TypeVar("N", bound=np.generic)
Stack = NDArray[np.float32]
Holes = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Frames:
    """The surroundings of specks, each of which lies in the middle of its frame.

    Attributes
    ----------
    values : (N, SIDE, SIDE) float32 array
        With mean 0 and deviation 1 over the known pixels of each frame, 0 elsewhere.
    missing : (N, SIDE, SIDE) bool array
        What is not known: the speck, other holes and what is no source.
    own : (N, INNER, INNER) bool array
        The pixels of the speck, in the middle.
    mean, deviation : (N,) float64 arrays
        Of the known pixels of the frames, on the scale of the picture.
    """

    values: Stack
    missing: Holes
    own: Holes
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, planes: Stack, missing: Holes, own: Holes) -> Frames:
        """Return frames of planes on any scale, each clipped to what is near its middle."""
        known = ~missing
        low, high = (_column(end) for end in _ends(planes, missing))
        values = np.where(known, np.clip(planes, low, high), 0).astype(np.float64)
        count = np.count_nonzero(known, axis=(1, 2))
        mean = values.sum(axis=(1, 2)) / count
        values -= _column(mean)
        values[missing] = 0
        deviation = np.sqrt(np.einsum("nij,nij->n", values, values) / count)
        deviation[deviation == 0] = 1
        values /= _column(deviation)
        return cls(values.astype(np.float32), missing, own, mean, deviation)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.values)

    @property
    def inner(self) -> tuple[Stack, Holes]:
        """Return values and missing pixels of the middles."""
        return middle_of(self.values), middle_of(self.missing)

    @property
    def contrast(self) -> NDArray[np.float64]:
        """Return the deviation of the known pixels of each middle, on the picture's scale."""
        values, missing = self.inner
        count = np.maximum(np.count_nonzero(~missing, axis=(1, 2)), 1)
        mean = values.sum(axis=(1, 2), dtype=np.float64) / count
        square = np.einsum("nij,nij->n", values, values, dtype=np.float64) / count
        return np.asarray(np.sqrt(np.maximum(square - mean**2, 0)) * self.deviation)

    def clamped(self, fill: Stack) -> Stack:
        """Return fills of the middles within the values around them, with what is known."""
        low, high = _ends(self.values, self.missing)
        room = _MARGIN * (high - low)
        values, missing = self.inner
        bounded = np.clip(fill, _column(low - room), _column(high + room))
        return np.where(missing, bounded, values).astype(np.float32)

    def on_scale(self, fill: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return fills of the middles on the scale of the picture."""
        return np.asarray(fill * _column(self.deviation) + _column(self.mean))


def middle_of(stack: NDArray[N]) -> NDArray[N]:
    """Return a view of the (N, INNER, INNER, ...) middles of frames."""
    return stack[:, MIDDLE, MIDDLE]


def _ends(planes: Stack, missing: Holes) -> tuple[Stack, Stack]:
    """Return the least and the greatest known value near the middle of each frame."""
    near, lost = (stack[:, _BOUNDING, _BOUNDING] for stack in (planes, missing))
    low = np.where(lost, np.inf, near).min(axis=(1, 2))
    high = np.where(lost, -np.inf, near).max(axis=(1, 2))
    return low, high


def _column(numbers: NDArray[np.floating]) -> NDArray[np.floating]:
    return numbers[:, None, None]
