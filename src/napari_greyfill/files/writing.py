"""Write images with what their originals carried, whole or not at all."""

from __future__ import annotations

import os
import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_greyfill.atomic import part_of, reason_of, replacing
from napari_greyfill.errors import GreyfillError, GreyfillWarning, UnwritablePathError
from napari_greyfill.files.base import ImageFile, Metadata
from napari_greyfill.files.formats import FORMATS, PNG, Format
from napari_greyfill.files.tags import names_of as tag_names
from napari_greyfill.files.tiff import TEXTS

__all__ = ["lost_metadata", "make_folder", "require_writable", "write_image"]

Array = NDArray[Any]
_STORED = (256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 305, 339)


def make_folder(folder: str | os.PathLike[str]) -> None:
    """Make a folder, and those it lies in, if they are missing.

    Raises
    ------
    UnwritablePathError
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritablePathError(
            f"{folder} cannot be used as a folder ({error.strerror}); choose another one."
        ) from error


def require_writable(path: str | os.PathLike[str], like: ImageFile | None = None) -> None:
    """Check that an image can be written to a path, before any work is put into it.

    Parameters
    ----------
    path : path
        Its suffix says in which format.
    like : ImageFile, optional
        What is written will have its type and channels.

    Raises
    ------
    UnwritablePathError
        If the folder is missing, there is no permission, the suffix is unknown, or the
        format cannot hold the image.
    """
    path = Path(path)
    with _explained(path):
        form = _require_place(path)
        if like is not None:
            _require_fit(form, _with_alpha(like.array, like), path)
        part = part_of(path)
        part.open("xb").close()
        part.unlink()


def write_image(path: str | os.PathLike[str], array: Array, like: ImageFile | None = None) -> None:
    """Write an image in the format that the path's suffix says.

    The file appears under its name once it is complete; if anything fails, what was there
    before is still there, and nothing else.

    Parameters
    ----------
    path : path
        .png, .tif, .tiff, .jpg, .jpeg, .bmp or .webp (without loss).
    array : (H, W), (H, W, 3) or (H, W, 4) array
        Upright; any type that the format holds.
    like : ImageFile, optional
        The image it was made from, whose metadata, and whose alpha if both are grey, it
        gets as far as the format takes them.

    Raises
    ------
    UnwritablePathError
        As in `require_writable`, and if writing fails.

    Warns
    -----
    GreyfillWarning
        If the format changes pixels (JPEG).

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "grey.tif"
    >>> write_image(path, np.zeros((4, 6), dtype=np.float32))
    >>> path.exists()
    True
    """
    path = Path(path)
    array = _with_alpha(np.asarray(array), like)
    metadata = _fitting(like.metadata if like is not None else Metadata(), array)
    metadata = _within(FORMATS.get(path.suffix.lower()), metadata)
    with _explained(path):
        form = _require_place(path)
        _require_fit(form, array, path)
        with replacing(path) as file:
            form.encode(file, np.ascontiguousarray(array), metadata)
    if form.warning:
        warnings.warn(f"{path.name}: {form.warning}", GreyfillWarning, stacklevel=2)


def _require_place(path: Path) -> Format:
    """Check the path itself, and return the format that its suffix stands for."""
    kind = _kind_of(path)
    if kind is not None and stat.S_ISDIR(kind):
        raise UnwritablePathError(f"{path} is a folder; add a file name.")
    if kind is not None and not stat.S_ISREG(kind):
        raise UnwritablePathError(f"{path} is a pipe or device, no file; choose another name.")
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        problem = (
            f"{path.suffix} files cannot be written" if path.suffix else "the name has no suffix"
        )
        raise UnwritablePathError(f"{path.name}: {problem}; choose one of: {', '.join(FORMATS)}.")
    if not path.parent.is_dir():
        raise UnwritablePathError(f"There is no folder {path.parent}; create it first.")
    if path.exists() and not os.access(path, os.W_OK):
        raise UnwritablePathError(f"{path} is read-only; choose another name.")
    return form


def _kind_of(path: Path) -> int | None:
    """Return the mode of what is there, or None if nothing is; raises what the system says."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _require_fit(form: Format, array: Array, path: Path) -> None:
    if array.dtype.name not in form.types:
        other = "PNG or TIFF" if array.dtype.name in PNG.types else "TIFF"
        raise UnwritablePathError(
            f"{path.name}: {form.name} files cannot hold values of type {array.dtype}; "
            f"write a {other} file instead."
        )
    if max(array.shape[:2]) > form.side:
        raise UnwritablePathError(
            f"{path.name}: {form.name} files cannot hold more than {form.side:,} pixels a side, "
            f"and the image is {array.shape[0]} x {array.shape[1]}; write a TIFF file instead."
        )
    if array.ndim == 3 and array.dtype.kind == "b":
        raise UnwritablePathError(
            f"{path.name}: no file holds colours of one bit; convert them to 8 bits (0 and 255)."
        )
    if array.ndim == 3 and array.shape[-1] in (2, 4) and not form.alpha:
        raise UnwritablePathError(
            f"{path.name}: {form.name} files have no transparency; "
            "write a PNG or TIFF file instead."
        )


