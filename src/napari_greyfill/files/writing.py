"""Write images with what their originals carried, whole or not at all."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_greyfill.errors import GreyfillError, GreyfillWarning, UnwritablePath
from napari_greyfill.files.base import ImageFile, Metadata
from napari_greyfill.files.deeppng import write_deep_png
from napari_greyfill.files.tiff import write_tiff

__all__ = ["make_folder", "require_writable", "write_image"]

Array = NDArray[Any]
_WHOLE = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_ANY_NUMBER = ("bool", *_WHOLE, "float16", "float32", "float64")


@dataclass(frozen=True)
class _Format:
    """A kind of file: what it can hold without changing it, and how it is written."""

    name: str
    types: tuple[str, ...]
    alpha: bool
    encode: Callable[[BinaryIO, Array, Metadata], None]
    warning: str = ""


def make_folder(folder: str | os.PathLike[str]) -> None:
    """Make a folder, and those it lies in, if they are missing.

    Raises
    ------
    UnwritablePath
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritablePath(
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
    UnwritablePath
        If the folder is missing, there is no permission, the suffix is unknown, or the
        format cannot hold the image.
    """
    path = Path(path)
    with _explained(path):
        form = _require_place(path)
        if like is not None:
            _require_fit(form, _with_alpha(like.array, like), path)
        part = _part_of(path)
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
    like : ImageFile, optional
        The image it was made from, whose metadata, and whose alpha if both are grey, it
        gets as far as the format takes them.

    Raises
    ------
    UnwritablePath
        As in `require_writable`, and if writing fails.

    Warns
    -----
    GreyfillWarning
        If the format changes pixels (JPEG).
    """
    path = Path(path)
    array = _with_alpha(np.asarray(array), like)
    metadata = _fitting(like.metadata if like is not None else Metadata(), array)
    with _explained(path):
        form = _require_place(path)
        _require_fit(form, array, path)
        with _replacing(path) as file:
            form.encode(file, np.ascontiguousarray(array), metadata)
    if form.warning:
        warnings.warn(f"{path.name}: {form.warning}", GreyfillWarning, stacklevel=2)


def _require_place(path: Path) -> _Format:
    """Check the path itself, and return the format that its suffix stands for."""
    if path.is_dir():
        raise UnwritablePath(f"{path} is a folder; add a file name.")
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        problem = (
            f"{path.suffix} files cannot be written" if path.suffix else "the name has no suffix"
        )
        raise UnwritablePath(f"{path.name}: {problem}; choose one of: {', '.join(_FORMATS)}.")
    if not path.parent.is_dir():
        raise UnwritablePath(f"There is no folder {path.parent}; create it first.")
    if path.exists() and not os.access(path, os.W_OK):
        raise UnwritablePath(f"{path} is read-only; choose another name.")
    return form


def _require_fit(form: _Format, array: Array, path: Path) -> None:
    if array.dtype.name not in form.types:
        other = "PNG or TIFF" if array.dtype.name in _PNG.types else "TIFF"
        raise UnwritablePath(
            f"{path.name}: {form.name} files cannot hold values of type {array.dtype}; "
            f"write a {other} file instead."
        )
    if array.ndim == 3 and array.dtype.kind == "b":
        raise UnwritablePath(
            f"{path.name}: no file holds colours of one bit; convert them to 8 bits (0 and 255)."
        )
    if array.ndim == 3 and array.shape[-1] in (2, 4) and not form.alpha:
        raise UnwritablePath(
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


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn whatever writing a file raises into `UnwritablePath`."""
    try:
        yield
    except GreyfillError:
        raise
    except PermissionError as error:
        raise UnwritablePath(
            f"There is no permission to write to {path.parent}; choose another folder."
        ) from error
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnwritablePath(
            f"{path} could not be written ({reason}); choose another place or format."
        ) from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside the path that takes its place when all went well."""
    target = path.resolve()  # a link stays a link
    part = _part_of(target)
    try:
        with part.open("xb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _part_of(path: Path) -> Path:
    return path.resolve().with_name(f".{uuid4().hex}.part")


def _write_png(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    if array.dtype.name == "uint16":  # in whatever order of bytes
        write_deep_png(file, array, metadata)
        return
    known = _given(icc_profile=metadata.icc, dpi=metadata.dpi, exif=metadata.exif)
    _with_palette(array, metadata).save(file, "PNG", **known)


def _write_jpeg(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    known = _given(icc_profile=metadata.icc, dpi=metadata.dpi, exif=metadata.exif)
    Image.fromarray(_displayed(array, metadata)).save(
        file, "JPEG", quality=95, subsampling=0, **known
    )


def _write_bmp(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    _with_palette(array, metadata).save(file, "BMP", **_given(dpi=metadata.dpi))


def _write_webp(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    known = _given(icc_profile=metadata.icc, exif=metadata.exif)
    Image.fromarray(_displayed(array, metadata)).save(
        file, "WEBP", lossless=True, exact=True, **known
    )


def _has_table(array: Array, metadata: Metadata) -> bool:
    return metadata.palette is not None and array.ndim == 2 and array.dtype == np.uint8


def _with_palette(array: Array, metadata: Metadata) -> Image.Image:
    """Return an image, with the table that displays its greys if there is one."""
    image = Image.fromarray(array)
    if _has_table(array, metadata):
        assert metadata.palette is not None
        image.putpalette(metadata.palette.tobytes())
    return image


def _displayed(array: Array, metadata: Metadata) -> Array:
    """Return greys in the colours of their table, for formats that hold no table."""
    if not _has_table(array, metadata):
        return array
    assert metadata.palette is not None
    return metadata.palette[array]


def _given(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - as Pillow takes them
    return {name: value for name, value in options.items() if value}


_PNG = _Format("PNG", ("bool", "uint8", "uint16"), True, _write_png)
_TIFF = _Format("TIFF", _ANY_NUMBER, True, write_tiff)
_JPEG = _Format(
    "JPEG",
    ("uint8",),
    False,
    _write_jpeg,
    "JPEG changes pixels outside the hole as well; "
    "write a PNG or TIFF file to keep them bit-identical.",
)
_FORMATS = {
    ".png": _PNG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".bmp": _Format("BMP", ("bool", "uint8"), False, _write_bmp),
    ".webp": _Format("WebP", ("uint8",), True, _write_webp),
}
