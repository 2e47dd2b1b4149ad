"""What a journal keeps of a filled patch, whose pixels are in the store."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.tasks import StackPatch

__all__ = ["DAMAGED", "patch_of", "place_in", "record_of"]

Hole = NDArray[np.bool_]
Codes = NDArray[np.uint8]

# what reading a record raises that is damaged, or of another version
DAMAGED = (LookupError, TypeError, ValueError, AttributeError, zlib.error)


def record_of(patch: StackPatch, codes: Codes) -> dict[str, Any]:
    """Return what to keep of a patch, as JSON has it.

    Parameters
    ----------
    patch : StackPatch
        Cut to the box around its hole.
    codes : (h, w) uint8 array
        What the store says its pixels are made of.
    """
    window = patch.window
    return {
        "index": list(patch.index),
        "window": [window.y0, window.y1, window.x0, window.x1],
        "source": int(patch.source),
        "expected_error": patch.expected_error,
        "share": float(patch.share),
        "words": patch.words,
        "hole": base64.b64encode(zlib.compress(np.packbits(patch.hole).tobytes())).decode(),
        "check": _check_of(patch.values, codes, patch.hole),
    }


def place_in(record: Mapping[str, Any]) -> tuple[tuple[int, ...], Window]:
    """Return which plane a record is of, and which window of it; raises one of `DAMAGED`."""
    return tuple(map(int, record["index"])), Window(*map(int, record["window"]))


def patch_of(record: Mapping[str, Any], values: NDArray[Any], codes: Codes) -> StackPatch | None:
    """Return the patch that a record is of; None if the store does not hold it any more.

    Parameters
    ----------
    record : mapping
        What `record_of` returned.
    values : (h, w) or (h, w, C) array
        What the store has there now.
    codes : (h, w) uint8 array
        And what it says that is made of.

    Raises
    ------
    Exception
        One of `DAMAGED`.
    """
    index, window = place_in(record)
    bits = np.frombuffer(zlib.decompress(base64.b64decode(record["hole"])), np.uint8)
    hole = np.unpackbits(bits, count=window.area).reshape(window.shape).astype(bool)
    if _check_of(values, codes, hole) != record["check"]:
        return None
    return StackPatch(
        index,
        window,
        values,
        hole,
        int(record["source"]),
        record["expected_error"],
        float(record["share"]),
        str(record["words"]),
    )


def _check_of(values: NDArray[Any], codes: Codes, hole: Hole) -> int:
    """Return a checksum of what fills a hole; other tasks may fill pixels in its box."""
    own = np.ascontiguousarray(values[hole])
    return zlib.crc32(own.tobytes(), zlib.crc32(codes[hole].tobytes()))
