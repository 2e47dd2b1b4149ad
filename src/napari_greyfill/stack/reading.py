"""Windows of a plane and of those around it, on the scale that suits the window."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.planes import FARTHEST
from napari_greyfill.pipeline.handover import Handover, handed_over, without_spikes
from napari_greyfill.stack.masks import StackMask
from napari_greyfill.stack.source import StackImage

__all__ = ["Around", "best_axis", "moved", "other_channels"]

Hole = NDArray[np.bool_]
Plane = NDArray[np.float32]
Index = tuple[int, ...]

_ALIKE = 0.02  # of the correlation: the first axis is taken unless another is better by this


def moved(index: Index, axis: int, offset: int, shape: Index) -> Index | None:
    """Return the index of a plane further along an axis; None beyond the ends.

    Parameters
    ----------
    index, shape : tuple of int
        Of a plane, and how many there are along each axis.
    axis, offset : int
        Along which, and how far; negative for planes before.
    """
    place = index[axis] + offset
    if not 0 <= place < shape[axis]:
        return None
    return (*index[:axis], place, *index[axis + 1 :])


@dataclass(eq=False)
class Around:
    """Reads a window of planes along one axis; each is read once.

    Called with an offset it returns that plane as a `Slice`, or None beyond the ends.

    Attributes
    ----------
    image : StackImage
    mask : StackMask
    index : tuple of int
        The plane that offsets are counted from.
    window : Window
    axis : int or None
        None if there is no plane but this one.
    scale : Handover
        From the scale of the stack to that of the window.
    colour : int or None
        Which of the colours is read; None for their luma.
    """

    image: StackImage
    mask: StackMask
    index: Index
    window: Window
    axis: int | None
    scale: Handover = field(default_factory=Handover)
    colour: int | None = None
    _read: dict[int, Slice | None] = field(default_factory=dict, repr=False)

    def __call__(self, offset: int) -> Slice | None:
        """Return the window of a plane."""
        if offset not in self._read:
            self._read[offset] = self._slice(offset)
        return self._read[offset]

    def on_own_scale(self) -> Around:
        """Return the same on a scale of which the known pixels of the window use nearly all."""
        own = self(0)
        assert own is not None  # it is the plane itself
        found, _ = handed_over(own.plane, own.unknown)
        room = found.brightest - found.darkest
        scale = replace(found, darkest=found.darkest - room, brightest=found.brightest + room)
        return Around(self.image, self.mask, self.index, self.window, self.axis, scale)

    def at(self, offset: int) -> Index | None:
        """Return the index of a plane; None beyond the ends."""
        if offset == 0:
            return self.index
        if self.axis is None:
            return None
        return moved(self.index, self.axis, offset, self.image.axes.stack_shape)

    def hole(self, offset: int) -> Hole | None:
        """Return what is painted in the window of a plane, without reading the plane."""
        index = self.at(offset)
        return None if index is None else self.mask.hole(self.mask.own(index), self.window)

    def knows(self, hole: Hole) -> bool:
        """Return whether a plane within reach has nothing painted under a hole."""
        offsets = [sign * far for far in range(1, FARTHEST + 1) for sign in (-1, 1)]
        for offset in offsets:
            other = self.hole(offset)
            if other is not None and not (other & hole).any():
                return True
        return False

    def _slice(self, offset: int) -> Slice | None:
        index = self.at(offset)
        if index is None:
            return None
        values = self.image.read(index, self.window)
        unknown = self.image.invalid(values) | self.mask.hole(self.mask.own(index), self.window)
        shown = values if self.colour is None else values[..., self.colour]
        plane = self.image.grey(shown, unknown)
        if self.scale.changes:
            calm = plane if unknown.all() else without_spikes(plane, unknown)
            plane = self.scale.shown(calm)
            plane[unknown] = 0.0
        return Slice(plane, unknown)


def best_axis(
    image: StackImage,
    mask: StackMask,
    index: Index,
    window: Window,
    hole: Hole,
    axes: tuple[int, ...],
) -> int | None:
    """Return the axis whose next planes resemble the plane most; None if none knows the hole.

    Parameters
    ----------
    image : StackImage
        The stack.
    mask : StackMask
        What is painted in it.
    index : tuple of int
        Of the plane.
    window : Window
        Of the plane.
    hole : (h, w) bool array
        What is to be filled in the window.
    axes : tuple of int
        Along which planes may be filled from each other, the best first.
    """
    readers = [Around(image, mask, index, window, axis) for axis in axes]
    readers = [reader for reader in readers if reader.knows(hole)]
    if len(readers) < 2:
        return readers[0].axis if readers else None
    likeness = [_likeness(reader) for reader in readers]
    best = max(likeness)
    return next(
        r.axis for r, found in zip(readers, likeness, strict=True) if found > best - _ALIKE
    )


def other_channels(around: Around, hole: Hole) -> list[Slice]:
    """Return the other planes along an axis that are whole under a hole, in order.

    Parameters
    ----------
    around : Around
        Along the axis of channels.
    hole : (h, w) bool array
        What is to be filled.
    """
    if around.axis is None:
        return []
    place = around.index[around.axis]
    found = []
    for offset in range(-place, around.image.axes.stack_shape[around.axis] - place):
        painted = around.hole(offset)
        if offset == 0 or painted is None or (painted & hole).any():
            continue
        other = around(offset)
        if other is not None and not (other.unknown & hole).any():
            found.append(other)
    return found


def _likeness(around: Around) -> float:
    """Return the correlation of a window with the nearest planes, where both are known."""
    own = around(0)
    assert own is not None  # it is the plane itself
    found = []
    for offset in (-1, 1):
        other = around(offset)
        if other is None:
            continue
        known = ~(own.unknown | other.unknown)
        a, b = own.plane[known], other.plane[known]
        if a.size > 16 and a.std() > 0 and b.std() > 0:
            found.append(float(np.corrcoef(a, b)[0, 1]))
    return max(found, default=-1.0)
