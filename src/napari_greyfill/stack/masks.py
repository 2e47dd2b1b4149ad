"""Which pixels of each plane of a stack are painted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from math import ceil
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.checks import array_of, known_values
from napari_greyfill.errors import BadMaskError, ShapeMismatchError
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.layer import data_of
from napari_greyfill.image.lazy import read_part
from napari_greyfill.masks import grow as grown
from napari_greyfill.masks.hole import painted_in
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.seen import Witness

__all__ = ["Part", "StackMask", "interpolated", "matched"]

Hole = NDArray[np.bool_]
Index = tuple[int, ...]
Part = Literal["", "still", "passing"]


@dataclass(frozen=True, eq=False)
class StackMask:
    """The mask of a stack, read plane by plane and window by window.

    Attributes
    ----------
    data : array
        As it was given, with rows and columns last if `laid` does not say otherwise.
    where : tuple of int or None
        For each axis of the mask but the last two, which of the stack's axes it follows; None
        for axes of length 1, which do not matter. Planes that differ along other axes share
        what is painted.
    axes : Axes
        Of the stack.
    labels : tuple of int or None
        Only these labels count as painted; None for all but 0.
    grow : float
        By how many pixels it is larger than painted.
    added : dict
        Holes of planes that nobody painted, by the part of the index that the mask follows.
    laid : Axes or None
        Of the mask, where rows and columns are not its last two axes.
    witness : Witness or None
        Is told what is read.
    still : mapping
        Where damage is that stands still while other damage passes, by what `own` returns; none
        if all is alike.
    part : {"", "still", "passing"}
        Which of them count; all by default.
    """

    data: Any
    where: tuple[int | None, ...]
    axes: Axes
    labels: tuple[int, ...] | None = None
    grow: float = 0.0
    added: dict[Index, tuple[Window, Hole]] = field(default_factory=dict, repr=False)
    laid: Axes | None = field(default=None, repr=False)
    witness: Witness | None = field(default=None, repr=False)
    still: Mapping[Index, Hole] = field(default_factory=dict, repr=False)
    part: Part = ""

    def of(self, part: Part) -> StackMask:
        """Return the mask of one part; see `still`."""
        return self if part == self.part else replace(self, part=part)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts that have holes of their own."""
        return ("still", "passing") if self.still else ("",)

    @property
    def followed(self) -> tuple[int, ...]:
        """Return the axes of the stack along which the mask differs."""
        return tuple(axis for axis in self.where if axis is not None)

    @property
    def flat(self) -> bool:
        """Return whether all planes share one mask."""
        return not self.followed

    def own(self, index: Index) -> Index:
        """Return the part of an index that the mask follows; planes that share it are alike.

        Parameters
        ----------
        index : tuple of int
            Of a plane of the stack.
        """
        return tuple(index[axis] for axis in self.followed)

    def every(self) -> Iterator[Index]:
        """Yield what `own` may return, in order."""
        yield from product(*(range(self.axes.stack_shape[axis]) for axis in self.followed))

    def hole(self, own: Index, window: Window | None = None) -> Hole:
        """Return what is to be filled of a plane, or of a window of it.

        Parameters
        ----------
        own : tuple of int
            What `own` returns for the plane.
        window : Window, optional
            By default the whole plane.
        """
        shape = self.axes.plane_shape
        window = window or Window(0, shape[0], 0, shape[1])
        hole = self._hole(own, window)
        if self.witness is not None:
            self.witness.mask(own, window, hole)
        if not self.part:
            return hole
        still = self.still.get(own)
        if still is None:
            return hole & (self.part == "passing")
        part = still[window.slices]
        return hole & (part if self.part == "still" else ~part)

    def _hole(self, own: Index, window: Window) -> Hole:
        if own in self.added:
            box, hole = self.added[own]
            return _cut(box, hole, window)
        if not self.grow:
            return self._painted(own, window)
        wide = window.expanded(ceil(self.grow) + 1, self.axes.plane_shape)
        return grown(self._painted(own, wide), self.grow)[window.within(wide)].copy()

    def _painted(self, own: Index, window: Window) -> Hole:
        rest = iter(own)
        lead = tuple(0 if axis is None else next(rest) for axis in self.where)
        if self.laid is None:
            part = read_part(self.data, (*lead, *window.slices), "mask")
        else:
            part = self.laid.upright(read_part(self.data, self.laid.place(lead, window), "mask"))
        known = known_values(part)
        part = np.asarray(part) if known is None else np.where(known, np.asarray(part), 0)
        return painted_in(part, self.labels)


