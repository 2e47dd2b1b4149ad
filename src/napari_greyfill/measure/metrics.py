"""Fidelity of fills against a reference: each number is defined once, here and in `ssim`.

* PSNR is ``10 log10(width^2 / mean squared error)``, over every value of the picture, and over
  those of the hole; `width` is the range that `metrics` describes.
* SSIM is that of `ssim`, its mean over the picture, and over the pixels of the hole.
* MAE is the mean absolute difference of the values of the hole.
* ΔE is the mean over the pixels of the hole of the CIEDE2000 difference, of colours taken for
  sRGB on the same range.

On pictures that scikit-image can measure as a whole these are its numbers, up to rounding.

References
----------
G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000 Color-Difference Formula", Color Research and
Application 30(1), 2005, doi 10.1002/col.20070.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

from napari_greyfill.checks import array_of
from napari_greyfill.image.arrays import channels_last
from napari_greyfill.image.picture import plane_of
from napari_greyfill.masks import hole_from_mask
from napari_greyfill.measure.reference import (
    colour_values,
    handy_unit,
    reference_picture,
    value_scale,
)
from napari_greyfill.measure.ssim import Similarities

__all__ = ["METRICS", "Measure", "Metric", "metrics"]

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


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
    nodata: float | None = None,
    channel_axis: int | None = None,
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
    nodata : float, optional
        As in `fill`.
    channel_axis : int, optional
        The axis of the colours of image and reference; by default the last one, if any.

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

    Examples
    --------
    >>> reference = np.full((32, 32), 100, dtype=np.uint8)
    >>> hole = np.zeros((32, 32), dtype=bool)
    >>> hole[10:20, 10:20] = True
    >>> filled = np.where(hole, 102, reference).astype(np.uint8)
    >>> found = metrics(filled, reference, hole)
    >>> round(found["hole_psnr"], 1), found["mae"]
    (42.1, 2.0)
    """
    reference, _ = channels_last(reference, channel_axis, rgb=rgb)
    image, rgb = channels_last(image, channel_axis, rgb=rgb)
    filled = plane_of(array_of("image", image), rgb=rgb)
    truth = plane_of(array_of("reference", reference), rgb=rgb)
    painted = hole_from_mask(mask)
    return Measure(filled, truth, painted, rgb=rgb, nodata=nodata, once=True)(filled)


class Measure:
    """Measures fills of one hole of one image against one reference.

    What the fills share is worked out once: the errors of the known pixels, the structural
    similarity away from the hole, and the reference's part of it near the hole.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
        The image whose hole is filled; what is in the hole does not matter.
    reference : array of the same shape
    hole : (H, W) bool array
        The pixels that are filled.
    rgb : bool, optional
        Whether the last axis is colour; by default as in `fill`.
    nodata : float, optional
        As in `metrics`.
    once : bool
        Whether only a single fill is measured, so that nothing is worth working out ahead.

    Raises
    ------
    ShapeMismatchError
        If image and reference differ in shape.
    UnsupportedImageError, NothingKnownError
        If the reference is no picture, or holds no number.
    """

    def __init__(
        self,
        image: ArrayLike,
        reference: ArrayLike,
        hole: Mask,
        *,
        rgb: bool | None = None,
        nodata: float | None = None,
        once: bool = False,
    ) -> None:
        before, truth = array_of("image", image), array_of("reference", reference)
        self._truth = reference_picture(before, truth, hole, rgb=rgb, nodata=nodata)
        self._scale = value_scale(self._truth)
        self._unit = handy_unit(self._scale)
        self._width = self._scale.width / self._unit
        self._hole = hole & ~self._truth.hole
        self._reference = colour_values(truth, self._truth) / self._unit
        values = colour_values(before, self._truth) / self._unit
        error = np.where(_like(~hole, values), values - self._reference, 0.0)
        self._known_error = float((error**2).sum())
        self._inside = self._reference[self._hole]
        self._lab = self._to_lab(self._inside) if self._truth.is_colour else None
        anywhere = once and self._known_error > 0
        changing = np.ones_like(hole) if anywhere else hole
        self._similarities = Similarities(
            values, self._reference, changing, self._hole, self._width
        )

    def __call__(self, filled: ArrayLike) -> dict[str, float]:
        """Return the numbers of one fill, as `metrics` does.

        Parameters
        ----------
        filled : array of the shape of the image
            Differs from it in the hole only.
        """
        values = colour_values(np.asarray(filled), self._truth) / self._unit
        inside = values[self._hole]
        error = float(((inside - self._inside) ** 2).sum())
        similarity = self._similarities.of(values)
        found = {
            "psnr": self._psnr(error + self._known_error, values.size),
            "ssim": similarity.image,
            "hole_psnr": self._psnr(error, inside.size),
            "hole_ssim": similarity.hole,
            "mae": self._unit * _mean(np.abs(inside - self._inside)),
        }
        if self._lab is not None:
            difference = deltaE_ciede2000(self._lab, self._to_lab(inside))
            found["delta_e"] = float(difference.mean()) if inside.size else np.nan
        return found

    def _to_lab(self, colours: Values) -> Values:
        return np.asarray(rgb2lab(self._scale.to_clipped_unit(colours * self._unit)))

    def _psnr(self, squares: float, count: int) -> float:
        if count == 0:
            return float("nan")
        if squares == 0:
            return float("inf")
        return float(10 * np.log10(self._width**2 * count / squares))


def _mean(values: Values) -> float:
    return float(values.mean()) if values.size else float("nan")


def _like(mask: Mask, values: Values) -> Mask:
    return mask if values.ndim == 2 else mask[..., None]
