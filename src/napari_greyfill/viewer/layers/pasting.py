"""Results of pyramids and lazy arrays: the original with the fill pasted over it when it is read.

Nothing is copied but the filled pixels, and what of them there is in each level of a pyramid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.values import as_type
from napari_greyfill.pipeline.intermediate import Intermediate
from napari_greyfill.viewer.layers.models import PlaneSource

if TYPE_CHECKING:
    from dask.array import Array

__all__ = ["Piece", "filled_levels"]

_CHUNK = 1024  # pixels along each side, where the original has no chunks of its own


@dataclass(frozen=True, eq=False)
class Piece:
    """Pixels that lie over an image.

    Attributes
    ----------
    window : Window
    values : (h, w) or (h, w, channels) array
    over : (h, w) bool array
        Which of them count.
    """

    window: Window
    values: NDArray[Any]
    over: NDArray[np.bool_]


def filled_levels(source: PlaneSource, final: Intermediate) -> list[Array]:
    """Return the filled plane of a lazy array, or of each level of a pyramid, finest first.

    A pixel of a coarser level changes if any pixel that it stands for was filled; it becomes the
    mean of those.

    Parameters
    ----------
    source : PlaneSource
        What the picture was read from.
    final : Intermediate
        The last one of a fill.
    """
    planes = [_opened(data)[index] for data, index in source.every_level()]
    pieces = _of_finest(final)
    filled = [_pasted(planes[0], pieces)]
    for finer, coarser in pairwise(planes):
        pieces = [_reduced(piece, finer, coarser.shape) for piece in pieces]
        filled.append(_pasted(coarser, pieces))
    return filled


def _of_finest(final: Intermediate) -> list[Piece]:
    hole = final.picture.hole
    windows = [patch.window for patch in final.patches]
    return [Piece(w, final.image_in(w), hole[w.slices].copy()) for w in windows]


class _Kept:
    """An array that dask does not copy."""

    def __init__(self, data: Any) -> None:  # noqa: ANN401 - any array type
        self._data = data
        self.shape, self.dtype, self.ndim = data.shape, data.dtype, data.ndim

    def __getitem__(self, index: Any) -> NDArray[Any]:  # noqa: ANN401 - as arrays take it
        return np.asarray(self._data[index])


def _opened(data: Any) -> Array:  # noqa: ANN401 - any array type
    """Return an array as one of dask, without reading it."""
    import dask.array

    if isinstance(data, dask.array.Array):
        return data
    chunks = getattr(data, "chunks", None)
    if chunks is None:
        planes = data.ndim - (3 if data.shape[-1] in (3, 4) else 2)
        chunks = tuple(
            1 if axis < planes else min(length, _CHUNK) for axis, length in enumerate(data.shape)
        )
    empty = np.empty((0,) * data.ndim, dtype=data.dtype)
    # no name, because dask would read all of the array to find one
    return dask.array.from_array(_Kept(data), chunks=chunks, name=False, meta=empty)


def _pasted(plane: Array, pieces: Sequence[Piece]) -> Array:
    """Return a plane with pieces over it."""
    from dask.array import map_blocks

    starts = [np.concatenate([[0], np.cumsum(lengths)]) for lengths in plane.chunks[:2]]

    def paste(block: NDArray[Any], block_id: tuple[int, ...]) -> NDArray[Any]:
        y, x = (int(starts[axis][block_id[axis]]) for axis in (0, 1))
        here = Window(y, y + block.shape[0], x, x + block.shape[1])
        touching = [piece for piece in pieces if piece.window.intersection(here) is not None]
        block = np.array(block) if touching else block
        for piece in touching:
            _lay(block, here, piece)
        return block

    token = f"filled-{id(paste)}-{np.random.default_rng().integers(2**62)}"
    return map_blocks(paste, plane, dtype=plane.dtype, meta=plane._meta, token=token)


def _lay(target: NDArray[Any], frame: Window, piece: Piece) -> None:
    """Write a piece into a part of its image."""
    common = piece.window.intersection(frame)
    if common is not None:
        there = common.within(piece.window)
        view = target[common.within(frame)]
        view[piece.over[there]] = piece.values[there][piece.over[there]]


def _reduced(piece: Piece, finer: Array, shape: tuple[int, ...]) -> Piece:
    """Return what there is of a piece in the next coarser level."""
    factors = [finer.shape[axis] / shape[axis] for axis in (0, 1)]
    (y0, y1), (x0, x1) = (
        (floor(low / factor), min(length, ceil(high / factor)))
        for low, high, factor, length in zip(
            (piece.window.y0, piece.window.x0),
            (piece.window.y1, piece.window.x1),
            factors,
            shape,
            strict=False,
        )
    )
    rows, columns = _edges(y0, y1, factors[0]), _edges(x0, x1, factors[1])
    frame = Window(rows[0], rows[-1], columns[0], columns[-1])
    values = np.array(finer[frame.slices])
    _lay(values, frame, piece)
    over = np.zeros(frame.shape)
    _lay(over, frame, Piece(piece.window, piece.over, piece.over))
    means = as_type(_means(values.astype(np.float64), rows, columns), values.dtype)
    return Piece(Window(y0, y1, x0, x1), means, _means(over, rows, columns) > 0)


def _edges(first: int, last: int, factor: float) -> list[int]:
    """Return where the pixels of a coarser level begin and end in the finer one."""
    return [round(i * factor) for i in range(first, last + 1)]


def _means(
    values: NDArray[np.float64], rows: Sequence[int], columns: Sequence[int]
) -> NDArray[np.float64]:
    """Return the means of blocks between edges."""
    for axis, edges in enumerate((rows, columns)):
        sums = np.add.reduceat(values, np.array(edges[:-1]) - edges[0], axis=axis)
        lengths = np.diff(edges).reshape([-1 if a == axis else 1 for a in range(values.ndim)])
        values = sums / lengths
    return values
