"""In which frame a mask lies: on the picture as it is shown upright, or as it is stored.

Phones store pictures turned, and say in the EXIF tag Orientation how to show them. The command
line turns them upright, and so do most programs; napari shows them as they are stored. A mask
that carries the tag itself, whatever its value, lies on the upright picture. For others the size
decides, where it can; where it cannot, the user is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadMaskError, BadParameterError, ShapeMismatchError
from napari_greyfill.files.base import turned_back, upright

__all__ = ["FRAMES", "Lying", "mask_on_picture", "mask_on_stored"]

FRAMES = ("auto", "shown", "stored")


@dataclass(frozen=True)
class Lying:
    """How a mask file lies.

    Attributes
    ----------
    path : Path
    tagged : bool
        Whether the file carries the tag Orientation; its pixels are upright then.
    by_arrays : bool
        Whether a program wrote it that knows arrays only, such as napari.
    """

    path: Path
    tagged: bool = False
    by_arrays: bool = False


def mask_on_picture(
    mask: NDArray[Any],
    lying: Lying,
    shape: tuple[int, ...],
    orientation: int,
    frame: str = "auto",
) -> tuple[NDArray[Any], str]:
    """Turn a mask as the upright picture lies.

    Parameters
    ----------
    mask : (H, W) array
    lying : Lying
    shape : tuple of int
        Of the picture, upright; only height and width are looked at.
    orientation : int
        What the picture's tag said before it was turned.
    frame : "auto", "shown" or "stored"

    Returns
    -------
    (H, W) array, and a sentence about a picture that was turned, or an empty one

    Raises
    ------
    ShapeMismatchError
        If the mask has another size, however it is turned.
    BadMaskError
        If it may lie in either frame.
    BadParameterError
        If there is no such frame.
    """
    if frame not in FRAMES:
        raise BadParameterError(
            f"There is no mask frame {frame!r}; choose one of: {', '.join(FRAMES)}."
        )
    size, name = tuple(shape[:2]), lying.path.name
    if not 2 <= orientation <= 8:
        _require_size(mask.shape == size, mask, size, name)
        return mask, ""
    turned = upright(mask, orientation)
    _require_size(size in (mask.shape, turned.shape), mask, size, name)
    as_shown, as_stored = mask.shape == size, turned.shape == size
    if frame != "auto":
        _require_size(as_shown if frame == "shown" else as_stored, mask, size, name)
        stored = frame == "stored"
    elif as_shown and as_stored:
        stored = _is_stored(mask, turned, lying)
    else:
        stored = as_stored
    how = "was turned with it" if stored else "was taken as it is shown upright"
    said = (
        f"The picture is stored turned (EXIF orientation {orientation}) and was set upright; "
        f"the mask {name} {how}."
    )
    return (turned if stored else mask), said


def mask_on_stored(
    mask: NDArray[Any], lying: Lying, shape: tuple[int, ...], orientation: int
) -> tuple[NDArray[Any], str]:
    """Turn a mask as a picture lies that is shown as it is stored, as in napari.

    Parameters are those of `mask_on_picture`, and so is what is returned and raised; `shape` is
    that of the picture as stored.
    """
    size, name = tuple(shape[:2]), lying.path.name
    back = turned_back(mask, orientation)
    turned = 2 <= orientation <= 8 and back.shape == size and (lying.tagged or mask.shape != size)
    if not turned:
        _require_size(mask.shape == size, mask, size, name)
        return mask, ""
    said = (
        f"The picture is shown as it is stored, turned (EXIF orientation {orientation}); "
        f"the mask {name} was turned the same way."
    )
    return back, said


def _is_stored(mask: NDArray[Any], turned: NDArray[Any], lying: Lying) -> bool:
    """Decide by who wrote the mask, or ask; a mask that is its own mirror image lies in both."""
    if lying.tagged or np.array_equal(mask, turned):
        return False
    if lying.by_arrays:
        return True
    raise BadMaskError(
        f"The picture is stored turned, and the mask {lying.path.name} fits both as it is shown "
        "and as it is stored; say which with --mask-frame shown (painted in most programs) or "
        "--mask-frame stored (painted in napari)."
    )


def _require_size(fits: bool, mask: NDArray[Any], size: tuple[int, ...], name: str) -> None:
    if not fits:
        raise ShapeMismatchError(
            f"The mask {name} is {_size(mask.shape)} pixels and the image is "
            f"{_size(size)}; choose a mask of the image's own size."
        )


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)