def _with_alpha(array: Array, like: ImageFile | None) -> Array:
    """Put back the alpha that a grey picture had."""
    if like is None or like.alpha is None or like.alpha.shape != array.shape:
        return array
    return np.dstack([array, like.alpha.astype(array.dtype, copy=False)])


def _fitting(metadata: Metadata, array: Array) -> Metadata:
    """Leave out a colour profile that is for other channels than the array has."""
    colour = array.ndim == 3 and array.shape[-1] > 2
    space = b"RGB " if colour else b"GRAY"
    return metadata if metadata.icc[16:20] == space else replace(metadata, icc=b"")


def lost_metadata(path: str | os.PathLike[str], like: ImageFile) -> list[str]:
    """Return what an image's file holds besides pixels that a result at a path will not have.

    Parameters
    ----------
    path : path
        Its suffix says in which format.
    like : ImageFile
        The image that was read.

    Returns
    -------
    list of str
        Names for people, such as "the pixel size (0.1 nm)"; empty if all is carried over.
    """
    form = FORMATS.get(Path(path).suffix.lower())
    if form is None:
        return []
    had = like.metadata
    kept = _within(form, _fitting(had, _with_alpha(like.array, like)))
    names = list(had.lost)
    if had.icc and not (kept.icc and form.holds.icc):
        names.append("the colour profile")
    if form.holds.tiff:
        if set(_exif_tags(had.exif)) - {*TEXTS, *_STORED}:
            names.append("EXIF data except make, model, date, artist and copyright")
    else:
        names += tag_names(had.tiff.private)
        names += ["the description"] if had.tiff.description else []
        if had.dpi and not kept.dpi:
            names.append(f"the pixel size ({_length(had.dpi[0])})")
        elif had.tiff.resolution and not had.dpi:
            names.append("the pixel size in units of its own")
        if had.exif and not kept.exif:
            names.append("EXIF data")
    if had.texts and not form.holds.texts:
        names.append("texts")
    return list(dict.fromkeys(names))


def _within(form: Format | None, metadata: Metadata) -> Metadata:
    """Leave out what a format would write wrong, or cannot write."""
    if form is None or form.holds.tiff:
        return metadata
    dpi, exif = metadata.dpi, metadata.exif
    if dpi is not None and not all(map(form.holds.density, dpi)):
        dpi = None
    return replace(metadata, dpi=dpi, exif=exif if len(exif) <= form.holds.exif else b"")


def _exif_tags(embedded: bytes) -> list[int]:
    exif = Image.Exif()
    exif.load(embedded)
    return list(exif)


def _length(per_inch: float) -> str:
    """Return the size of a pixel as people say it."""
    metres = 0.0254 / per_inch
    units = {1.0: "m", 1e-3: "mm", 1e-6: "µm", 1e-9: "nm"}
    size = next((size for size in units if metres >= size), 1e-9)
    return f"{metres / size:.3g} {units[size]}"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn whatever writing a file raises into `UnwritablePathError`."""
    try:
        yield
    except GreyfillError:
        raise
    except PermissionError as error:
        raise UnwritablePathError(
            f"There is no permission to write to {path.parent}; choose another folder."
        ) from error
    except (OSError, ValueError, OverflowError, struct.error) as error:
        raise UnwritablePathError(
            f"{path} could not be written ({reason_of(error)}); choose another place or format."
        ) from error
