"""What a file holds besides an array, and helpers that reading and writing share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_greyfill.image.arrays import described

__all__ = [
    "Decoded",
    "ImageFile",
    "Metadata",
    "RawTag",
    "TiffTags",
    "damaged",
    "says_upright",
    "separated",
    "turned_back",
    "upright",
]

Array = NDArray[Any]
_ORIENTATION = 0x0112


class RawTag(NamedTuple):
    """A tag as its file holds it, in the file's order of bytes."""

    code: int
    dtype: int
    number: int
    value: bytes


@dataclass(frozen=True)
class TiffTags:
    """What only a TIFF can carry over to a TIFF.

    Attributes
    ----------
    resolution : (float, float) or None
        Pixels per unit along x and y.
    unit : int
        1 for none or ImageJ's own, 2 for inches, 3 for centimetres.
    description : str
        Empty unless it is plain text or ImageJ's description of a single plane.
    compressed : bool
    extra : tuple of int
        What the channels after grey or colour mean, as in the tag ExtraSamples.
    byteorder : {"<", ">"}
        Of the file; the private tags are in it.
    private : tuple of RawTag
        Tags of other programs about the whole picture, its place or its lookup table.
    white_is_zero : bool
        Whether the file shows its smallest value as white.
    inverted : bool
        Whether its values were inverted when they were read.
    """

    resolution: tuple[float, float] | None = None
    unit: int = 1
    description: str = ""
    compressed: bool = False
    extra: tuple[int, ...] = ()
    byteorder: Literal["<", ">"] = "<"
    private: tuple[RawTag, ...] = ()
    white_is_zero: bool = False
    inverted: bool = False


@dataclass(frozen=True)
class Metadata:
    """What a file says about its pixels.

    Attributes
    ----------
    icc : bytes
        The colour profile; empty if there is none.
    dpi : (float, float) or None
        Pixels per inch along x and y, as the pixels now lie.
    exif : bytes
        As files embed it, without orientation and thumbnail; empty if there is none.
    tiff : TiffTags
    nodata : float or None
        The value that stands for none, from the tag GDAL_NODATA.
    texts : tuple of (str, str)
        Keywords and texts of a PNG.
    lost : tuple of str
        What the file holds besides, which no result can carry, named for people.
    like : (shape, type)
        Of the values that all this describes.
    palette : (256, 3) array of uint8 or None
        The colours in which 8-bit greys are displayed.
    """

    icc: bytes = b""
    dpi: tuple[float, float] | None = None
    exif: bytes = b""
    tiff: TiffTags = TiffTags()
    nodata: float | None = None
    texts: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    like: tuple[tuple[int, ...], str] = ((), "")
    palette: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class ImageFile:
    """One picture as it was read.

    Attributes
    ----------
    path : Path
    array : (H, W), (H, W, 3) or (H, W, 4) array
        Upright, in the type that the file stores.
    alpha : (H, W) array or None
        The transparency of a grey picture, which `array` has no room for; `write_image`
        puts it back. Colour pictures have theirs as the fourth channel of `array`.
    metadata : Metadata
    orientation : int
        What the file said in the EXIF tag Orientation before the picture was turned upright.
    """

    path: Path
    array: Array
    alpha: Array | None = None
    metadata: Metadata = field(default=Metadata(), repr=False)
    orientation: int = 1

    def __repr__(self) -> str:
        """Say in one line which file it is, of which size and type."""
        return f"<ImageFile {self.path}: {described(self.array)}>"


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a decoder found: 1 to 4 channels, grey with alpha included.

    Attributes
    ----------
    indices : (H, W) array or None
        The palette indices behind the colours.
    lossy : bool
        Whether the file's compression changes values.
    frames : int
        How many pictures the file holds; only the first was decoded.
    orientation : int or None
        What the EXIF tag Orientation said before the picture was turned; None without it.
    by_arrays : bool
        Whether a program wrote it that knows arrays only, such as napari.
    by_imagej : bool
        Whether ImageJ wrote it.
    """

    array: Array
    metadata: Metadata = Metadata()
    indices: Array | None = None
    lossy: bool = False
    frames: int = 1
    orientation: int | None = None
    by_arrays: bool = False
    by_imagej: bool = False

    @property
    def white_is_zero(self) -> bool:
        """Return whether the file shows its smallest value as white."""
        return self.metadata.tiff.white_is_zero


def separated(array: Array) -> tuple[Array, Array | None]:
    """Split 1 to 4 channels into grey or colour, and alpha."""
    if array.ndim == 2 or array.shape[-1] == 3:
        return array, None
    if array.shape[-1] == 4:
        return array[..., :3], array[..., 3]
    return np.ascontiguousarray(array[..., 0]), np.ascontiguousarray(array[..., 1])


def upright(array: Array, orientation: int) -> Array:
    """Turn an array as the tag Orientation says, 1 to 8; other values are ignored.

    Parameters
    ----------
    array : (H, W) or (H, W, C) array
        As it is stored.
    orientation : int
        Of the EXIF tag.
    """
    if 5 <= orientation <= 8:
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)


def turned_back(array: Array, orientation: int) -> Array:
    """Undo `upright`.

    Parameters
    ----------
    array : (H, W) or (H, W, C) array
        Upright.
    orientation : int
        Of the EXIF tag, 1 to 8.
    """
    return upright(array, {6: 8, 8: 6}.get(orientation, orientation))


def says_upright(path: Path, array: Array) -> ImageFile:
    """Return a picture whose file will say that it lies upright, for masks of turned pictures.

    Parameters
    ----------
    path : Path
        What the picture is called.
    array : (H, W) or (H, W, C) array
        Upright.
    """
    exif = Image.Exif()
    exif[_ORIENTATION] = 1
    return ImageFile(path, array, metadata=Metadata(exif=exif.tobytes()))


def damaged(path: Path) -> str:
    """Return the sentence for a file that breaks its own format."""
    return f"{path.name} is damaged or cut short; get the file again."
