"""A stack with what was filled laid over it, put together where it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import read_part
from napari_greyfill.stack.axes import Axes, dtype_of
from napari_greyfill.stack.indexing import placed
from napari_greyfill.stack.tasks import StackPatch

__all__ = ["Pasted", "filled_region", "paste"]

Index = tuple[int, ...]


def paste(plane: NDArray[Any], patches: Iterable[StackPatch]) -> NDArray[Any]:
    """Write patches into a plane, and return it.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) array
        Changed in the holes of the patches, and nowhere else.
    patches : iterable of StackPatch
        Of this plane.
    """
    for patch in patches:
        plane[patch.window.slices][patch.hole] = patch.values[patch.hole]
    return plane


class Pasted:
    """An array that is read from another, with patches pasted over what is read.

    It has what numpy, dask and napari ask of an array that is read in parts.

    Parameters
    ----------
    data : array or None
        The stack; None for labels, which are 0 where nothing was filled.
    axes : Axes
        Of the stack.
    patches : iterable of StackPatch
        Of any planes.
    """

    def __init__(self, data: Any, axes: Axes, patches: Iterable[StackPatch]) -> None:  # noqa: ANN401
        self._data = data
        self._axes = axes if data is not None else axes.without_colour()
        self._patches: dict[Index, list[StackPatch]] = {}
        for patch in patches:
            self._patches.setdefault(patch.index, []).append(patch)
        self.shape = self._axes.shape
        self.dtype: np.dtype[Any] = np.dtype(np.uint8) if data is None else dtype_of(data)
        self.ndim = len(self.shape)

    @property
    def nbytes(self) -> int:
        """Return how many bytes all of it would take."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:  # noqa: ANN401 - as numpy has it
        """Return a part, read and pasted."""
        place = placed(key, self.shape)
        return place.of(self._part(place.slices))

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        """Return all of it."""
        return np.asarray(self[...], dtype=dtype)

    def _part(self, slices: tuple[slice, ...]) -> NDArray[Any]:
        if self._data is None:
            part = np.zeros([s.stop - s.start for s in slices], dtype=self.dtype)
        else:
            part = np.array(read_part(self._data, slices))
        axes = self._axes
        rows, columns = slices[axes.y], slices[axes.x]
        frame = Window(rows.start, rows.stop, columns.start, columns.stop)
        for index, patches in self._patches.items():
            places = [slices[axis] for axis in axes.leading]
            if not all(s.start <= at < s.stop for s, at in zip(places, index, strict=True)):
                continue
            local = tuple(at - s.start for s, at in zip(places, index, strict=True))
            plane = axes.upright(part[axes.place(local)])  # a view
            channels = slice(None) if axes.colour is None else slices[axes.colour]
            for patch in patches:
                common = patch.window.intersection(frame)
                if common is None:
                    continue
                inside = patch.hole[common.within(patch.window)]
                view = plane[common.within(frame)]
                if self._data is None:
                    view[inside] = patch.source
                elif axes.colour is None:
                    view[inside] = patch.values[common.within(patch.window)][inside]
                else:
                    values = patch.values[common.within(patch.window)][..., channels]
                    view[inside] = values[inside]
        return part


def filled_region(axes: Axes, patches: Iterable[StackPatch]) -> Pasted:
    """Return labels of what was filled: 0 where nothing was, otherwise a `Source`.

    Parameters
    ----------
    axes : Axes
        Of the stack.
    patches : iterable of StackPatch
        Of any planes.
    """
    return Pasted(None, axes, patches)
