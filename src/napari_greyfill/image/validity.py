"""Which pixels of an image hold a value, and what becomes of those that do not.

NaN, infinity, the largest number that a float can be, a no-data value and the mask of a numpy
masked array mean the same: nothing was measured there. Such pixels are never a source. They are
filled as well, or kept as they are.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.checks import is_number, known_values, number_of, shown
from napari_greyfill.errors import BadParameterError

__all__ = [
    "KEEP_INVALID",
    "KeepInvalid",
    "invalid_pixels",
    "kept_pixels",
    "nodata_of",
    "transparent_pixels",
]

KeepInvalid = Literal["auto", "keep", "fill"]
KEEP_INVALID: tuple[str, ...] = get_args(KeepInvalid)
Mask = NDArray[np.bool_]
_LARGEST_SINGLE = float(np.finfo(np.float32).max)


def nodata_of(value: Any) -> float | None:  # noqa: ANN401 - the point is that it may be anything
    """Return a no-data value as a number; None for none, and for NaN, which needs no telling.

    Raises
    ------
    BadParameterError
        If it is neither a finite number nor None or NaN.
    """
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if not is_number(value):
        raise BadParameterError(
            f"nodata is {shown(value)}, but it must be a finite number such as -9999; NaN and "
            "infinity count as no data anyway, so leave it out for these."
        )
    return number_of("nodata", value, low=-np.inf)


def invalid_pixels(image: NDArray[Any], nodata: float | None = None) -> Mask | None:
    """Return the pixels without a value, (H, W); None if there is none.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
        Alpha does not count. A masked array's masked pixels have no value.
    nodata : float, optional
        A value that stands for none; a colour pixel has it in all channels.
    """
    colours = image[..., :3] if image.ndim == 3 else image
    values = np.asarray(colours)
    parts = []
    known = known_values(colours)
    if known is not None:
        parts.append(~known)
    if values.dtype.kind == "f" and values.size:
        low, high = float(values.min()), float(values.max())  # NaN if there is any
        if not (np.isfinite([low, high]).all() and max(-low, high) < _LARGEST_SINGLE):
            parts += [~np.isfinite(values), _is_largest(values)]
    found = [part.any(axis=-1) if part.ndim == 3 else part for part in parts]
    if nodata is not None and _can_hold(values.dtype, nodata):
        same = values == values.dtype.type(nodata)
        found.append(same.all(axis=-1) if same.ndim == 3 else same)
    found = [part for part in found if part.any()]
    return np.logical_or.reduce(found) if found else None


def kept_pixels(invalid: Mask, hole: Mask, how: KeepInvalid) -> Mask:
    """Return which pixels without a value stay as they are; painted ones never do.

    Parameters
    ----------
    invalid, hole : (H, W) bool arrays
        Where pixels have no value, and where they are painted.
    how : {"auto", "keep", "fill"}
        "auto" keeps those that lie outside of what was recorded: connected areas that touch
        the border of the image and are larger than the hole.
    """
    left = invalid & ~hole
    if how == "keep":
        return left
    if how == "fill" or not left.any():
        return np.zeros_like(left)
    areas, count = ndimage.label(left, structure=np.ones((3, 3)))
    outside = np.bincount(areas.ravel(), minlength=count + 1) > np.count_nonzero(hole)
    rim = np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]])
    touching = np.zeros(count + 1, dtype=bool)
    touching[rim] = True
    touching[0] = False
    return np.asarray((outside & touching)[areas])


def transparent_pixels(image: NDArray[Any], hole: Mask) -> Mask | None:
    """Return the pixels of an (H, W, 4) image whose colour nobody sees; None if there is none.

    An alpha that is 0 everywhere outside the hole is one that nobody filled in: it says nothing.

    Parameters
    ----------
    image : (H, W, 4) array
        With its alpha.
    hole : (H, W) bool array
        Pixels that do not count.
    """
    transparent = (np.asarray(image[..., 3]) == 0) & ~hole
    if not transparent.any() or (transparent | hole).all():
        return None
    return np.asarray(transparent)


def _is_largest(values: NDArray[Any]) -> Mask:
    """Return where floats are the largest there are, which programs write where they have none.

    Halves reach theirs when they are clipped.
    """
    largest = [_LARGEST_SINGLE, float(np.finfo(np.float64).max)]
    return np.asarray(np.isin(np.abs(values), largest[: values.dtype.itemsize // 4]))


def _can_hold(dtype: np.dtype[Any], value: float) -> bool:
    """Return whether an array of a type can hold a value at all."""
    if dtype.kind == "f":
        return True
    if dtype.kind not in "iu" or value != int(value):
        return False
    limits = np.iinfo(dtype)
    return bool(limits.min <= value <= limits.max)
