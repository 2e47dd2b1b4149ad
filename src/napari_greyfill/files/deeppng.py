"""PNG files with 16 bits per channel and colour or alpha, which Pillow reduces to 8 bits."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import png
from numpy.typing import NDArray

from napari_greyfill.files.base import Metadata

__all__ = ["is_deep_colour", "read_deep_png", "write_deep_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCH = 0.0254  # metres


def is_deep_colour(head: bytes, info: dict[Any, Any]) -> bool:
    """Return whether a file's first bytes say so; plain 16-bit grey is left to Pillow.

    Parameters
    ----------
    head : bytes
        The first 26 or more of the file.
    info : dict
        What Pillow found in it.
    """
    if not head.startswith(_SIGNATURE) or head[24] != 16:
        return False
    plain_grey = head[25] == 0 and "transparency" not in info
    return not plain_grey


def read_deep_png(path: Path) -> NDArray[np.uint16]:
    """Return the pixels, with an alpha channel if one colour is marked as transparent."""
    with path.open("rb") as file:
        width, height, rows, info = png.Reader(file=file).read()
        pixels = np.stack([np.asarray(row, dtype=np.uint16) for row in rows])
    pixels = pixels.reshape(height, width, info["planes"])
    if "transparent" in info:
        opaque = (pixels != np.array(info["transparent"], dtype=np.uint16)).any(axis=-1)
        alpha = np.where(opaque, np.uint16(65535), np.uint16(0))
        pixels = np.dstack([pixels, alpha])
    return pixels


def write_deep_png(file: BinaryIO, array: NDArray[np.uint16], metadata: Metadata) -> None:
    """Write 1 to 4 channels of 16 bits.

    Parameters
    ----------
    file : binary file
        Open for writing.
    array : (H, W) or (H, W, C) uint16 array
        Grey, grey and alpha, RGB or RGBA.
    metadata : Metadata
        What to write besides the pixels.
    """
    height, width = array.shape[:2]
    planes = array.size // (height * width)
    writer = png.Writer(width, height, greyscale=planes < 3, alpha=planes in (2, 4), bitdepth=16)
    encoded = BytesIO()
    writer.write_packed(encoded, (row.astype(">u2").tobytes() for row in array))
    header, *others = png.Reader(bytes=encoded.getvalue()).chunks()
    png.write_chunks(file, [header, *_chunks(metadata), *others])


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "ignore")


def _chunks(metadata: Metadata) -> list[tuple[bytes, bytes]]:
    chunks = []
    if metadata.icc:
        chunks.append((b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata.icc)))
    if metadata.dpi:
        per_metre = [round(dpi / _INCH) for dpi in metadata.dpi]
        sizes = b"".join(count.to_bytes(4, "big") for count in per_metre)
        chunks.append((b"pHYs", sizes + b"\x01"))
    for key, text in metadata.texts:
        latin = _latin(key)
        if latin and 1 <= len(latin) <= 79:
            plain = b"\0\0\0\0\0" + text.encode("utf-8", "replace")  # not packed, no language
            chunks.append((b"iTXt", latin + plain))
    if metadata.exif:
        chunks.append((b"eXIf", metadata.exif.removeprefix(b"Exif\0\0")))
    return chunks
