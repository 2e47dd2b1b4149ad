"""A stack as it is read: windows of planes, on one scale for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import NothingKnownError, UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import read_part
from napari_greyfill.image.validity import invalid_pixels
from napari_greyfill.image.values import LARGE, Kind, ValueRange, value_range
from napari_greyfill.stack.axes import Axes, dtype_of
from napari_greyfill.stack.masks import StackMask
from napari_greyfill.stack.seen import Witness

__all__ = ["StackImage", "range_of_stack"]

Hole = NDArray[np.bool_]
Index = tuple[int, ...]

_EVERY = 8  # of so many planes one decides the range
_FEWEST, _MOST = 8, 64  # planes that do
_SAMPLE = 2_000_000  # values, at most
_REAL = "buif"


@dataclass(frozen=True, eq=False)
class StackImage:
    """A stack of planes, which is only read where it is asked for.

    Attributes
    ----------
    data : array
        With ``shape``, ``dtype`` and slices: numpy, a memory-mapped file, dask, zarr, tensorstore.
    axes : Axes
    values : ValueRange
        The one scale of all planes.
    nodata : float or None
        A value that stands for none.
    witness : Witness or None
        Is told what is read.
    """

    data: Any
    axes: Axes
    values: ValueRange = field(default_factory=lambda: ValueRange(0.0, 1.0))
    nodata: float | None = None
    witness: Witness | None = field(default=None, repr=False)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Return the type of the values."""
        return dtype_of(self.data)

    @property
    def kind(self) -> Kind:
        """Return what a plane is: "grey", "rgb" or "rgba"."""
        colour = self.axes.colour
        if colour is None:
            return "grey"
        return "rgb" if self.axes.shape[colour] == 3 else "rgba"

    def read(self, index: Index, window: Window | None = None) -> NDArray[Any]:
        """Return the values of a plane, or a window of it: (h, w) or (h, w, C).

        Parameters
        ----------
        index : tuple of int
            One for each axis along which planes follow each other.
        window : Window, optional
            By default the whole plane.
        """
        values = self.axes.upright(read_part(self.data, self.axes.place(index, window)))
        if self.witness is not None:
            height, width = self.axes.plane_shape
            self.witness.image(index, window or Window(0, height, 0, width), values)
        return values

    def invalid(self, values: NDArray[Any]) -> Hole:
        """Return which pixels of what was read hold no value."""
        found = invalid_pixels(values, self.nodata)
        return np.zeros(values.shape[:2], dtype=bool) if found is None else found

    def grey(self, values: NDArray[Any], unknown: Hole) -> NDArray[np.float32]:
        """Return the luma of what was read on the scale of the stack, 0 where it is unknown.

        Parameters
        ----------
        values : (h, w) or (h, w, C) array
            Returned by `read`.
        unknown : (h, w) bool array
            Pixels that are no source.
        """
        colours = np.asarray(values)[..., :3] if values.ndim == 3 else np.asarray(values)
        plane = self.values.to_finite_unit(colours)
        plane = luma(plane) if plane.ndim == 3 else plane
        plane[unknown] = 0.0
        return plane

    def require_real(self) -> None:
        """Check the type of the values; raises `UnsupportedImageError`."""
        if self.dtype.kind not in _REAL:
            raise UnsupportedImageError(
                f"The image is of type {self.dtype}, which holds no real numbers; "
                "convert it to integers or floats."
            )


def range_of_stack(
    image: StackImage, mask: StackMask, places: Sequence[tuple[Index, Window]]
) -> ValueRange:
    """Return one scale for a stack, from every eighth of the planes that are filled.

    The rule is that of single pictures: the type's own scale where it is used, otherwise the
    extremes of what was looked at, without outliers. Large planes are looked at where the work
    will be, small ones as a whole.

    Parameters
    ----------
    image : StackImage
        Whose own `values` do not matter yet.
    mask : StackMask
        Its holes do not count.
    places : sequence of (index, Window)
        Where the work will be.

    Raises
    ------
    NothingKnownError
        If no pixel there is known.
    """
    windows: dict[Index, list[Window]] = {}
    for index, window in places:
        windows.setdefault(index, []).append(window)
    height, width = image.axes.plane_shape
    whole = [Window(0, height, 0, width)] if height * width < LARGE else None
    parts: list[NDArray[Any]] = []
    for index in _spread(sorted(windows)):
        for window in whole or windows[index]:
            values = image.read(index, window)
            lost = mask.hole(mask.own(index), window) | image.invalid(values)
            colours = np.asarray(values)[..., :3] if values.ndim == 3 else np.asarray(values)
            known = colours[~lost]
            if known.size:
                parts.append(known)
    if not parts:  # every such plane is masked as a whole, or has no values
        parts = _anywhere(image, mask)
    extremes = min(float(p.min()) for p in parts), max(float(p.max()) for p in parts)
    step = -(-sum(len(part) for part in parts) // _SAMPLE)
    return value_range(np.concatenate([part[::step].ravel() for part in parts]), extremes)


def _spread(indices: Sequence[Index]) -> list[Index]:
    """Return every eighth of some planes, but some of few and not all of many."""
    wanted = min(len(indices), max(_FEWEST, min(_MOST, -(-len(indices) // _EVERY))))
    places = np.linspace(0, len(indices) - 1, wanted).round().astype(int)
    return [indices[int(place)] for place in np.unique(places)]


def _anywhere(image: StackImage, mask: StackMask) -> list[NDArray[Any]]:
    every = _spread(list(np.ndindex(image.axes.stack_shape)))
    for index in [*every, *np.ndindex(image.axes.stack_shape)]:
        values = image.read(index)
        lost = mask.hole(mask.own(index)) | image.invalid(values)
        colours = np.asarray(values)[..., :3] if values.ndim == 3 else np.asarray(values)
        if not lost.all():
            return [colours[~lost]]
    raise NothingKnownError(
        "Every pixel of the stack is masked or has no value, so there is nothing to fill from; "
        "leave some of it unpainted."
    )
