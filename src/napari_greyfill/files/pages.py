"""Whether a TIFF still has all the pages that it had when it was written."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, TypeAlias

import tifffile

from napari_greyfill.errors import UnreadableFileError
from napari_greyfill.files.base import damaged

__all__ = ["full_series", "require_all_pages"]

Series: TypeAlias = Any  # a tifffile.TiffPageSeries


def require_all_pages(tiff: tifffile.TiffFile, path: Path) -> None:
    """Refuse a file whose chain of pages leads in a circle, or out of the file.

    Each page says where the next one is. What reads TIFFs stops where that leads nowhere, so that
    a file that was cut short looks like a whole one with fewer pages.

    Parameters
    ----------
    tiff : tifffile.TiffFile
        Open.
    path : Path
        Of it, for the sentence.

    Raises
    ------
    UnreadableFileError
    """
    file, form = tiff.filehandle, tiff.tiff
    seen: set[int] = set()
    offset = tiff.pages[0].offset
    while offset:
        if offset in seen:
            raise UnreadableFileError(damaged(path))
        seen.add(offset)
        try:
            file.seek(offset)
            (tags,) = struct.unpack(form.tagnoformat, file.read(form.tagnosize))
            file.seek(offset + form.tagnosize + tags * form.tagsize)
            (offset,) = struct.unpack(form.offsetformat, file.read(form.offsetsize))
        except (struct.error, OSError, ValueError) as error:
            raise UnreadableFileError(damaged(path)) from error


def full_series(tiff: tifffile.TiffFile) -> list[Series]:
    """Return the pictures and stacks of a file without their reduced copies."""
    return [series for series in tiff.series if not series.keyframe.is_reduced]
