"""TIFF files: one picture each, of any number type."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from napari_greyfill.errors import UnreadableFileError, UnsupportedImageError
from napari_greyfill.files.base import Decoded, Metadata, TiffTags, damaged, upright
from napari_greyfill.files.pages import full_series, require_all_pages
from napari_greyfill.files.palettes import as_bytes, is_display_table, padded
from napari_greyfill.files.tags import carried_tags, described_by, lost_tags, nodata_in

__all__ = ["TEXTS", "is_tiff", "read_tiff", "write_tiff"]

Page: TypeAlias = Any  # a tifffile.TiffPage
Fallback: TypeAlias = Callable[[Path, tuple[str, ...]], Decoded]

_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_RESOLUTION, _ORIENTATION, _ICC = 282, 274, 34675
_NO_UNIT, _INCH, _CENTIMETRE = 1, 2, 3
TEXTS = (271, 272, 306, 315, 33432)  # make, model, date, artist, copyright, as in EXIF
_JPEG = (6, 7)
# Compressions that every libtiff has: where it fails, the file is damaged.
_WITHOUT_CODECS = (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946)
_UNASSOCIATED_ALPHA = 2
# Larger than this, and this many times larger than its file, a picture is taken for a trap.
_MOST_VALUES = 500_000_000
_UNPACKED = 100


def is_tiff(head: bytes) -> bool:
    """Return whether a file's first bytes are those of a TIFF."""
    return head.startswith(_STARTS)


def read_tiff(path: Path, fallback: Fallback) -> Decoded:
    """Decode the only picture of a TIFF.

    Parameters
    ----------
    path : Path
        A TIFF with a single picture.
    fallback : callable
        Decodes a file in the formats given. It is asked for what tifffile leaves to the
        package imagecodecs, which may be missing.
    """
    with tifffile.TiffFile(path) as tiff:
        page = _only_page(tiff, path)
        tag = page.tags.valueof(_ORIENTATION)
        orientation = int(tag or 1)
        metadata = _metadata(tiff, page, orientation)
        found = Decoded(
            np.zeros((0, 0)),
            metadata,
            lossy=page.compression in _JPEG,
            orientation=None if tag is None else orientation,
            by_arrays=tag is None and tiff.is_shaped,
            by_imagej=_is_by_imagej(page),
        )
        stored = _stored(page, path)
        if stored is None:
            decoded = _from_fallback(fallback, page, path)
            indices, array = decoded.indices, decoded.array
            palette = decoded.metadata.palette
            metadata = replace(metadata, palette=palette)
            return _about(replace(found, array=array, indices=indices, metadata=metadata))
        stored = upright(stored, orientation)
        if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
            return _about(_of_palette(found, stored, as_bytes(page.colormap)))
        return _about(replace(found, array=_shown(stored, page, path)))


def _about(decoded: Decoded) -> Decoded:
    """Note which values the metadata is about."""
    like = (decoded.array.shape, decoded.array.dtype.name)
    return replace(decoded, metadata=replace(decoded.metadata, like=like))


def write_tiff(file: BinaryIO, array: NDArray[Any], metadata: Metadata) -> None:
    """Write 1 to 4 channels.

    Parameters
    ----------
    file : binary file
        Open for writing.
    array : (H, W) or (H, W, C) array
        Grey, grey and alpha, RGB or RGBA.
    metadata : Metadata
        What to write besides the pixels.
    """
    tags = metadata.tiff
    channels = array.shape[2] if array.ndim == 3 else 1
    photometric, colormap = _photometric(array, metadata)
    if photometric == "miniswhite" and tags.inverted and array.dtype.kind in "bui":
        array = _inverted(array)
    resolution, unit = tags.resolution, tags.unit
    if resolution is None and metadata.dpi is not None:
        resolution, unit = metadata.dpi, _INCH
    same = metadata.like == (array.shape, array.dtype.name)
    private = [(*tag, True) for tag in tags.private] if same else []
    described = same or not tags.description.lstrip().startswith("<")
    tifffile.imwrite(
        file,
        array,
        byteorder=tags.byteorder if private else None,
        photometric=photometric,
        colormap=colormap,
        planarconfig="contig" if channels > 1 else None,
        extrasamples=_extra(tags, channels) if channels in (2, 4) else None,
        compression="zlib" if tags.compressed else None,
        resolution=resolution,
        resolutionunit=unit if resolution else None,
        description=(tags.description.encode() or None) if described else None,
        iccprofile=metadata.icc or None,
        extratags=[*_texts(metadata.exif), *private],
        software="napari-greyfill",
        metadata=None,
    )


