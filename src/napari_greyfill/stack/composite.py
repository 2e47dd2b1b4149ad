"""A filled stack that is put together where it is read: the stack, and the patches over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import MissingDependencyError, ShapeMismatchError
from napari_greyfill.stack.axes import dtype_of
from napari_greyfill.stack.indexing import placed
from napari_greyfill.stack.store import PatchStore

if TYPE_CHECKING:
    from dask.array import Array

__all__ = ["Composite", "StoredCodes", "composite"]

_CHUNK = 1024  # pixels along y and x, where the stack has no chunks of its own


class Composite:
    """A stack with what a store holds over it, as an array that is read part by part.

    Parameters
    ----------
    image : array-like
        The stack: numpy, dask, zarr, or anything with ``shape``, ``dtype`` and slices.
    store : PatchStore
        What was filled in it so far; what comes later is seen the next time that it is read.

    Raises
    ------
    ShapeMismatchError
        If the store is of another stack.
    """

    def __init__(self, image: Any, store: PatchStore) -> None:  # noqa: ANN401 - any array type
        if tuple(image.shape) != store.axes.shape:
            raise ShapeMismatchError(
                f"The stack is {' × '.join(map(str, image.shape))}, and the patches in "
                f"{store.path} are of one of {' × '.join(map(str, store.axes.shape))}; give the "
                "stack they were filled in."
            )
        self._image, self._store = image, store
        self.shape: tuple[int, ...] = store.axes.shape
        self.dtype: np.dtype[Any] = dtype_of(image)
        self.ndim = len(self.shape)

    def __getitem__(self, index: Any) -> NDArray[Any]:  # noqa: ANN401 - as arrays take it
        """Return a part: numbers, slices forwards, and an ellipsis."""
        place = placed(index, self.shape)
        part = np.array(self._image[place.slices])
        over = self._store.codes(place.slices) > 0
        if over.any():
            colour = self._store.axes.colour
            over = over if colour is None else np.expand_dims(over, colour)
            np.copyto(part, self._store.values(place.slices), where=over)
        return place.of(part)

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        """Return all of it."""
        return np.asarray(self[...], dtype=dtype)


class StoredCodes:
    """What was filled of a stack in a store, as labels that are read part by part.

    Parameters
    ----------
    store : PatchStore
        Which store.
    """

    def __init__(self, store: PatchStore) -> None:
        self._store = store
        self.shape: tuple[int, ...] = store.axes.without_colour().shape
        self.dtype: np.dtype[Any] = np.dtype(np.uint8)
        self.ndim = len(self.shape)

    def __getitem__(self, index: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - as arrays take it
        """Return a part: numbers, slices forwards, and an ellipsis."""
        place = placed(index, self.shape)
        full, colour = list(place.slices), self._store.axes.colour
        if colour is not None:
            full.insert(colour, slice(None))
        return place.of(self._store.codes(full))


def composite(image: Any, store: PatchStore) -> Array:  # noqa: ANN401 - any array type
    """Return a stack with what a store holds over it, as a dask array; nothing is read.

    Parameters
    ----------
    image : array-like
        The stack.
    store : PatchStore
        What was filled in it.

    Raises
    ------
    ShapeMismatchError
        If the store is of another stack.
    MissingDependencyError
        If dask is not installed.
    """
    try:
        import dask.array
    except ImportError as error:
        raise MissingDependencyError(
            "Stacks that are put together as they are read need dask; install it with "
            'pip install "napari-greyfill[stacks]".'
        ) from error
    both = Composite(image, store)
    empty = np.empty((0,) * both.ndim, dtype=both.dtype)
    chunks = _chunks_of(image, store)
    # no name, because dask would read all of the array to find one
    make: Any = dask.array.from_array  # untyped
    array: Array = make(both, chunks=chunks, name=False, meta=empty)
    return array


def _chunks_of(image: Any, store: PatchStore) -> tuple[Any, ...]:  # noqa: ANN401 - any array type
    """Return the chunks of the stack, or of planes in squares."""
    own = getattr(image, "chunks", None)
    if own is not None and len(own) == len(store.axes.shape):
        return tuple(own)
    squares = {store.axes.y: _CHUNK, store.axes.x: _CHUNK, store.axes.colour: 4}
    return tuple(min(n, squares.get(axis, 1)) for axis, n in enumerate(store.axes.shape))
