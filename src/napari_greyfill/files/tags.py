"""Tags of other programs in a TIFF: which of them still hold for the filled picture."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from napari_greyfill.files.base import RawTag

__all__ = ["NODATA", "carried_tags", "described_by", "lost_tags", "names_of", "nodata_in"]

Page: TypeAlias = Any  # a tifffile.TiffPage
NODATA = 42113
# About the whole picture, where it lies or how it is shown, in bytes that hold no place in
# their own file, so that they can be copied as they are.
_CARRIED = {
    269: "the document's name",
    285: "the page's name",
    316: "the computer's name",
    700: "XMP",
    33550: "GeoTIFF",
    33922: "GeoTIFF",
    34264: "GeoTIFF",
    34735: "GeoTIFF",
    34736: "GeoTIFF",
    34737: "GeoTIFF",
    42112: "GDAL metadata",
    NODATA: "GDAL's no-data value",
    34118: "Zeiss SEM metadata",
    34680: "FEI metadata",
    34682: "FEI metadata",
    37706: "TVIPS metadata",
    50838: "ImageJ's lookup table, overlay and info",
    50839: "ImageJ's lookup table, overlay and info",
    51123: "Micro-Manager metadata",
}
# Carried in other ways (copyright, ICC), or about how the pixels were stored.
_SETTLED = (33432, 34675, 32995, 32996, 32997)
_NAMES = {
    330: "reduced copies",
    33723: "IPTC",
    34377: "Photoshop's resources",
    34665: "EXIF data except make, model, date, artist and copyright",
    34853: "GPS position",
    37724: "Photoshop's layers",
}
# Kinds of TIFF whose description, if it is plain text, is of the one plane that there is.
_ONE_PLANE = {
    *("imagej", "uniform", "ome", "fei", "sem", "geotiff", "gdal_metadata", "micromanager"),
    *("mmstack", "tvips", "subifd", "reduced"),
}


def carried_tags(page: Page) -> tuple[RawTag, ...]:
    """Return the tags that a result may have as they are."""
    found = []
    for tag in page.tags:
        if tag.code in _CARRIED:
            handle = page.parent.filehandle
            handle.seek(tag.valueoffset)
            value = handle.read(tag.valuebytecount)
            found.append(RawTag(tag.code, int(tag.dtype), tag.count, value))
    return tuple(found)


def lost_tags(page: Page, *, turned: bool) -> tuple[str, ...]:
    """Return what no result gets, by names for people.

    Parameters
    ----------
    page : tifffile.TiffPage
        The page that was read.
    turned : bool
        Whether the picture is turned upright: what says where it lies does not hold then.
    """
    names = []
    for tag in page.tags:
        if tag.code in _CARRIED:
            names += [_CARRIED[tag.code]] if turned else []
        elif tag.code in _NAMES:
            names.append(_NAMES[tag.code])
        elif tag.code >= 32768 and tag.code not in _SETTLED:
            names.append(f"tag {tag.code} ({tag.name})" if tag.name != str(tag.code) else "")
            names[-1] = names[-1] or f"tag {tag.code}"
    if page.description and not described_by(page, turned=turned) and not _is_own(page):
        names.append("a description of other frames or programs")
    return tuple(dict.fromkeys(names))


def names_of(tags: tuple[RawTag, ...]) -> list[str]:
    """Return what tags that can be carried are called by people."""
    return list(dict.fromkeys(_CARRIED[tag.code] for tag in tags))


def described_by(page: Page, *, turned: bool) -> str:
    """Return the description if it holds for the plane, as people, ImageJ or OME wrote it.

    Parameters
    ----------
    page : tifffile.TiffPage
        The page that was read.
    turned : bool
        Whether the picture was turned upright, so that sizes no longer hold.
    """
    text: str = page.description
    flags = page.parent.flags
    if not flags <= _ONE_PLANE or (turned and "ome" in flags):
        return ""
    begins = text.lstrip()
    return text if "ome" in flags or not begins.startswith(("{", "<")) else ""


def nodata_in(page: Page) -> float | None:
    """Return the value that stands for none, if the file names one that is a number."""
    try:
        value = float(str(page.tags.valueof(NODATA)).strip("\0 "))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_own(page: Page) -> bool:
    """Return whether the description is what tifffile notes about shapes."""
    return bool(page.description.lstrip().startswith('{"shape"'))
