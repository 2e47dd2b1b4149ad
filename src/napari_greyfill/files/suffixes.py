"""Which files count as pictures by their names, and which format holds what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["PICTURE_SUFFIXES", "is_picture_name", "lossless_suffix"]

PICTURE_SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")


def is_picture_name(path: Path | str) -> bool:
    """Return whether a file's name is that of a picture; hidden files never count."""
    path = Path(path)
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def lossless_suffix(dtype: np.dtype[Any]) -> str:
    """Return ".png" for types that PNG can hold as they are, and ".tif" for all others."""
    return ".png" if dtype.name in ("bool", "uint8", "uint16") else ".tif"
