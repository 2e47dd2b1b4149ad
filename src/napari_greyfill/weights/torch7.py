"""Read what Torch7, for Lua, has written (``.t7``), without running any of it.

A file is a tree of numbers, texts, tables, tensors and objects of classes. Tensors come out as
arrays, tables as dictionaries, and an object of whatever class as a `Record` of its name and what
it holds: nothing is looked up or called by a name that stands in the file, and programs in it are
skipped. Every length is checked against what is left of the file before anything is made of it.

The format is that of https://github.com/torch/torch7, ``File.lua``, in binary form, with long
integers of 8 bytes.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadCheckpointError

__all__ = ["Record", "read_torch7"]

_NIL, _NUMBER, _TEXT, _TABLE, _OBJECT, _BOOLEAN = range(6)
_FUNCTION, *_RECURRING = 6, 7, 8
_DEEPEST = 100  # tables and objects inside each other
_MOST = 200_000  # values; the largest published file has some thousand
_MOST_AXES = 16
_LEAST = 4  # bytes of a value
_VERSION = re.compile(r"V \d+")
_TENSOR = re.compile(r"torch\.(Cuda)?(\w*)(Tensor|Storage)")
_NUMBERS = {
    "Float": "<f4",
    "": "<f4",  # torch.CudaTensor
    "Double": "<f8",
    "Half": "<f2",
    "Long": "<i8",
    "Int": "<i4",
    "Short": "<i2",
    "Byte": "<u1",
    "Char": "<i1",
}


@dataclass(eq=False)
class Record:
    """An object of a class, whatever class it is.

    Attributes
    ----------
    name : str
        Of the class, such as "nn.Sequential".
    fields : dict
        What it holds, by name.
    """

    name: str
    fields: dict[Any, Any] = field(default_factory=dict)


def read_torch7(content: bytes, name: str) -> object:
    """Return what a file holds.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What messages call it.

    Returns
    -------
    None, bool, float, str, dict, array or Record
        Arrays are views of `content`.

    Raises
    ------
    BadCheckpointError
        If it is cut off or damaged, claims more than it holds, or nests without end.
    """
    try:
        return _Reader(content).value()
    except _ClaimError:
        raise BadCheckpointError(
            f"{name} is a Torch7 file that claims to hold more than its {len(content) / 1e6:,.1f} "
            "MB, so it was refused; get it again or choose another file."
        ) from None
    except _NestingError:
        raise BadCheckpointError(
            f"{name} is a Torch7 file that nests or lists its values in a way that no checkpoint "
            "does, so it was refused; choose another file."
        ) from None
    except (ValueError, TypeError, struct.error) as error:
        raise BadCheckpointError(
            f"{name} is a Torch7 file that is damaged, cut off, or written on another kind of "
            "machine; get it again or choose another file."
        ) from error


class _ClaimError(Exception):
    """A length is larger than what is left of the file."""


class _NestingError(Exception):
    """There are too many values, or too many inside each other."""


class _Reader:
    """Reads a file from its beginning to its end.

    Parameters
    ----------
    content : bytes
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._depth = 0
        self._count = 0
        self._known: dict[int, object] = {}

    def value(self) -> object:
        """Return the next value."""
        self._count += 1
        if self._depth >= _DEEPEST or self._count > _MOST:
            raise _NestingError
        self._depth += 1
        kind = self._int()
        if kind == _NIL:
            found: object = None
        elif kind == _NUMBER:
            found = struct.unpack("<d", self._bytes(8))[0]
        elif kind == _TEXT:
            found = self._text()
        elif kind == _BOOLEAN:
            found = bool(self._int())
        elif kind in (_TABLE, _OBJECT, *_RECURRING):
            found = self._shared(kind)
        elif kind == _FUNCTION:
            found = self._function()
        else:
            raise ValueError("no kind of value")
        self._depth -= 1
        return found

    def _bytes(self, count: int) -> bytes:
        if count < 0:
            raise ValueError("less than nothing")
        if count > len(self._content) - self._at:
            raise _ClaimError
        self._at += count
        return self._content[self._at - count : self._at]

    def _int(self) -> int:
        return int(struct.unpack("<i", self._bytes(4))[0])

    def _longs(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}q", self._bytes(8 * count))

    def _text(self) -> str:
        return self._bytes(self._int()).decode("latin-1")

    def _shared(self, kind: int) -> object:
        """Return a value that may stand in several places, and inside itself."""
        index = self._int()
        if index in self._known:
            return self._known[index]
        if kind == _TABLE:
            table: dict[Any, Any] = {}
            self._known[index] = table
            self._fill(table)
            return table
        if kind in _RECURRING:
            self._known[index] = None
            self._known[index] = self._function()
            return self._known[index]
        return self._object(index)

    def _fill(self, table: dict[Any, Any]) -> None:
        count = self._int()
        if count < 0:
            raise ValueError("less than nothing")
        if 2 * _LEAST * count > len(self._content) - self._at:
            raise _ClaimError
        for _ in range(count):
            key, value = self.value(), self.value()
            if isinstance(key, str | float | bool):
                table[int(key) if isinstance(key, float) and key.is_integer() else key] = value

    def _function(self) -> Record:
        """Skip a program, and what it refers to."""
        self._bytes(self._int())
        self.value()
        return Record("function")

    def _object(self, index: int) -> object:
        name = self._text()
        if _VERSION.fullmatch(name):
            name = self._text()
        numbers = _TENSOR.fullmatch(name)
        if numbers and numbers[2] in _NUMBERS:
            dtype = np.dtype(_NUMBERS[numbers[2]])
            read = self._storage if numbers[3] == "Storage" else self._tensor
            self._known[index] = None
            self._known[index] = read(dtype)
            return self._known[index]
        record = Record(name)
        self._known[index] = record
        held = self.value()
        record.fields = held if isinstance(held, dict) else {"value": held}
        return record

    def _storage(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        (size,) = self._longs(1)
        return np.frombuffer(self._bytes(size * dtype.itemsize), dtype)

    def _tensor(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        axes = self._int()
        if not 0 <= axes <= _MOST_AXES:
            raise ValueError("no number of axes")
        shape, strides, (offset,) = self._longs(axes), self._longs(axes), self._longs(1)
        numbers = self.value()
        if numbers is None or not prod(shape) or not axes:
            return np.zeros(0, dtype)
        if not isinstance(numbers, np.ndarray) or numbers.ndim != 1 or numbers.dtype != dtype:
            raise ValueError("a tensor without numbers")
        if min(*shape, *strides, offset - 1) < 0:
            raise ValueError("less than nothing")
        reach = offset - 1 + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
        if reach >= len(numbers) or prod(shape) > len(numbers):
            raise _ClaimError
        steps = tuple(step * dtype.itemsize for step in strides)
        return np.lib.stride_tricks.as_strided(
            numbers[offset - 1 :], shape, steps, writeable=False
        )