def matched(
    mask: Any,  # noqa: ANN401 - any array or layer
    axes: Axes,
    *,
    labels: Collection[int] | None = None,
    grow: float = 0.0,
) -> StackMask:
    """Return a mask as the planes of a stack see it.

    A mask of the image's own shape has the image's axes, in whatever order these are. Of any other
    one rows and columns are last, and the rest goes with that of the stack from the last one on;
    if that does not fit, axes of length 1 are left out, and the others go with those of the same
    length, in order.

    Parameters
    ----------
    mask : (H, W) array, one with more axes, or a napari Labels layer
        As above.
    axes : Axes
        Of the stack.
    labels : collection of int, optional
        Only these count as painted.
    grow : float
        By how many pixels to enlarge it.

    Raises
    ------
    ShapeMismatchError
        If it covers other pixels, or has axes that the stack has not.
    BadMaskError
        If it is no array of two axes or more.
    """
    data = data_of(mask)
    if hasattr(mask, "to_labels"):
        raise BadMaskError(
            "The mask is a layer of shapes, which has no pixels; convert it to labels first "
            "(right click on it, or its method to_labels)."
        )
    if not hasattr(data, "shape") or not hasattr(data, "dtype"):
        data = array_of("mask", data, BadMaskError)
    shape = tuple(int(length) for length in data.shape)
    chosen = None if labels is None else tuple(labels)
    own = axes.without_colour()
    if shape == own.shape and own.names[-2:] != ("Y", "X"):
        every = tuple(i if length > 1 else None for i, length in enumerate(own.stack_shape))
        return StackMask(data, every, axes, chosen, grow, laid=own)
    if len(shape) < 2:
        raise BadMaskError(
            f"A mask has two dimensions or more, this one has {len(shape)}; "
            "pass one as high and wide as a plane."
        )
    if shape[-2:] != axes.plane_shape:
        raise ShapeMismatchError(
            f"The planes are {axes.plane_shape[1]} × {axes.plane_shape[0]} and the mask is "
            f"{shape[-1]} × {shape[-2]} pixels; "
            "paint the mask on a layer of the image's own size."
        )
    where = _from_the_last(shape[:-2], axes.stack_shape) or _by_length(
        shape[:-2], axes.stack_shape
    )
    if where is None:
        raise ShapeMismatchError(
            f"The mask has the shape {' × '.join(map(str, shape))}, which does not go with a "
            f"stack of {axes.described()}; give one plane for all, or a mask with its axes."
        )
    return StackMask(data, where, axes, chosen, grow)


def interpolated(mask: StackMask, axis: int | None = None) -> StackMask:
    """Return a mask that is also painted between its painted planes, along one axis.

    Parameters
    ----------
    mask : StackMask
        Two or more of its planes are painted.
    axis : int, optional
        Of the stack; by default the last one along which the mask differs, channels left out.

    Returns
    -------
    StackMask
        Between two painted planes the signed distance to the painted edge changes evenly.

    Raises
    ------
    BadMaskError
        If the mask is the same in all planes.

    References
    ----------
    G. T. Herman, J. Zheng, C. A. Bucholtz, "Shape-based interpolation", IEEE Computer Graphics
    and Applications 12(3), 1992.
    """
    names = mask.axes.stack_names
    possible = [each for each in mask.followed if names[each] != "C"] or list(mask.followed)
    if not possible or (axis is not None and axis not in mask.followed):
        raise BadMaskError(
            "All planes share one mask, so there is nothing to paint between; paint two planes of "
            "a mask with several, or leave out interpolate_mask."
        )
    at = mask.followed.index(possible[-1] if axis is None else axis)
    lines: dict[Index, list[Index]] = {}
    for own in mask.every():
        lines.setdefault((*own[:at], *own[at + 1 :]), []).append(own)
    added = dict(mask.added)
    for line in lines.values():
        before: tuple[int, Hole] | None = None
        for number, own in enumerate(line):
            hole = mask.hole(own)
            if not hole.any():
                continue
            if before is not None and number > before[0] + 1:
                _fill_between(line, before, (number, hole), added)
            before = number, hole
    return replace(mask, added=added)


def _fill_between(
    line: list[Index],
    first: tuple[int, Hole],
    last: tuple[int, Hole],
    added: dict[Index, tuple[Window, Hole]],
) -> None:
    start, end = _signed_distance(first[1]), _signed_distance(last[1])
    for number in range(first[0] + 1, last[0]):
        part = (number - first[0]) / (last[0] - first[0])
        hole = (1 - part) * start + part * end < 0
        box = tight_box(hole)
        if box is not None:
            added[line[number]] = box, hole[box.slices].copy()


def _signed_distance(hole: Hole) -> NDArray[np.float64]:
    """Return how far pixels are from the edge, negative inside."""
    outside = ndimage.distance_transform_edt(~hole)
    inside = ndimage.distance_transform_edt(hole)
    return np.asarray(outside - inside)


def _cut(box: Window, hole: Hole, window: Window) -> Hole:
    found = np.zeros(window.shape, dtype=bool)
    common = box.intersection(window)
    if common is not None:
        found[common.within(window)] = hole[common.within(box)]
    return found


def _from_the_last(
    lengths: tuple[int, ...], stack: tuple[int, ...]
) -> tuple[int | None, ...] | None:
    """Return which axis goes with which, counted from the last; None if lengths differ."""
    offset = len(stack) - len(lengths)
    found: list[int | None] = []
    for number, length in enumerate(lengths):
        axis = number + offset
        if length == 1:
            found.append(None)
        elif axis >= 0 and stack[axis] == length:
            found.append(axis)
        else:
            return None
    return tuple(found)


def _by_length(lengths: tuple[int, ...], stack: tuple[int, ...]) -> tuple[int | None, ...] | None:
    """Return which axis goes with which by their lengths, if there is exactly one way."""
    long = [length for length in lengths if length > 1]
    ways = _ways(tuple(long), stack)
    if len(ways) != 1:
        return None
    rest = iter(ways[0])
    return tuple(None if length == 1 else next(rest) for length in lengths)


@lru_cache(maxsize=64)
def _ways(lengths: tuple[int, ...], stack: tuple[int, ...], first: int = 0) -> list[list[int]]:
    if not lengths:
        return [[]]
    return [
        [axis, *rest]
        for axis in range(first, len(stack))
        if stack[axis] == lengths[0]
        for rest in _ways(lengths[1:], stack, axis + 1)
    ]
