"""A filled stack of several levels, each put together where it is read: pyramids stay pyramids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.values import as_type
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.indexing import placed
from napari_greyfill.stack.ome import stored_axes

if TYPE_CHECKING:
    from dask.array import Array

    from napari_greyfill.stack.store import PatchStore

__all__ = ["Coarser", "Finest", "in_parts", "touched"]

_CHUNK = 1024  # pixels along y and x


class Finest:
    """What was filled in the finest level of a stack, as coarser ones need it.

    Parameters
    ----------
    axes : Axes
        Of the stack.
    values : array-like
        The filled stack, or None to make levels of labels.
    codes : array-like
        Labels of what was filled, without an axis for colour: 0 where nothing was.
    touched : callable
        Returns for a plane which windows of it hold all that was filled.
    """

    def __init__(
        self,
        axes: Axes,
        values: Any,  # noqa: ANN401 - any array type
        codes: Any,  # noqa: ANN401 - any array type
        touched: Callable[[tuple[int, ...]], Sequence[Window]],
    ) -> None:
        self.axes, self.values, self.codes, self.touched = axes, values, codes, touched


class Coarser:
    """A coarser level of a filled stack, as an array that is read part by part.

    A pixel changes if any pixel that it stands for was filled; it becomes the mean of those it
    stands for, and the largest of their labels.

    Parameters
    ----------
    level : array-like
        The level of the stack itself.
    finest : Finest
        What was filled.
    """

    def __init__(self, level: Any, finest: Finest) -> None:  # noqa: ANN401 - any array type
        self._level, self._finest = level, finest
        axes = finest.axes if finest.values is not None else finest.axes.without_colour()
        self.axes = axes
        shape = tuple(map(int, level.shape))
        colour = finest.axes.colour
        if finest.values is None and colour is not None:
            shape = tuple(n for axis, n in enumerate(shape) if axis != colour)
        self.shape: tuple[int, ...] = shape
        self.ndim = len(shape)
        labels = finest.values is None
        self.dtype: np.dtype[Any] = np.dtype(np.uint8 if labels else level.dtype)
        self._factors = [full / own for full, own in zip(axes.shape, shape, strict=True)]

    def __getitem__(self, index: Any) -> NDArray[Any]:  # noqa: ANN401 - as arrays take it
        """Return a part: numbers, slices forwards, and an ellipsis."""
        place = placed(index, self.shape)
        whole = place.slices
        if self._finest.values is None:
            part = np.zeros([s.stop - s.start for s in whole], dtype=np.uint8)
        else:
            part = np.array(self._level[whole])
        if part.size:
            for piece in self._pieces(whole):
                self._lay(part, whole, piece)
        return place.of(part)

    def _pieces(self, whole: Sequence[slice]) -> Iterator[tuple[slice, ...]]:
        """Yield the boxes of this level that may have changed, within a part of it."""
        axes = self.axes
        for index in product(*(range(whole[a].start, whole[a].stop) for a in axes.leading)):
            found: set[tuple[int, int, int, int]] = set()
            for fine in product(
                *(
                    self._fine(axis, at, at + 1)
                    for axis, at in zip(axes.leading, index, strict=True)
                )
            ):
                for window in self._finest.touched(fine):
                    found.add(
                        (
                            *self._coarse(axes.y, window.y0, window.y1, whole[axes.y]),
                            *self._coarse(axes.x, window.x0, window.x1, whole[axes.x]),
                        )
                    )
            for y0, y1, x0, x1 in sorted(found):
                if y0 < y1 and x0 < x1:
                    place = list(whole)
                    place[axes.y], place[axes.x] = slice(y0, y1), slice(x0, x1)
                    for axis, at in zip(axes.leading, index, strict=True):
                        place[axis] = slice(at, at + 1)
                    yield tuple(place)

    def _fine(self, axis: int, start: int, stop: int) -> range:
        """Return what pixels of the finest level some of this one stand for."""
        factor = self._factors[axis]
        first = round(start * factor)
        return range(first, max(first + 1, round(stop * factor)))

    def _coarse(self, axis: int, start: int, stop: int, within: slice) -> tuple[int, int]:
        factor = self._factors[axis]
        first, last = floor(start / factor), ceil(stop / factor) + 1  # edges are rounded
        return max(first, within.start), min(last, within.stop)

    def _lay(self, part: NDArray[Any], whole: Sequence[slice], piece: Sequence[slice]) -> None:
        """Write a box of this level into a part of it."""
        fine, edges = [], []
        for axis, own in enumerate(piece):
            starts = [self._fine(axis, at, at + 1).start for at in range(own.start, own.stop)]
            stop = self._fine(axis, own.stop - 1, own.stop).stop
            fine.append(slice(starts[0], stop))
            edges.append([start - starts[0] for start in starts])
        colour = self._finest.axes.colour if self._finest.values is not None else None
        plain = [axis for axis in range(self.ndim) if axis != colour]
        codes = np.asarray(self._finest.codes[tuple(fine[axis] for axis in plain)])
        if not codes.any():
            return
        for position, axis in enumerate(plain):
            codes = np.maximum.reduceat(codes, edges[axis], axis=position)
        inside = part[
            tuple(
                slice(p.start - w.start, p.stop - w.start)
                for p, w in zip(piece, whole, strict=True)
            )
        ]
        if self._finest.values is None:
            np.maximum(inside, codes, out=inside)
            return
        values = np.asarray(self._finest.values[tuple(fine)]).astype(np.float64)
        sizes = values.shape
        for axis, starts in enumerate(edges):
            counts = np.diff([*starts, sizes[axis]])
            shape = [-1 if a == axis else 1 for a in range(self.ndim)]
            values = np.add.reduceat(values, starts, axis=axis) / counts.reshape(shape)
        over = codes > 0 if colour is None else np.expand_dims(codes > 0, colour)
        np.copyto(inside, as_type(values, self.dtype), where=over)


def in_parts(array: Any, axes: Axes) -> Array:  # noqa: ANN401 - any array type
    """Return an array that is read part by part as one of dask; nothing is read.

    Parameters
    ----------
    array : array-like
        With ``shape``, ``dtype`` and slices.
    axes : Axes
        Which of its axes are planes, and along which they follow each other.
    """
    import dask.array

    squares = {axes.y: _CHUNK, axes.x: _CHUNK}
    chunks = tuple(
        1 if axis in axes.leading else min(length, squares.get(axis, length))
        for axis, length in enumerate(array.shape)
    )
    empty = np.empty((0,) * len(array.shape), dtype=array.dtype)
    make: Any = dask.array.from_array  # untyped
    # no name, because dask would read all of the array to find one
    made: Array = make(array, chunks=chunks, name=False, meta=empty)
    return made


def touched(store: PatchStore, index: tuple[int, ...]) -> list[Window]:
    """Return which parts of a plane hold all that a store has of it; nothing is read.

    Parameters
    ----------
    store : PatchStore
        Which store.
    index : tuple of int
        The plane.
    """
    plain, chunks = store.axes.without_colour(), list(store.chunks)
    if store.axes.colour is not None:
        del chunks[store.axes.colour]
    order = stored_axes(store.axes).without(store.axes.colour).order  # y and x come last
    at = dict(zip(plain.leading, index, strict=True))
    folder = store.path / "labels" / "filled" / "0" / "c"
    for own in order[:-2]:
        folder /= str(at[own] // chunks[own])
    high, wide = chunks[plain.y], chunks[plain.x]
    height, width = plain.plane_shape
    return [
        Window(y * high, min((y + 1) * high, height), x * wide, min((x + 1) * wide, width))
        for y in _numbered(folder)
        for x in _numbered(folder / str(y))
    ]


def _numbered(folder: Path) -> list[int]:
    """Return the chunks, or rows of chunks, that are there."""
    try:
        return sorted(int(each.name) for each in folder.iterdir() if each.name.isdigit())
    except OSError:
        return []
