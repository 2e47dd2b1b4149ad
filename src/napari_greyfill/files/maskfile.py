"""Read what is painted in a mask file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import EmptyMaskError, GreyfillWarning
from napari_greyfill.files.base import Decoded, ImageFile, separated
from napari_greyfill.files.frames import Lying, mask_on_picture, mask_on_stored
from napari_greyfill.files.reading import decode
from napari_greyfill.files.rois import is_roi_file, read_rois
from napari_greyfill.image.heaps import heaps_of
from napari_greyfill.image.painted import Painted, painted_in

__all__ = ["read_mask", "read_mask_as_stored", "transparent_part"]

Shape = tuple[int, ...]


def read_mask(
    path: str | os.PathLike[str],
    shape: Shape | ImageFile | None = None,
    *,
    frame: str = "auto",
    invert: bool = False,
) -> NDArray[np.bool_] | NDArray[np.integer[Any]]:
    """Read a mask or a label image.

    Parameters
    ----------
    path : path
        An image, or regions of ImageJ (.roi, .zip) if the picture's size is known.
    shape : tuple or ImageFile, optional
        Height and width that the mask must have; further entries are not looked at. With the
        picture itself, a mask that lies as the picture is stored is turned with it.
    frame : "auto", "shown" or "stored"
        How the mask lies on a picture that was turned upright.
    invert : bool
        Whether to return what is not painted.

    Returns
    -------
    (H, W) array of booleans or integers, 0 where unpainted
        Integers are returned as labels. Values of two heaps with leftovers between them (soft
        brushes, JPEG) are divided half-way between the heaps. Colours are read by their
        brightest channel; but if a palette's first colour is black or transparent, its indices
        are the labels. If transparency varies and what is opaque is of one colour, that is
        painted; if it is a picture, what is transparent.

    Raises
    ------
    UnreadableFileError, UnsupportedImageError
        As in `read_image`.
    ShapeMismatchError
        If the mask is not of the given shape.
    BadMaskError
        If it is not clear what is painted, or how the mask lies.

    Warns
    -----
    GreyfillWarning
        If values were divided, the mask was turned, or its polarity was guessed.

    Examples
    --------
    >>> import tempfile
    >>> from napari_greyfill.files import write_image
    >>> path = Path(tempfile.mkdtemp()) / "mask.png"
    >>> write_image(path, np.array([[0, 255], [0, 0]], dtype=np.uint8))
    >>> read_mask(path).tolist()
    [[0, 255], [0, 0]]
    """
    path = Path(path)
    orientation = shape.orientation if isinstance(shape, ImageFile) else 1
    size = shape.array.shape if isinstance(shape, ImageFile) else shape

    def place(mask: NDArray[Any], lying: Lying) -> tuple[NDArray[Any], str]:
        return (
            (mask, "") if size is None else mask_on_picture(mask, lying, size, orientation, frame)
        )

    mask = _read(path, size, place)
    return mask == 0 if invert else mask


def read_mask_as_stored(
    path: str | os.PathLike[str], shape: Shape, orientation: int = 1
) -> NDArray[np.bool_] | NDArray[np.integer[Any]]:
    """Read a mask for a picture that is shown as it is stored, as napari does.

    Parameters
    ----------
    path : path
        An image, or regions of ImageJ.
    shape : tuple
        Of the picture as stored.
    orientation : int
        What the picture's file says in the EXIF tag Orientation.

    Returns, raises and warns as `read_mask` does.
    """
    return _read(
        Path(path), shape, lambda mask, lying: mask_on_stored(mask, lying, shape, orientation)
    )


def transparent_part(picture: ImageFile) -> NDArray[np.bool_]:
    """Return where a picture was erased: what is more transparent than opaque.

    Raises
    ------
    EmptyMaskError
        If no part of it is transparent, or all is.

    Warns
    -----
    GreyfillWarning
        That the picture is its own mask.
    """
    alpha = picture.alpha if picture.array.ndim == 2 else separated(picture.array)[1]
    if alpha is None or alpha.min() == alpha.max():
        raise EmptyMaskError(
            f"{picture.path.name} is transparent nowhere, so it is no mask of itself; "
            "give a mask of what is to be filled."
        )
    hole = np.asarray(alpha <= heaps_of(alpha).middle)
    _tell(
        [f"What is transparent in {picture.path.name} is the hole ({hole.mean():.1%} of it)."],
        stacklevel=3,
    )
    return hole


def _read(
    path: Path,
    size: Shape | None,
    place: Callable[[NDArray[Any], Lying], tuple[NDArray[Any], str]],
) -> NDArray[Any]:
    if is_roi_file(path):
        mask, said = place(read_rois(path, size), Lying(path, by_arrays=True))
        _tell([said])
        return mask
    decoded = decode(path)
    painted = _painted(decoded, f"The mask {path.name}")
    lying = Lying(path, decoded.orientation is not None, decoded.by_arrays)
    mask, said = place(painted.mask, lying)
    _tell([*painted.said, said])
    return mask


def _tell(sentences: list[str], stacklevel: int = 4) -> None:
    for sentence in filter(None, sentences):
        warnings.warn(sentence, GreyfillWarning, stacklevel=stacklevel)


def _painted(decoded: Decoded, name: str) -> Painted:
    values, alpha = separated(decoded.array)
    if decoded.white_is_zero and not decoded.by_imagej and values.dtype.kind in "bui":
        return _smaller_side(painted_in(np.invert(values), name=name), name)
    labels = decoded.indices
    if labels is not None and values.ndim == 3 and _begins_blank(labels, decoded.array):
        return Painted(labels)
    return painted_in(values, alpha, name=name, lossy=decoded.lossy)


def _smaller_side(painted: Painted, name: str) -> Painted:
    """Choose what is painted where black may be white: labels keep theirs."""
    mask = painted.mask
    if mask.dtype.kind != "b" and len(np.unique(mask)) > 2:
        return painted
    hole = mask != 0
    if not hole.any() or hole.all():
        return painted
    stored = hole.mean() <= 0.5
    said = (
        f"{name} is a TIFF whose white is 0, so its two sides may be either way round; the "
        f"smaller one counts as painted ({(hole if stored else ~hole).mean():.1%} of the pixels)."
    )
    return Painted(hole if stored else ~hole, (*painted.said, said))


def _begins_blank(indices: NDArray[Any], colours: NDArray[Any]) -> bool:
    """Return whether index 0 is in use and stands for black or transparent."""
    first = colours[indices == 0][:1]
    if not first.size:
        return False
    return not first[0, :3].any() or (first.shape[-1] == 4 and first[0, 3] == 0)
