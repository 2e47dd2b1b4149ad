"""Fidelity of a fill against a reference, by scikit-image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from napari_greyfill.checks import array_of
from napari_greyfill.errors import ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.arrays import channels_last
from napari_greyfill.image.picture import Picture, ValueRange, plane_of
from napari_greyfill.image.validity import invalid_pixels, nodata_of
from napari_greyfill.masks import hole_from_mask

__all__ = [
    "METRICS",
    "Metric",
    "colour_values",
    "handy_unit",
    "metrics",
    "reference_picture",
    "ssim_side",
    "value_scale",
]

_SMALL = 1e-60
_SSIM_SIDE = 7  # of scikit-image's default window


@dataclass(frozen=True)
class Metric:
    """One column of a table of metrics."""

    key: str
    title: str
    explanation: str
    higher_is_better: bool
    digits: int


METRICS = (
    Metric("psnr", "PSNR", "Peak signal-to-noise ratio of the whole image, in dB.", True, 2),
    Metric("ssim", "SSIM", "Structural similarity of the whole image, at most 1.", True, 4),
    Metric("hole_psnr", "Hole PSNR", "Peak signal-to-noise ratio in the hole, in dB.", True, 2),
    Metric("hole_ssim", "Hole SSIM", "Structural similarity in the hole, at most 1.", True, 4),
    Metric("mae", "MAE", "Mean absolute error in the hole, in the image's own units.", False, 3),
    Metric("delta_e", "ΔE", "Mean CIEDE2000 colour difference in the hole.", False, 2),
)


def metrics(
    image: ArrayLike,
    reference: ArrayLike,
    mask: ArrayLike,
    *,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    nodata: float | None = None,
) -> dict[str, float]:
    """Compare a filled image with the truth.

    Peak values and the scale of SSIM follow the reference: 255 for 8 bits, otherwise the full
    range of its type, or, where it uses less than a quarter of that (12-bit counts in 16-bit
    files), the range it does use. Alpha is left out. Pixels without a value in the reference,
    or outside the mask in the image (NaN, infinite, masked or `nodata`), are left out of the
    hole and count as equal elsewhere.

    Parameters
    ----------
    image, reference : (H, W), (H, W, 3) or (H, W, 4) arrays
        Of the same shape and units.
    mask : (H, W) array
        Painted where the image was filled.
    rgb : bool, optional
        Whether the last axis is colour; by default as in `fill`.
    channel_axis : int, optional
        The axis of the colours of image and reference; by default the last one, if any.
    nodata : float, optional
        As in `fill`.

    Returns
    -------
    dict
        psnr and hole_psnr in dB (infinite for equal images), ssim and hole_ssim (NaN for
        images below 3 pixels a side), mae in the image's units, and for colour images
        delta_e, the mean CIEDE2000 in the hole.

    Raises
    ------
    ShapeMismatchError
        If image, reference and mask do not cover the same pixels.
    UnsupportedImageError
        If they are no pictures, or their values are of types that do not compare.
    BadMaskError, BadParameterError
    """
    reference, _ = channels_last(reference, channel_axis, rgb=rgb)
    image, rgb = channels_last(image, channel_axis, rgb=rgb)
    filled = plane_of(array_of("image", image), rgb=rgb)
    truth = plane_of(array_of("reference", reference), rgb=rgb)
    painted = hole_from_mask(mask)
    picture = reference_picture(filled, truth, painted, rgb=rgb, nodata=nodata)
    hole = painted & ~picture.hole
    scale = value_scale(picture)
    unit = handy_unit(scale)
    first, second = (colour_values(array, picture) / unit for array in (filled, truth))
    width = scale.width / unit
    ssim, hole_ssim = _ssim(first, second, hole, width)
    found = {
        "psnr": _psnr(first, second, width),
        "ssim": ssim,
        "hole_psnr": _psnr(first[hole], second[hole], width),
        "hole_ssim": hole_ssim,
        "mae": float(np.abs(first[hole] - second[hole]).mean()) * unit if hole.any() else np.nan,
    }
    if picture.is_colour:
        found["delta_e"] = _delta_e(first[hole] * unit, second[hole] * unit, scale)
    return found


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
    painted : (H, W) bool array
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


def ssim_side(shape: tuple[int, ...]) -> int:
    """Return the side of SSIM's window in an image of a shape; 0 if the image is too small."""
    shortest = min(shape[:2])
    return 0 if shortest < 3 else min(_SSIM_SIDE, shortest - 1 + shortest % 2)


def colour_values(image: NDArray[Any], picture: Picture) -> NDArray[np.float64]:
    """Return colours as float64 in the image's units, 0 where the reference has none."""
    colours = image[..., :3] if picture.is_colour else image
    values = np.array(colours, dtype=np.float64)  # of a masked array the values
    values[picture.hole] = 0.0
    return values


def _psnr(image: NDArray[np.float64], reference: NDArray[np.float64], data_range: float) -> float:
    if image.size == 0:
        return float("nan")
    if np.array_equal(image, reference):
        return float("inf")
    return float(peak_signal_noise_ratio(reference, image, data_range=data_range))


def _ssim(
    image: NDArray[np.float64],
    reference: NDArray[np.float64],
    hole: NDArray[np.bool_],
    data_range: float,
) -> tuple[float, float]:
    """Return the mean of the SSIM map over the image and over the hole."""
    side = ssim_side(hole.shape)
    if not side:
        return float("nan"), float("nan")
    mean, similarity = structural_similarity(
        reference,
        image,
        win_size=side,
        data_range=data_range,
        channel_axis=-1 if image.ndim == 3 else None,
        full=True,
    )
    return float(mean), float(similarity[hole].mean()) if hole.any() else float("nan")


def _delta_e(
    image: NDArray[np.float64], reference: NDArray[np.float64], scale: ValueRange
) -> float:
    """Return the mean CIEDE2000 of (n, 3) colours."""
    if image.size == 0:
        return float("nan")
    first, second = (rgb2lab(scale.to_clipped_unit(colours)) for colours in (image, reference))
    return float(deltaE_ciede2000(second, first).mean())
