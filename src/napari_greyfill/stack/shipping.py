"""A function, and all that it knows, in a few bytes: large arrays go by their files.

What runs in another process has to be told what to work on. The pixels of a stack are on disk
already, or are put there once; a process maps the file and reads the windows it needs.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of
from napari_greyfill.errors import MissingDependencyError, UnreadableFileError, UnwritablePathError

__all__ = ["Shipped", "shipped"]

_LARGE = 2**20  # bytes; smaller arrays travel themselves


class Shipped:
    """A function that travels as bytes, and is put together where it is called.

    Parameters
    ----------
    payload : bytes
        Made by `shipped`.
    """

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self._function: Callable[..., Any] | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[Shipped], tuple[bytes]]:
        """Travel without the function."""
        return Shipped, (self.payload,)

    def __call__(self, *args: Any) -> Any:  # noqa: ANN401 - as the function has it
        """Call the function."""
        import cloudpickle

        with self._lock:
            if self._function is None:
                self._function = cloudpickle.loads(self.payload)
            function = self._function
        return function(*args)


def shipped(function: Callable[..., Any], folder: Path) -> Shipped:
    """Return a function as something small that can be sent to other processes.

    Parameters
    ----------
    function : callable
        With everything it knows, as by `functools.partial`: arrays in memory of a megabyte and
        more are written to the folder, and those that are mapped from a file go by its name.
    folder : Path
        Must be seen by all processes under the same name, and stay until they are done.

    Raises
    ------
    UnwritablePathError
        If an array has no room in the folder.
    MissingDependencyError
        If dask.distributed is not installed.
    """
    try:
        import cloudpickle
    except ImportError as error:
        raise MissingDependencyError(
            "Work in several processes needs dask.distributed; install it with "
            'pip install "napari-greyfill[stacks]".'
        ) from error

    class Shipper(cloudpickle.CloudPickler):  # type: ignore[misc]
        def reducer_override(self, value: Any) -> Any:  # noqa: ANN401 - as pickle has it
            if _is_large(value):
                return _mapped, _place_of(value) or _written(value, folder)
            return super().reducer_override(value)

    file = io.BytesIO()
    Shipper(file).dump(function)
    return Shipped(file.getvalue())


def _is_large(value: Any) -> bool:  # noqa: ANN401 - whatever a function knows
    plain = isinstance(value, np.ndarray) and not value.dtype.hasobject
    return plain and value.nbytes >= _LARGE


_Place = tuple[str, str, tuple[int, ...], int, tuple[int, ...]]


def _place_of(array: NDArray[Any]) -> _Place | None:
    """Return where in which file an array lies, or None if it is none's."""
    base: Any = array
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    if not isinstance(base, np.memmap) or base.filename is None or base.mode == "c":
        return None
    start = np.frombuffer(base._mmap, np.uint8).ctypes.data  # type: ignore[attr-defined]
    offset = array.__array_interface__["data"][0] - start
    before = base.offset - base.offset % mmap.ALLOCATIONGRANULARITY
    base.flush()
    name = str(Path(base.filename).resolve())
    return name, array.dtype.str, array.shape, before + offset, array.strides


def _written(array: NDArray[Any], folder: Path) -> _Place:
    """Write an array to a file of its own."""
    path = folder / f"{uuid4().hex}.npy"
    try:
        np.save(path, array, allow_pickle=False)
        place = _place_of(np.load(path, mmap_mode="r"))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UnwritablePathError(
            f"The stack cannot be written to {folder} for other processes ({reason_of(error)}); "
            "make room, or fill it from a file or an OME-Zarr."
        ) from error
    if place is None:
        raise TypeError(f"{path} is not mapped")
    return place


def _mapped(
    name: str, dtype: str, shape: tuple[int, ...], offset: int, strides: tuple[int, ...]
) -> NDArray[Any]:
    """Return the array that lies at a place in a file."""
    try:
        content = np.memmap(name, np.uint8, mode="r")
        return np.ndarray(shape, np.dtype(dtype), content, offset, strides)
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableFileError(
            f"{name} cannot be read by another process ({reason_of(error)}); put the stack where "
            "all machines see it under the same name."
        ) from error