def _photometric(array: NDArray[Any], metadata: Metadata) -> tuple[str, Any]:
    """Return how values are displayed in the original, and with which table of colours."""
    channels = array.shape[2] if array.ndim == 3 else 1
    if channels > 2:
        return "rgb", None
    if metadata.palette is not None and channels == 1 and array.dtype == np.uint8:
        return "palette", metadata.palette.T.astype(np.uint16) * 257
    return ("miniswhite" if metadata.tiff.white_is_zero else "minisblack"), None


def _inverted(array: NDArray[Any]) -> NDArray[Any]:
    """Invert grey, but not its alpha."""
    if array.ndim == 2:
        return np.asarray(np.invert(array))
    return np.dstack([np.invert(array[..., 0]), array[..., 1]])


def _is_by_imagej(page: Page) -> bool:
    return str(page.description).startswith("ImageJ=")


def _of_palette(found: Decoded, stored: NDArray[Any], colours: NDArray[np.uint8]) -> Decoded:
    """Return greys with their palette if it only displays them, and colours otherwise."""
    if stored.dtype == np.uint8 and is_display_table(colours, stored):
        metadata = replace(found.metadata, palette=padded(colours))
        return replace(found, array=stored, indices=stored, metadata=metadata)
    return replace(found, array=colours[stored], indices=stored)


def _only_page(tiff: tifffile.TiffFile, path: Path) -> Page:
    require_all_pages(tiff, path)
    full = full_series(tiff)
    series, page = tiff.series[0], tiff.series[0].keyframe
    if len(full) > 1 or math.prod(series.shape) != math.prod(page.shape):
        what = f"{len(full)} pictures" if len(full) > 1 else f"a stack of {_size(series.shape)}"
        raise UnsupportedImageError(
            f"{path.name} holds {what}; save the one plane to fill as a file of its own."
        )
    file_size = path.stat().st_size
    segments = zip(page.dataoffsets, page.databytecounts, strict=False)
    if max((start + length for start, length in segments), default=math.inf) > file_size:
        raise UnreadableFileError(damaged(path))
    if page.size > _MOST_VALUES and page.nbytes > _UNPACKED * file_size:
        raise UnreadableFileError(f"{path.name} is too large to be read; crop it first.")
    return page


def _stored(page: Page, path: Path) -> NDArray[Any] | None:
    """Return the values as they are stored, channels last; None if tifffile cannot."""
    if page.photometric == tifffile.PHOTOMETRIC.YCBCR:
        return None
    if page.dtype is not None and page.dtype.kind not in "biuf":
        raise UnsupportedImageError(
            f"{path.name} holds values of type {page.dtype}, which are no real numbers; "
            "save their magnitude or real part as a file of its own."
        )
    try:
        values: NDArray[Any] = page.asarray()
    except (ValueError, NotImplementedError, ImportError):
        return None
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if page.axes == "SYX":
        values = np.moveaxis(values, 0, -1)
    if values.size == 0:
        raise UnreadableFileError(damaged(path))
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    channels = values.shape[2] if values.ndim == 3 else 1
    if page.axes not in ("YX", "YXS", "SYX") or channels not in (1, 2, 3, 4):
        raise UnsupportedImageError(
            f"{path.name} holds {_size(values.shape)} values, which is no grey or RGB picture; "
            "save the plane to fill as a file of its own."
        )
    if channels == 2 and not any(page.extrasamples):
        raise UnsupportedImageError(
            f"{path.name} holds two channels and does not say that one is transparency; "
            "save each channel as a file of its own, or both as the planes of a stack."
        )
    return values


