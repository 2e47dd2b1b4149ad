"""The example of docs/uncertainty.md: nuclei counted after a scratch through the field.

Run `python -m benchmarks.interval_example`; it prints the numbers and writes the picture.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import color, data, draw, filters

import napari_greyfill as greyfill

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "uncertainty.png"


def field() -> np.ndarray:
    """Return the stain of nuclei in scikit-image's tissue section, in 16 bits."""
    stain = color.rgb2hed(data.immunohistochemistry())[128:384, 128:384, 0]
    low, high = np.percentile(stain, (0.5, 99.5))
    return (4000 * np.clip((stain - low) / (high - low), 0, 1) + 200).astype(np.uint16)


def scratch(shape: tuple[int, int]) -> np.ndarray:
    """Return a scratch from side to side, 14 pixels wide."""
    line = np.zeros(shape, bool)
    line[draw.line(40, 0, 215, shape[1] - 1)] = True
    return ndimage.distance_transform_edt(~line) <= 7


def counter(image: np.ndarray, hole: np.ndarray) -> Callable[[np.ndarray], int]:
    """Return what counts nuclei: pieces of 30 pixels and more above a threshold."""
    level = filters.threshold_otsu(ndimage.gaussian_filter(image.astype(float), 2.0)[~hole])

    def count(each: np.ndarray) -> int:
        labels, _ = ndimage.label(ndimage.gaussian_filter(each.astype(float), 2.0) > level)
        return int(np.count_nonzero(np.bincount(labels.ravel())[1:] >= 30))

    return count


def main() -> None:
    image = field()
    hole = scratch(image.shape)
    damaged = np.where(hole, 0, image).astype(image.dtype)
    result = greyfill.fill(damaged, hole)
    low, high = result.interval(0.9)
    count = counter(damaged, hole)
    found = greyfill.propagate(result, count, n=50)
    mean = greyfill.propagate(result, lambda each: each[hole].mean(), n=50)
    print("true count", count(image), "of the fill", count(result.image), "found", found)
    print("true mean", image[hole].mean(), "of the fill", mean.value, "found", mean)
    inside = (low[hole] <= image[hole]) & (image[hole] <= high[hole])
    print("coverage", inside.mean())
    first, second = result.draws(2)
    half = (high.astype(float) - low) / 2
    panels = [image, damaged, result.image, half * 3, first, second]
    grey = [np.clip(255 * (each / 4200.0), 0, 255).astype(np.uint8) for each in panels]
    gap = np.full((image.shape[0], 6), 255, np.uint8)
    rows = [np.hstack([a, gap, b, gap, c]) for a, b, c in (grey[:3], grey[3:])]
    between = np.full((6, rows[0].shape[1]), 255, np.uint8)
    Image.fromarray(np.vstack([rows[0], between, rows[1]])).quantize(256).save(PICTURE)


if __name__ == "__main__":
    main()
