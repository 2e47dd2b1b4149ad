"""Kinds of image files: what each can hold without changing it, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from napari_greyfill.files.base import Metadata
from napari_greyfill.files.deeppng import write_deep_png
from napari_greyfill.files.tiff import write_tiff

__all__ = ["FORMATS", "PNG", "Format", "Holds"]

Array = NDArray[Any]
_WHOLE = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_ANY_NUMBER = ("bool", *_WHOLE, "float16", "float32", "float64")
_NO_END = 2**31
_MOST_A_METRE = 2**31 - 1
_A_METRE = 0.0254  # pixels an inch of one pixel a metre


@dataclass(frozen=True)
class Holds:
    """What a kind of file can hold besides pixels.

    Attributes
    ----------
    icc, texts, tiff : bool
        Colour profiles, the texts of a PNG, the tags of a TIFF.
    exif : int
        Bytes of EXIF data; of 0 it holds none, or, in a TIFF, a few of the tags.
    density_step, density_most : float, int
        Pixels an inch are told in whole multiples of the first, at most so many.
    """

    icc: bool = False
    texts: bool = False
    tiff: bool = False
    exif: int = 0
    density_step: float = 1.0
    density_most: int = 0

    def density(self, per_inch: float) -> bool:
        """Return whether pixels an inch can be told to within a percent."""
        steps = per_inch / self.density_step
        fits = 1 <= round(steps) <= self.density_most
        return fits and abs(round(steps) - steps) <= 0.01 * steps


@dataclass(frozen=True)
class Format:
    """A kind of file: what it can hold without changing it, and how it is written."""

    name: str
    types: tuple[str, ...]
    alpha: bool
    encode: Callable[[BinaryIO, Array, Metadata], None]
    warning: str = ""
    side: int = 2**31 - 1
    holds: Holds = Holds()


def _write_png(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    if array.dtype.name == "uint16":  # in whatever order of bytes
        write_deep_png(file, array, metadata)
        return
    texts = PngInfo()
    for key, text in metadata.texts:
        texts.add_itxt(key, text)
    known = _given(icc_profile=metadata.icc, dpi=metadata.dpi, exif=metadata.exif)
    _save(file, _with_palette(array, metadata), "PNG", pnginfo=texts, **known)


def _write_jpeg(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    known = _given(icc_profile=metadata.icc, dpi=metadata.dpi, exif=metadata.exif)
    _save(
        file,
        Image.fromarray(_displayed(array, metadata)),
        "JPEG",
        quality=95,
        subsampling=0,
        **known,
    )


def _write_bmp(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    # not Pillow's 96 dots per inch
    _save(file, _with_palette(array, metadata), "BMP", dpi=metadata.dpi or (0, 0))


def _write_webp(file: BinaryIO, array: Array, metadata: Metadata) -> None:
    known = _given(icc_profile=metadata.icc, exif=metadata.exif)
    image = Image.fromarray(_displayed(array, metadata))
    _save(file, image, "WEBP", lossless=True, exact=True, **known)


def _save(
    file: BinaryIO,
    image: Image.Image,
    kind: str,
    **options: Any,  # noqa: ANN401 - as Pillow takes them
) -> None:
    """Encode with Pillow and write: Pillow itself does not notice a disk that is full."""
    encoded = BytesIO()
    image.save(encoded, kind, **options)
    file.write(encoded.getbuffer())


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


PNG = Format(
    "PNG",
    ("bool", "uint8", "uint16"),
    True,
    _write_png,
    holds=Holds(
        icc=True, texts=True, exif=_NO_END, density_step=_A_METRE, density_most=_MOST_A_METRE
    ),
)
_TIFF = Format("TIFF", _ANY_NUMBER, True, write_tiff, holds=Holds(icc=True, tiff=True))
_JPEG = Format(
    "JPEG",
    ("uint8",),
    False,
    _write_jpeg,
    "JPEG changes pixels outside the hole as well; "
    "write a PNG or TIFF file to keep them bit-identical.",
    side=65_500,
    holds=Holds(icc=True, exif=65_533, density_most=65_535),
)
FORMATS = {
    ".png": PNG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".bmp": Format(
        "BMP",
        ("bool", "uint8"),
        False,
        _write_bmp,
        holds=Holds(density_step=_A_METRE, density_most=2**31 - 1),
    ),
    ".webp": Format(
        "WebP", ("uint8",), True, _write_webp, side=16_383, holds=Holds(icc=True, exif=_NO_END)
    ),
}