def _from_fallback(fallback: Fallback, page: Page, path: Path) -> Decoded:
    """Decode by other means, unless that would change the type of the values."""
    try:
        with _silent():
            decoded = fallback(path, ("TIFF",))
    except UnidentifiedImageError as error:
        raise UnreadableFileError(_needs_codecs(page, path)) from error
    except (OSError, ValueError, LookupError, SyntaxError, RuntimeError) as error:
        if int(page.compression) in _WITHOUT_CODECS:
            raise
        raise UnreadableFileError(_needs_codecs(page, path)) from error
    reduced = page.samplesperpixel > 1 or decoded.array.dtype != page.dtype
    if page.bitspersample > 8 and reduced:
        raise UnreadableFileError(_needs_codecs(page, path))
    return decoded


def _needs_codecs(page: Page, path: Path) -> str:
    name = getattr(page.compression, "name", page.compression)
    return (
        f"{path.name} ({name} compression, {page.bitspersample} bits) needs the package "
        "imagecodecs; install it with: pip install imagecodecs, or save the file uncompressed."
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Keep libtiff, which writes past Python, from the terminal."""
    try:
        terminal = os.dup(2)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


def _shown(stored: NDArray[Any], page: Page, path: Path) -> NDArray[Any]:
    """Return values that grow from black to white, except ImageJ's: its table inverts none."""
    kinds = tifffile.PHOTOMETRIC
    if _must_invert(page):
        return _inverted(stored)
    if page.photometric in (kinds.MINISWHITE, kinds.MINISBLACK, kinds.RGB):
        return stored
    name = getattr(page.photometric, "name", page.photometric)
    raise UnsupportedImageError(
        f"{path.name} is in {name} colours; convert it to RGB or grey first."
    )


def _is_white_zero(page: Page) -> bool:
    # tifffile marks booleans as white where False, but means the opposite
    meant_plain = page.dtype == np.bool_ and page.software == "tifffile.py"
    return page.photometric == tifffile.PHOTOMETRIC.MINISWHITE and not meant_plain


def _must_invert(page: Page) -> bool:
    return _is_white_zero(page) and page.dtype.kind in "bui" and not _is_by_imagej(page)


def _metadata(tiff: tifffile.TiffFile, page: Page, orientation: int) -> Metadata:
    unit = (
        page.resolutionunit if page.resolutionunit in (_NO_UNIT, _INCH, _CENTIMETRE) else _NO_UNIT
    )
    turned = orientation in range(2, 9)
    resolution = None
    if _RESOLUTION in page.tags and min(page.resolution) > 0:
        x, y = page.resolution
        resolution = (y, x) if 5 <= orientation <= 8 else (x, y)
    per_inch = {_INCH: 1.0, _CENTIMETRE: 2.54}.get(unit)
    dpi = None
    if resolution and per_inch:
        dpi = (resolution[0] * per_inch, resolution[1] * per_inch)
    tags = TiffTags(
        resolution=resolution,
        unit=unit,
        description=described_by(page, turned=turned),
        compressed=page.compression != 1,
        extra=tuple(int(kind) for kind in page.extrasamples),
        byteorder=tiff.byteorder,
        private=() if turned else carried_tags(page),
        white_is_zero=_is_white_zero(page),
        inverted=_must_invert(page),
    )
    icc = page.tags.valueof(_ICC) or b""
    lost = lost_tags(page, turned=turned)
    return Metadata(icc, dpi, _exif(page), tags, nodata_in(page), lost=lost)


def _exif(page: Page) -> bytes:
    exif = Image.Exif()
    for tag in TEXTS:
        text = page.tags.valueof(tag)
        if isinstance(text, str) and text:
            exif[tag] = text
    return exif.tobytes() if len(exif) else b""


def _texts(embedded: bytes) -> list[tuple[int, str, int, bytes, bool]]:
    exif = Image.Exif()
    exif.load(embedded)
    found = {tag: str(exif[tag]) for tag in TEXTS if exif.get(tag)}
    return [(tag, "s", 0, text.encode(), True) for tag, text in found.items()]


def _extra(tags: TiffTags, channels: int) -> tuple[int]:
    """Say what the last channel means: what it meant in the file, or plain alpha."""
    known = tags.extra if len(tags.extra) == 1 else (_UNASSOCIATED_ALPHA,)
    return (known[0],)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)
