"""The metrics of many fills of one hole, without doing twice what they share.

`metrics` measures one image against its reference. Fills of the same hole differ inside it only,
so `Measure` works out everything else once: the errors of the known pixels, the structural
similarity away from the hole, and the reference's part of it near the hole. Its numbers are those
of `metrics` up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import maximum_filter, uniform_filter1d
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from napari_greyfill.checks import array_of
from napari_greyfill.image.geometry import Window, group_boxes
from napari_greyfill.measure.metrics import (
    colour_values,
    handy_unit,
    reference_picture,
    ssim_side,
    value_scale,
)

__all__ = ["Measure"]

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]
_K1, _K2 = 0.01, 0.03  # Wang et al. 2004, section III C
_MOSTLY = 0.5  # windows that cover more of the image are joined to one


class Measure:
    """Measures fills of one hole of one image against one reference.

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
        self._side = ssim_side(hole.shape)
        self._areas = self._near_areas(hole) if self._side else []
        self._far = self._similarity_away_from(hole, values) if self._side else 0.0

    def __call__(self, filled: ArrayLike) -> dict[str, float]:
        """Return the metrics of one fill, with the keys of `metrics`.

        Parameters
        ----------
        filled : array of the shape of the image
            Differs from it in the hole only.
        """
        values = colour_values(np.asarray(filled), self._truth) / self._unit
        inside = values[self._hole]
        error = float(((inside - self._inside) ** 2).sum())
        ssim, hole_ssim = self._ssim(values)
        found = {
            "psnr": self._psnr(error + self._known_error, values.size),
            "ssim": ssim,
            "hole_psnr": self._psnr(error, inside.size),
            "hole_ssim": hole_ssim,
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

    def _ssim(self, values: Values) -> tuple[float, float]:
        """Return the mean of the similarity over the image, and over the hole."""
        if not self._side:
            return float("nan"), float("nan")
        whole, inside = self._far, 0.0
        for area in self._areas:
            similarity = area.similarity(values[area.window.slices])
            whole += float(similarity[area.counted].sum())
            inside += float(similarity[area.hole].sum())
        channels = values.shape[-1] if values.ndim == 3 else 1
        pad = self._side // 2
        height, width = self._hole.shape
        count = (height - 2 * pad) * (width - 2 * pad) * channels
        holes = int(np.count_nonzero(self._hole)) * channels
        return whole / count, inside / holes if holes else float("nan")

    def _near_areas(self, hole: Mask) -> list[_Area]:
        """Return windows that hold every pixel whose similarity depends on the hole."""
        pad, shape = self._side // 2, (hole.shape[0], hole.shape[1])
        boxes = [box.expanded(2 * pad, shape) for box in group_boxes(hole, reach=4 * pad)]
        if sum(box.area for box in boxes) > _MOSTLY * hole.size:
            boxes = [Window(0, shape[0], 0, shape[1])]
        left = self._interior(shape) & _near(hole, pad)
        open_hole = self._hole.copy()
        areas = []
        for box in boxes:
            inside = box.slices
            counted, own = left[inside].copy(), open_hole[inside].copy()
            left[inside] = open_hole[inside] = False  # boxes may overlap
            areas.append(_Area.of(box, counted, own, self._reference, self._side, self._width))
        return areas

    def _interior(self, shape: tuple[int, int]) -> Mask:
        """Return where the image's mean counts: not where windows reach over its edge."""
        pad = self._side // 2
        interior = np.zeros(shape, bool)
        interior[pad : shape[0] - pad, pad : shape[1] - pad] = True
        return interior

    def _similarity_away_from(self, hole: Mask, values: Values) -> float:
        """Return the sum of the similarity where the hole has no influence."""
        pad = self._side // 2
        away = self._interior((hole.shape[0], hole.shape[1])) & ~_near(hole, pad)
        if self._known_error == 0:
            channels = values.shape[-1] if values.ndim == 3 else 1
            return float(np.count_nonzero(away) * channels)
        similarity = structural_similarity(
            self._reference,
            values,
            win_size=self._side,
            data_range=self._width,
            channel_axis=-1 if values.ndim == 3 else None,
            full=True,
        )[1]
        return float(similarity[away].sum())


@dataclass(frozen=True, eq=False)
class _Area:
    """A window near the hole, and the reference's part of the similarity in it.

    Attributes
    ----------
    counted, hole : (h, w) bool array
        The pixels that this window adds to the mean over the image, and over the hole.
    """

    window: Window
    counted: Mask
    hole: Mask
    reference: Values
    mean: Values
    variance: Values
    side: int
    constants: tuple[float, float]

    @classmethod
    def of(
        cls,
        window: Window,
        counted: Mask,
        hole: Mask,
        reference: Values,
        side: int,
        width: float,
    ) -> _Area:
        crop = reference[window.slices]
        mean = _local_mean(crop, side)
        constants = ((_K1 * width) ** 2, (_K2 * width) ** 2)
        variance = _local_mean(crop**2, side) - mean**2
        return cls(window, counted, hole, crop, mean, variance, side, constants)

    def similarity(self, values: Values) -> Values:
        """Return the SSIM map, Wang et al. 2004, equation 13, with sample covariances."""
        mean = _local_mean(values, self.side)
        pixels = self.side**2
        sample = pixels / (pixels - 1)
        variance = sample * (_local_mean(values**2, self.side) - mean**2 + self.variance)
        covariance = sample * (_local_mean(values * self.reference, self.side) - mean * self.mean)
        first, second = self.constants
        above = (2 * mean * self.mean + first) * (2 * covariance + second)
        below = (mean**2 + self.mean**2 + first) * (variance + second)
        return np.asarray(above / below)


def _mean(values: Values) -> float:
    return float(values.mean()) if values.size else float("nan")


def _local_mean(values: Values, side: int) -> Values:
    """Return the mean of the square around each pixel, channel by channel."""
    down = uniform_filter1d(values, side, axis=0)
    return np.asarray(uniform_filter1d(down, side, axis=1))


def _near(hole: Mask, pad: int) -> Mask:
    return np.asarray(maximum_filter(hole, size=2 * pad + 1, mode="constant"))


def _like(mask: Mask, values: NDArray[Any]) -> Mask:
    return mask if values.ndim == 2 else mask[..., None]
