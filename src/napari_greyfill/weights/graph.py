"""Read the constants of a frozen TensorFlow graph, without TensorFlow and without running it.

A frozen graph is a protocol buffer: a list of nodes, each with a name, what it does and
attributes. The weights are nodes that do nothing ("Const") and have a tensor as their attribute.
All other nodes, which say what would be computed, are skipped. Numbers of fields are those of
graph.proto, node_def.proto, attr_value.proto and tensor.proto of TensorFlow 1.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from napari_greyfill.weights.protobuf import fields, packed_varints, signed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["constants"]

_NODE = 1  # of a graph
_NAME, _OPERATION, _ATTRIBUTE = 1, 2, 5  # of a node
_KEY, _VALUE = 1, 2  # of an attribute
_TENSOR = 8  # of its value
_TYPE, _SHAPE, _CONTENT, _FLOATS, _HALVES = 1, 2, 4, 5, 13  # of a tensor
_SIDE, _LENGTH = 2, 1  # of a shape, and of one of its sides
_TYPES = {1: ("<f4", 4), 2: ("<f8", 8), 19: ("<f2", 2)}  # as numpy calls them, and bytes
_MOST_AXES = 8


def constants(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the constant tensors of numbers by the names of their nodes.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    dict of str to float32 array
        With the axes as TensorFlow has them: height, width, channels, filters.

    Raises
    ------
    ValueError
        If it is damaged, or a tensor is not as large as it claims.
    """
    found: dict[str, NDArray[np.float32]] = {}
    for number, node in fields(memoryview(content)):
        if number != _NODE or not isinstance(node, memoryview):
            continue
        name, tensor = _constant(node)
        values = None if tensor is None else _values(tensor)
        if values is None:
            continue
        if name in found:
            raise ValueError(f"two constants called {name}")
        found[name] = values
    return found


def _constant(node: memoryview) -> tuple[str, memoryview | None]:
    """Return the name and the tensor of a node; no tensor if it is no constant."""
    name, operation, tensor = "", b"", None
    for number, value in fields(node):
        if not isinstance(value, memoryview):
            continue
        if number == _NAME:
            name = str(value, "utf-8")
        elif number == _OPERATION:
            operation = bytes(value)
        elif number == _ATTRIBUTE:
            parts = {key: part for key, part in fields(value) if isinstance(part, memoryview)}
            if bytes(parts.get(_KEY, b"")) == b"value" and _VALUE in parts:
                tensor = _of(parts[_VALUE], _TENSOR)
    return name, tensor if operation == b"Const" else None


def _of(message: memoryview, wanted: int) -> memoryview | None:
    """Return the last value of a field that is a message or bytes."""
    last = None
    for number, value in fields(message):
        if number == wanted and isinstance(value, memoryview):
            last = value
    return last


def _values(tensor: memoryview) -> NDArray[np.float32] | None:
    """Return the numbers of a tensor, None if they are no fractions."""
    import numpy as np

    kind, shape, content, halves = 0, memoryview(b""), memoryview(b""), memoryview(b"")
    floats: list[memoryview] = []
    for number, value in fields(tensor):
        if number == _TYPE and isinstance(value, int):
            kind = value
        elif not isinstance(value, memoryview):
            continue
        elif number == _SHAPE:
            shape = value
        elif number == _CONTENT:
            content = value
        elif number == _FLOATS:
            floats.append(value)  # packed, or one after the other
        elif number == _HALVES:
            halves = value
    if kind not in _TYPES:
        return None
    sides = _sides(shape)
    if len(content):
        numbers = np.frombuffer(_whole(content, _TYPES[kind][1]), _TYPES[kind][0])
    elif floats and kind == 1:
        numbers = np.frombuffer(_whole(b"".join(floats), 4), "<f4")
    else:
        numbers = np.array(list(packed_varints(halves)), "<u2").view("<f2")
    # TensorFlow repeats the last number; no weights do that, and a file could claim any size
    if numbers.size != prod(sides):
        raise ValueError(f"{numbers.size} numbers for a tensor of {prod(sides)}")
    return numbers.astype(np.float32).reshape(sides)


def _whole(content: memoryview | bytes, size: int) -> memoryview | bytes:
    if len(content) % size:
        raise ValueError("a number that is cut off")
    return content


def _sides(shape: memoryview) -> tuple[int, ...]:
    sides: list[int] = []
    for number, side in fields(shape):
        if number != _SIDE or not isinstance(side, memoryview):
            continue
        lengths = [value for key, value in fields(side) if key == _LENGTH]
        length = signed(lengths[-1]) if lengths and isinstance(lengths[-1], int) else 0
        if length < 0 or len(sides) == _MOST_AXES:
            raise ValueError("a tensor without a size")
        sides.append(length)
    return tuple(sides)
