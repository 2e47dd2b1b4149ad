"""Read what is painted in a mask file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadMask, GreyfillWarning, ShapeMismatch
from napari_greyfill.files.base import Decoded, separated
from napari_greyfill.files.reading import decode

__all__ = ["read_mask"]


def read_mask(
    path: str | os.PathLike[str], shape: tuple[int, ...] | None = None
) -> NDArray[np.bool_] | NDArray[np.integer[Any]]:
    """Read a mask or a label image.

    Parameters
    ----------
    path : path
    shape : tuple, optional
        Height and width that the mask must have; further entries are not looked at.

    Returns
    -------
    (H, W) array of booleans or integers, 0 where unpainted
        Integers are returned as labels. Greys that reach white and take values in between
        (soft brushes) are painted above half, and so is whatever was compressed with loss
        (JPEG, most WebP). Colours are painted where a channel is above half; but if a
        palette's first colour is black or transparent, its indices are the labels. Fully
        transparent pixels are unpainted.

    Raises
    ------
    UnreadableFile, UnsupportedImage
        As in `read_image`.
    ShapeMismatch
        If the mask is not of the given shape.
    BadMask
        If it holds floats of which it is not clear which are painted.

    Warns
    -----
    GreyfillWarning
        If values in between were divided at half.
    """
    path = Path(path)
    mask = _painted(decode(path), path)
    if shape is not None and mask.shape != shape[:2]:
        raise ShapeMismatch(
            f"The mask {path.name} is {_size(mask.shape)} pixels and the image is "
            f"{_size(shape[:2])}; choose a mask of the image's own size."
        )
    return mask


def _painted(decoded: Decoded, path: Path) -> NDArray[Any]:
    values, alpha = separated(decoded.array)
    plane = _as_grey(values)
    if plane is not None:
        painted = _grey(plane, path, lossy=decoded.lossy)
    elif decoded.indices is not None and _begins_blank(decoded.indices, decoded.array):
        painted = decoded.indices
    else:
        painted = np.any(values > _half(values.dtype), axis=-1)
    return painted if alpha is None else np.where(alpha > 0, painted, painted.dtype.type(0))


def _as_grey(values: NDArray[Any]) -> NDArray[Any] | None:
    """Return one channel if all are equal."""
    if values.ndim == 2:
        return values
    equal = (values == values[..., :1]).all()
    return values[..., 0] if equal else None


def _grey(plane: NDArray[Any], path: Path, *, lossy: bool) -> NDArray[Any]:
    if plane.dtype.kind == "f":
        plane = _without_fractions(plane, path)
    if plane.dtype.kind == "b":
        return plane
    if lossy:
        return plane > _half(plane.dtype)
    white = np.iinfo(plane.dtype).max
    if plane.dtype.kind == "i" or plane.max() < white or not _between(plane, white):
        return plane
    return _divided(plane, path)


def _without_fractions(plane: NDArray[Any], path: Path) -> NDArray[Any]:
    """Return whole numbers as int64 labels, and 0 to 1 divided at half."""
    if not np.isfinite(plane).all():
        raise BadMask(f"The mask {path.name} holds NaN or infinity; save it with whole numbers.")
    if (plane == np.rint(plane)).all():
        return plane.astype(np.int64)
    if plane.min() < 0 or plane.max() > 1:
        raise BadMask(
            f"The mask {path.name} holds fractions outside 0 to 1, so it is not clear what is "
            "painted; save it with whole numbers."
        )
    return _divided(plane, path)


def _divided(plane: NDArray[Any], path: Path) -> NDArray[np.bool_]:
    warnings.warn(
        f"The mask {path.name} holds greys between black and white; "
        "those above half count as painted.",
        GreyfillWarning,
        stacklevel=2,
    )
    return np.asarray(plane > _half(plane.dtype))


def _between(plane: NDArray[Any], white: int) -> bool:
    return bool(((plane > 0) & (plane < white)).any())


def _begins_blank(indices: NDArray[Any], colours: NDArray[Any]) -> bool:
    """Return whether index 0 is in use and stands for black or transparent."""
    first = colours[indices == 0][:1]
    if not first.size:
        return False
    return not first[0, :3].any() or (first.shape[-1] == 4 and first[0, 3] == 0)


def _half(dtype: np.dtype[Any]) -> float:
    return 0.5 if dtype.kind in "bf" else np.iinfo(dtype).max / 2


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)
