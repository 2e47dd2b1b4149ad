"""Structural similarity of many fills of one hole, without doing twice what they share.

Fills of one hole differ inside it only. So the similarity away from the hole is worked out once,
and near it what depends on the reference alone.

The definition is scikit-image's, with its defaults: means, sample variances and the sample
covariance of squares of 7 x 7 pixels, constants of 0.01 and 0.03 times the range of values,
channel by channel. The mean over an image leaves out its rim of 3 pixels, the mean over a hole
does not. Images below 7 pixels a side get the largest odd square that fits.

References
----------
Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, "Image Quality Assessment: From Error
Visibility to Structural Similarity", IEEE Trans. Image Processing 13(4), 2004,
doi 10.1109/TIP.2003.819861, section III B and C.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter1d

from napari_greyfill.image.geometry import Window, group_boxes

__all__ = ["Similarities", "Similarity"]

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]
_SIDE = 7
_K1, _K2 = 0.01, 0.03
_MOSTLY = 0.5  # windows that cover more of the image are joined to one


@dataclass(frozen=True)
class Similarity:
    """Means of the similarity over the image and over the hole; NaN where there are none."""

    image: float
    hole: float


class Similarities:
    """Measures the similarity of fills of one hole with one reference.

    Parameters
    ----------
    values, reference : (H, W) or (H, W, C) float64 array
        The image, and what it should be. What `values` holds in the hole does not matter.
    hole : (H, W) bool array
        The pixels in which fills may differ from `values`.
    measured : (H, W) bool array
        The part of the hole that the mean over it is of.
    width : float
        Range of values.
    """

    def __init__(
        self, values: Values, reference: Values, hole: Mask, measured: Mask, width: float
    ) -> None:
        self._reference, self._measured, self._width = reference, measured, width
        self._channels = values.shape[-1] if values.ndim == 3 else 1
        self._side = _side(hole.shape)
        self._near = maximum_filter(hole, size=2 * self._pad + 1, mode="constant")
        self._areas = self._near_areas(hole) if self._side else []
        known = np.where(hole if values.ndim == 2 else hole[..., None], reference, values)
        self._away = self._sum_away(known) if self._side else 0.0

    @property
    def _pad(self) -> int:
        return self._side // 2

    def of(self, values: Values) -> Similarity:
        """Return the similarity of one fill.

        Parameters
        ----------
        values : array of the shape of the reference
            The filled picture, in the units of the reference.
        """
        if not self._side:
            return Similarity(float("nan"), float("nan"))
        whole, inside = self._away, 0.0
        for area in self._areas:
            similarity = area.similarity(values[area.window.slices])
            whole += float(similarity[area.counted].sum())
            inside += float(similarity[area.measured].sum())
        count = int(np.count_nonzero(self._interior())) * self._channels
        holes = int(np.count_nonzero(self._measured)) * self._channels
        return Similarity(whole / count, inside / holes if holes else float("nan"))

    def _near_areas(self, hole: Mask) -> list[_Area]:
        """Return windows that hold every pixel whose similarity depends on the hole."""
        shape = (hole.shape[0], hole.shape[1])
        boxes = [b.expanded(2 * self._pad, shape) for b in group_boxes(hole, reach=4 * self._pad)]
        if sum(box.area for box in boxes) > _MOSTLY * hole.size:
            boxes = [_all_of(hole)]
        counted, measured = self._interior() & self._near, self._measured.copy()
        areas = []
        for box in boxes:
            inside = box.slices
            areas.append(self._area(box, counted[inside].copy(), measured[inside].copy()))
            counted[inside] = measured[inside] = False  # boxes may overlap
        return areas

    def _area(self, window: Window, counted: Mask, measured: Mask) -> _Area:
        crop, side = self._reference[window.slices], self._side
        mean = _local_mean(crop, side)
        variance = _local_mean(crop**2, side) - mean**2
        constants = ((_K1 * self._width) ** 2, (_K2 * self._width) ** 2)
        return _Area(window, counted, measured, crop, mean, variance, side, constants)

    def _interior(self) -> Mask:
        """Return where the image's mean counts: not where squares reach over its edge."""
        height, width = self._measured.shape
        interior = np.zeros((height, width), bool)
        interior[self._pad : height - self._pad, self._pad : width - self._pad] = True
        return interior

    def _sum_away(self, values: Values) -> float:
        """Return the sum of the similarity where the hole has no influence."""
        away = self._interior() & ~self._near
        if np.array_equal(values, self._reference):
            return float(np.count_nonzero(away) * self._channels)
        area = self._area(_all_of(away), away, away)
        return float(area.similarity(values)[away].sum())


@dataclass(frozen=True, eq=False)
class _Area:
    """A window near the hole, and the reference's part of the similarity in it.

    Attributes
    ----------
    counted, measured : (h, w) bool array
        The pixels that this window adds to the mean over the image, and over the hole.
    """

    window: Window
    counted: Mask
    measured: Mask
    reference: Values
    mean: Values
    variance: Values
    side: int
    constants: tuple[float, float]

    def similarity(self, values: Values) -> Values:
        """Return the map of the similarity, Wang et al. 2004, equation 13."""
        mean = _local_mean(values, self.side)
        pixels = self.side**2
        sample = pixels / (pixels - 1)
        variance = sample * (_local_mean(values**2, self.side) - mean**2 + self.variance)
        covariance = sample * (_local_mean(values * self.reference, self.side) - mean * self.mean)
        first, second = self.constants
        above = (2 * mean * self.mean + first) * (2 * covariance + second)
        below = (mean**2 + self.mean**2 + first) * (variance + second)
        return np.asarray(above / below)


def _side(shape: tuple[int, ...]) -> int:
    """Return the side of the squares in an image of a shape; 0 if the image is too small."""
    shortest = min(shape[:2])
    return 0 if shortest < 3 else min(_SIDE, shortest - 1 + shortest % 2)


def _all_of(mask: Mask) -> Window:
    return Window(0, mask.shape[0], 0, mask.shape[1])


def _local_mean(values: Values, side: int) -> Values:
    """Return the mean of the square around each pixel, channel by channel."""
    down = uniform_filter1d(values, side, axis=0)
    return np.asarray(uniform_filter1d(down, side, axis=1))
