"""Planes that are read window by window, so that large files cost what is looked at.

Dask, zarr, HDF5 and the levels of a pyramid hold pictures that nobody wants in memory as a
whole. A `LazyPlane` stands for one plane of them; what was read of it is kept and not read
again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of
from napari_greyfill.errors import GreyfillError, UnreadableFileError
from napari_greyfill.image.geometry import Window

__all__ = ["LazyPlane", "is_lazy", "read_part", "values_in"]

_SMALL = 1_000_000  # values; what has no more is read as a whole


class LazyPlane:
    """One plane of an array, read where it is needed.

    Parameters
    ----------
    data : array-like
        With ``shape``, ``dtype`` and slices, such as a dask or zarr array.
    index : tuple of int
        Where the plane lies along the first axes.
    """

    def __init__(self, data: Any, index: tuple[int, ...] = ()) -> None:  # noqa: ANN401
        self._data = data
        self._index = index
        self.shape: tuple[int, ...] = tuple(data.shape)[len(index) :]
        self.dtype: np.dtype[Any] = np.dtype(data.dtype)
        self.ndim = len(self.shape)
        self._read: list[tuple[Window, NDArray[Any]]] = []

    @property
    def size(self) -> int:
        """Return the number of values."""
        return int(np.prod(self.shape))

    def same_as(self, other: LazyPlane) -> bool:
        """Return whether another one reads the same plane of the same array."""
        return self._data is other._data and self._index == other._index

    def window(self, window: Window) -> NDArray[Any]:
        """Return the values of a window, with all its channels; read anew only if they must be."""
        for known, values in self._read:
            if known.intersection(window) == window:
                return values[window.within(known)]
        values = np.asarray(read_part(self._data, (*self._index, *window.slices)))
        self._read = [each for each in self._read if each[0].intersection(window) != each[0]]
        self._read.append((window, values))
        return values

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        """Return the whole plane."""
        whole = np.asarray(read_part(self._data, self._index))
        return np.array(whole, dtype=dtype, copy=True) if copy else np.asarray(whole, dtype=dtype)

    def flat(self, axes: int) -> LazyPlane:
        """Return the plane without its first axes of length 1, so that so many are left."""
        more = self.ndim - axes
        if more <= 0 or set(self.shape[:more]) != {1}:
            return self
        return LazyPlane(self._data, (*self._index, *[0] * more))


def read_part(data: Any, place: tuple[Any, ...], what: str = "image") -> NDArray[Any]:  # noqa: ANN401
    """Return a part of an array as numpy has it, or say that it cannot be read.

    Parameters
    ----------
    data : array
        Of any kind, lazy ones too.
    place : tuple
        Numbers and slices; empty for all of it.
    what : str
        What it is, for the sentence.

    Raises
    ------
    UnreadableFileError
        If what keeps or computes the values fails.
    """
    try:
        part = data[place] if place else data
        return part if isinstance(part, np.ma.MaskedArray) else np.asarray(part)
    except (GreyfillError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableFileError(
            f"A part of the {what} cannot be read ({reason_of(error)}); mend its file or what "
            "computes it, and run again."
        ) from error


def is_lazy(data: Any) -> bool:  # noqa: ANN401 - any array type
    """Return whether an array is large, and read when it is asked for its values."""
    if isinstance(data, LazyPlane):
        return True
    if isinstance(data, np.ndarray) or not hasattr(data, "__getitem__"):
        return False
    try:
        size = int(np.prod(tuple(data.shape)))
        np.dtype(data.dtype)
    except (AttributeError, TypeError, ValueError):
        return False
    return size > _SMALL


def values_in(image: Any, window: Window) -> NDArray[Any]:  # noqa: ANN401 - array or LazyPlane
    """Return the values of an image in a window."""
    if isinstance(image, LazyPlane):
        return image.window(window)
    part: NDArray[Any] = image[window.slices]
    return part
