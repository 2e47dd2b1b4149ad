"""What a fill is measured against: the reference, which of its pixels count, and its scale."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.validity import invalid_pixels, nodata_of
from napari_greyfill.image.values import ValueRange

__all__ = ["colour_values", "handy_unit", "reference_picture", "value_scale"]

_SMALL = 1e-60


def reference_picture(
    image: NDArray[Any],
    truth: NDArray[Any],
    painted: NDArray[np.bool_],
    *,
    rgb: bool | None = None,
    nodata: float | None = None,
) -> Picture:
    """Check that images can be compared, and return the reference as a picture.

    Its hole are the pixels that cannot be measured: those without a value in the reference, or
    outside of what was painted in the image.

    Parameters
    ----------
    image, truth : (H, W), (H, W, 3) or (H, W, 4) arrays
        The filled picture and the true one, of one shape and type.
    painted : (H, W) bool array
        True where the image was filled.
    rgb, nodata
        As in `metrics`.

    Raises
    ------
    ShapeMismatchError, UnsupportedImageError, NothingKnownError
    """
    if image.shape != truth.shape:
        raise ShapeMismatchError(
            f"The image has shape {image.shape} and the reference {truth.shape}; "
            "choose a reference of the same size and kind."
        )
    # numbers of 8 bits and of a float between 0 and 1 may show the same, and do not compare
    if image.dtype.newbyteorder("=") != truth.dtype.newbyteorder("=") and not (
        image.dtype.kind == truth.dtype.kind == "f"
    ):
        raise UnsupportedImageError(
            f"The image holds values of type {image.dtype} and the reference of type "
            f"{truth.dtype}, so they cannot be compared; convert one to the type of the other."
        )
    if painted.shape != truth.shape[:2]:
        raise ShapeMismatchError(
            f"The mask has shape {painted.shape} and the image {truth.shape[:2]}; "
            "choose the mask that was filled."
        )
    number = nodata_of(nodata)
    bad = invalid_pixels(image, number)
    unmeasured = np.zeros(painted.shape, bool) if bad is None else bad & ~painted
    return Picture.from_array(truth, unmeasured, rgb=rgb, nodata=number)


def value_scale(reference: Picture) -> ValueRange:
    """Return what peak values and the scale of SSIM are measured by."""
    if reference.original.dtype == np.uint8:
        return ValueRange(0.0, 255.0)
    return reference.values


def handy_unit(scale: ValueRange) -> float:
    """Return what to measure values in, so that no square of one leaves the range of floats."""
    return 1.0 if _SMALL < scale.width < 1 / _SMALL else scale.width


def colour_values(image: NDArray[Any], picture: Picture) -> NDArray[np.float64]:
    """Return colours as float64 in the image's units, 0 where the reference has none."""
    colours = image[..., :3] if picture.is_colour else image
    values = np.array(colours, dtype=np.float64)  # of a masked array the values
    values[picture.hole] = 0.0
    return values
