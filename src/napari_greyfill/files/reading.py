"""Read PNG, TIFF, JPEG, BMP, GIF and WebP files as they are, or say why not."""

from __future__ import annotations

import logging
import lzma
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import png
import tifffile
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from napari_greyfill.errors import (
    GreyfillError,
    GreyfillWarning,
    UnreadableFileError,
    UnsupportedImageError,
)
from napari_greyfill.files.base import (
    Decoded,
    ImageFile,
    Metadata,
    damaged,
    separated,
    turned_back,
    upright,
)
from napari_greyfill.files.deeppng import is_deep_colour, read_deep_png
from napari_greyfill.files.pairs import is_named_mask
from napari_greyfill.files.palettes import is_display_table, padded
from napari_greyfill.files.tiff import is_tiff, read_tiff
from napari_greyfill.image.painted import is_black_and_white

__all__ = ["DAMAGED", "decode", "orientation_of", "quiet", "read_image", "read_picture"]

# Formats whose every pixel Pillow hands out unchanged; the others it may reduce to 8 bits.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_KEPT_MODES = ("1", "L", "LA", "RGB", "RGBA", "I;16")
_ORIENTATION = 0x0112
_UNSPECIFIED = 0  # what the tag ExtraSamples says where a channel may be anything
_NO_TEXTS = ("XML:com.adobe.xmp", "Raw profile type exif", "Raw profile type xmp")
# What Pillow may have been built without, and how such files begin.
_CODECS: tuple[tuple[str, str, Callable[[bytes], bool]], ...] = (
    ("webp", "WebP", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("jpg", "JPEG", lambda head: head[:3] == b"\xff\xd8\xff"),
    ("zlib", "PNG", lambda head: head[:8] == b"\x89PNG\r\n\x1a\n"),
)
# Besides OSError, what the decoders raise for files that are damaged.
DAMAGED = (
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,  # the errors of imagecodecs
    png.Error,
    tifffile.TiffFileError,
)


def read_image(path: str | os.PathLike[str]) -> ImageFile:
    """Read one picture.

    Values keep the type that the file stores them in: 8 and 16 bits per channel, 1 bit as
    booleans, and in TIFF files any other number. Palettes become colours. The picture is
    turned upright, as its EXIF data says. A grey picture with alpha is read as grey, so
    that it is filled as grey; its alpha waits in `ImageFile.alpha` for `write_image`.

    Raises
    ------
    UnreadableFileError
        If the file is missing, damaged, too large or no image.
    UnsupportedImageError
        If it is a stack or in colours other than RGB.

    Warns
    -----
    GreyfillWarning
        If the file is an animation, of which only the first picture is read.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from napari_greyfill.files import write_image
    >>> path = Path(tempfile.mkdtemp()) / "grey.png"
    >>> write_image(path, np.full((4, 6), 1000, dtype=np.uint16))
    >>> picture = read_image(path)
    >>> picture.array.shape, picture.array.dtype.name, int(picture.array.max())
    ((4, 6), 'uint16', 1000)
    """
    path = Path(path)
    decoded = decode(path)
    array, alpha = separated(decoded.array)
    if array.ndim == 3:
        array, alpha = decoded.array, None
    return ImageFile(path, array, alpha, decoded.metadata, decoded.orientation or 1)


def read_picture(path: str | os.PathLike[str]) -> ImageFile:
    """Read a picture to fill, as `read_image` does; a mask is none.

    Raises
    ------
    UnsupportedImageError
        If the file is a mask, by its name and by its pixels.

    Warns
    -----
    GreyfillWarning
        If the file does not say that its fourth channel is transparency.
    """
    picture = read_image(path)
    two = picture.array.dtype == np.bool_ or is_black_and_white(picture.array)
    if two and is_named_mask(picture.path.name):
        raise UnsupportedImageError(
            f"{picture.path.name} is a mask and no picture, by its name and by its pixels; "
            "name the picture first, then the mask."
        )
    if picture.array.ndim == 3 and picture.metadata.tiff.extra[:1] == (_UNSPECIFIED,):
        warnings.warn(
            f"{picture.path.name} does not say what its fourth channel holds; it is taken for "
            "transparency and kept. If it was measured, fill it as a file of its own.",
            GreyfillWarning,
            stacklevel=2,
        )
    return picture


def orientation_of(path: str | os.PathLike[str]) -> tuple[int, tuple[int, int]]:
    """Return the EXIF orientation of a picture's file, and height and width as stored.

    Raises as `read_image` does.
    """
    decoded = decode(Path(path))
    orientation = decoded.orientation or 1
    stored = turned_back(decoded.array, orientation)
    return orientation, (stored.shape[0], stored.shape[1])


def decode(path: Path) -> Decoded:
    """Read what a file holds, with all its channels; raises and warns as `read_image` does."""
    with _explained(path):
        head = _head(path)
        decoded = read_tiff(path, _with_pillow) if is_tiff(head) else _with_pillow(path)
    if decoded.frames > 1:
        warnings.warn(
            f"{path.name} holds {decoded.frames} pictures; only the first is used.",
            GreyfillWarning,
            stacklevel=3,
        )
    return decoded


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn whatever reading a file raises into `UnreadableFileError`."""
    try:
        with warnings.catch_warnings(), quiet("tifffile"):  # what matters becomes an error
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except GreyfillError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableFileError(_unknown(path)) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise UnreadableFileError(
            f"{path.name} is too large to be read; crop it first."
        ) from error
    except OSError as error:
        raise UnreadableFileError(_refusal(path, error)) from error
    except DAMAGED as error:
        raise UnreadableFileError(damaged(path)) from error


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep a library from writing to the terminal."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _unknown(path: Path) -> str:
    head = _head(path)
    for codec, name, starts in _CODECS:
        if starts(head) and not features.check(codec):
            return (
                f"{path.name} is a {name} file, which this Pillow was built without; "
                "install another with: pip install --force-reinstall pillow, or save it as PNG."
            )
    return f"{path.name} is not an image of a known kind; use PNG, TIFF or JPEG."


def _head(path: Path) -> bytes:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UnreadableFileError(f"{path} is a folder; choose an image file in it.")
    if not stat.S_ISREG(mode):  # reading a pipe may never end
        raise UnreadableFileError(f"{path} is a pipe or device, no file; choose an image file.")
    with path.open("rb") as file:
        head = file.read(32)
    if not head:
        raise UnreadableFileError(f"{path.name} is empty (0 bytes); choose another file.")
    return head


def _refusal(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no file {path}; check the path."
    if isinstance(error, PermissionError):
        return f"There is no permission to read {path}; change its permissions."
    if error.errno is not None:
        return f"{path} cannot be read ({error.strerror}); choose another file."
    return damaged(path)


def _with_pillow(path: Path, formats: tuple[str, ...] = _FORMATS) -> Decoded:
    """Decode with Pillow, except the pixels that it would reduce to 8 bits."""
    head = _head(path)
    with Image.open(path, formats=formats) as image:
        # a phone's JPEG may hold a second view, which is no animation
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        indices = np.asarray(image) if image.mode == "P" else None
        pixels = read_deep_png(path) if is_deep_colour(head, image.info) else _pixels(image, path)
        tag, exif = _exif(image)
        orientation = tag or 1
        palette = None if indices is None else _display_table(image, indices)
        metadata = Metadata(
            image.info.get("icc_profile") or b"",
            _dpi(image, orientation),
            exif,
            texts=_texts(image),
            lost=_lost(image),
            palette=palette,
        )
        indices = None if indices is None else upright(indices, orientation)
        return Decoded(
            upright(pixels, orientation) if palette is None or indices is None else indices,
            metadata,
            indices,
            lossy=_is_lossy(image.format, head),
            frames=frames,
            orientation=tag,
        )


def _display_table(image: Image.Image, indices: NDArray[Any]) -> NDArray[np.uint8] | None:
    """Return the palette of an image whose indices are greys, or None."""
    if image.palette is None or "transparency" in image.info:
        return None
    colours = np.frombuffer(image.palette.tobytes(), np.uint8)
    if image.palette.mode != "RGB" or not colours.size:
        return None
    colours = colours.reshape(-1, 3)
    return padded(colours) if is_display_table(colours, indices) else None


def _pixels(image: Image.Image, path: Path) -> NDArray[Any]:
    if image.mode == "I" and image.format == "PNG":  # 16 bits, as older Pillows read them
        return np.asarray(image).astype(np.uint16)
    wanted = _wanted_mode(image)
    if wanted is None:
        raise UnsupportedImageError(
            f"{path.name} is in {image.mode} colours; convert it to RGB or grey first."
        )
    if wanted == "1":  # Pillow hands out booleans whose True is stored as 255
        return np.asarray(image.convert("L")) > 0
    return np.array(image if image.mode == wanted else image.convert(wanted))


def _wanted_mode(image: Image.Image) -> str | None:
    """Return the Pillow mode that holds an image's values without loss, if there is one."""
    transparent = "transparency" in image.info
    if image.mode in ("P", "PA"):
        return "RGBA" if transparent or image.mode == "PA" else "RGB"
    if transparent and image.mode in ("1", "L", "RGB"):
        return "RGBA" if image.mode == "RGB" else "LA"
    if image.mode in ("I", "F") and image.format == "TIFF":
        return image.mode
    if image.mode == "YCbCr":
        return "RGB"
    return image.mode if image.mode in _KEPT_MODES else None


def _exif(image: Image.Image) -> tuple[int | None, bytes]:
    """Return the tag Orientation, and the EXIF data without it; damaged data is left out."""
    try:
        exif = image.getexif()
        orientation = exif.pop(_ORIENTATION, None)
        return orientation, exif.tobytes() if len(exif) else b""
    except (OSError, *DAMAGED):
        return None, b""


def _dpi(image: Image.Image, orientation: int) -> tuple[float, float] | None:
    dpi = image.info.get("dpi")
    if dpi is None or not min(dpi) > 0:
        return None
    x, y = (float(value) for value in dpi)
    return (y, x) if 5 <= orientation <= 8 else (x, y)


def _texts(image: Image.Image) -> tuple[tuple[str, str], ...]:
    """Return the texts of a PNG that people or programs wrote."""
    found = getattr(image, "text", {}) if image.format == "PNG" else {}
    return tuple((key, str(text)) for key, text in found.items() if key not in _NO_TEXTS)


def _lost(image: Image.Image) -> tuple[str, ...]:
    """Return what a file holds that no result gets, by names for people."""
    info = image.info
    found = {
        "XMP": "xmp" in info or "XML:com.adobe.xmp" in info,
        "Photoshop's resources": "photoshop" in info,
        "a comment": "comment" in info and image.format in ("JPEG", "GIF"),
    }
    return tuple(name for name, is_there in found.items() if is_there)


def _is_lossy(kind: str | None, head: bytes) -> bool:
    return kind in ("JPEG", "MPO") or (kind == "WEBP" and head[12:16] != b"VP8L")
