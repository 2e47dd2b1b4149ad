"""Read protocol buffers: messages of numbered fields, in which nothing can run.

Only what is asked for is looked at. Every length is compared with what is left of the file before
it is used, so that a file can claim nothing that it does not hold; values are parts of the file
itself, so that reading takes next to no memory.

The encoding is described in https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["Field", "fields", "packed_varints", "signed"]

Field = tuple[int, "int | memoryview"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10  # bytes
_MOST_FIELDS = 1_000_000  # of one message


def fields(message: memoryview) -> Iterator[Field]:
    """Yield number and value of each field, in the order of the message.

    Parameters
    ----------
    message : memoryview
        The bytes of one message.

    Yields
    ------
    number : int
    value : int or memoryview
        A whole number as it is stored (see `signed`), or the bytes of a text, a message, packed
        numbers or a number with a fixed length.

    Raises
    ------
    ValueError
        If it is damaged, or no message.
    """
    position, count = 0, 0
    while position < len(message):
        count += 1
        if count > _MOST_FIELDS:
            raise ValueError("more fields than a message of ours has")
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        if not number:
            raise ValueError("a field without a number")
        if kind == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if kind == _BYTES:
            length, position = _varint(message, position)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"a field of a kind ({kind}) that nobody writes any more")
        if length > len(message) - position:
            raise ValueError("a field that is longer than its message")
        yield number, message[position : position + length]
        position += length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Return a number of variable length, and where it ends."""
    value = 0
    for index in range(_LONGEST_VARINT):
        if position + index >= len(message):
            break
        byte = message[position + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position + index + 1
    raise ValueError("a number without an end")


def packed_varints(packed: memoryview) -> Iterator[int]:
    """Yield numbers of variable length that stand one after the other."""
    position = 0
    while position < len(packed):
        value, position = _varint(packed, position)
        yield value


def signed(value: int) -> int:
    """Return a number of 64 bits as it is meant where it may be negative."""
    return value - (1 << 64) if value >> 63 else value
