"""The picture with its hole, in grey and in colour, as networks are trained and tested on."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.colour import LUMA_WEIGHTS
from napari_greyfill.image.picture import Picture, as_type, value_range
from napari_greyfill.masks.hole import hole_from_mask

__all__ = ["HOLE_VALUES", "HoleValue", "MaskedImages", "masked_images"]

HoleValue = float | Literal["black", "white", "mean"]
HOLE_VALUES = ("black", "white", "mean")


class MaskedImages(NamedTuple):
    """A picture with a hole.

    Attributes
    ----------
    grey : (H, W) array
        Its luma.
    colour : array
        The picture itself; of a grey picture, the same as `grey`.
    """

    grey: NDArray[Any]
    colour: NDArray[Any]


def masked_images(
    image: ArrayLike, mask: ArrayLike, *, value: HoleValue = "black", rgb: bool | None = None
) -> MaskedImages:
    """Return the grey-masked and the colour-masked image.

    Both have the image's own data type and range of values. Outside the mask the colour-masked
    image is bit-identical to the image, alpha and NaN included; in the mask its colour is
    replaced and its alpha is not. The grey-masked image holds the Rec. 601 luma, without alpha.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
        Any boolean, integer or floating type.
    mask : (H, W) array
        Painted pixels are not 0.
    value : "black", "white", "mean" or float
        What the hole holds: the low or the high end of the range of values that the engine sees
        as black and white, the mean of the known pixels (of each channel), or a number in the
        image's own units.
    rgb : bool, optional
        Whether the last axis is colour. By default it is if the image has three axes and 3 or
        4 entries in the last.

    Returns
    -------
    MaskedImages
        The pair (grey, colour).

    Raises
    ------
    BadMaskError, EmptyMaskError
        If the mask is no mask, or nothing is painted.
    BadParameterError
        If the value does not exist, or the data type cannot hold it.
    ShapeMismatchError, UnsupportedImageError, NothingKnownError
        As in `fill`.

    Examples
    --------
    >>> image = np.full((2, 2, 3), 200, dtype=np.uint8)
    >>> grey, colour = masked_images(image, [[0, 1], [0, 0]])
    >>> grey.tolist()
    [[200, 0], [200, 200]]
    """
    hole = hole_from_mask(mask)
    picture = Picture.from_array(image, hole, rgb=rgb)
    colour = np.array(picture.original)  # of a masked array the values
    plane = _luma(picture.colours) if picture.is_colour else colour.copy()
    known = ~picture.hole  # pixels that are painted or no number do not decide the value
    plane[hole] = _hole_value(plane, known, value)
    if not picture.is_colour:
        return MaskedImages(plane, plane.copy())
    for channel in range(3):
        colour[..., channel][hole] = _hole_value(picture.colours[..., channel], known, value)
    return MaskedImages(plane, colour)


def _luma(colours: NDArray[Any]) -> NDArray[Any]:
    """Return the luma in the colours' own type; no number stays no number."""
    with np.errstate(invalid="ignore", over="ignore"):
        grey = colours.astype(np.float64) @ LUMA_WEIGHTS.astype(np.float64)
        return as_type(grey, colours.dtype)


def _hole_value(plane: NDArray[Any], known: NDArray[np.bool_], value: HoleValue) -> Any:  # noqa: ANN401
    dtype = plane.dtype
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return _own_number(value, dtype)
    if not isinstance(value, str) or value not in HOLE_VALUES:
        raise BadParameterError(
            f"The hole cannot be {value!r}; choose one of: {', '.join(HOLE_VALUES)}, or a number."
        )
    values = plane[known]
    if value == "mean":
        return as_type(np.asarray(values.mean(dtype=np.float64)), dtype)
    limits = value_range(values)
    if dtype.kind == "u" or dtype.kind == "b":
        limits_low, limits_high = 0.0, _white(dtype, limits.high)
    else:
        limits_low, limits_high = limits.low, limits.high
    return as_type(np.asarray(limits_low if value == "black" else limits_high), dtype)


def _white(dtype: np.dtype[Any], high: float) -> float:
    """Return white: of 8 bits always 255, as in metrics."""
    return float(np.iinfo(dtype).max) if dtype == np.uint8 else high


def _own_number(value: Any, dtype: np.dtype[Any]) -> Any:  # noqa: ANN401 - a value of that type
    if dtype.kind == "f":
        largest = np.finfo(dtype).max
        if np.iscomplexobj(value) or -largest > value or (value > largest and value != np.inf):
            raise BadParameterError(
                f"Images of type {dtype} cannot hold {value!r}; choose a smaller number."
            )
        return dtype.type(value)
    limits = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if np.iscomplexobj(value) or not limits[0] <= value <= limits[1] or value != int(value):
        raise BadParameterError(
            f"Images of type {dtype} cannot hold {value!r}; "
            f"choose a whole number from {limits[0]} to {limits[1]}."
        )
    return dtype.type(int(value))
