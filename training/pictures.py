"""Crops of photographs: those in the wheels of libraries whose licence allows it.

The other pictures of scikit-image's wheel are kept for reporting and never trained on: astronaut,
brick, cell, chelsea, coins, gravel, immunohistochemistry, moon, rocket.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage import data

__all__ = ["LICENCES", "crop"]

LICENCES = {
    "camera": "CC0, Lav Varshney",
    "clock": "public domain, Stefan van der Walt",
    "coffee": "CC0, Rachel Michetti",
    "grass": "CC0, linolafett",
    "hubble_deep_field": "public domain, NASA",
    "page": "part of scikit-image, BSD-3-Clause",
    "retina": "CC0, Mikael Häggström",
    "text": "part of scikit-image, BSD-3-Clause",
    "grace_hopper": "public domain, United States Navy; in matplotlib's wheel",
    "china": "CC BY 2.0, danielbuechele on Flickr; in scikit-learn's wheel",
    "flower": "CC BY 2.0, vultilion on Flickr; in scikit-learn's wheel",
}
_WEIGHTS = {"camera": 3.0, "coffee": 3.0, "clock": 1.5, "page": 0.7, "text": 0.4}
_WEIGHTS |= {"grace_hopper": 2.0, "china": 3.0, "flower": 2.0}
_ELSEWHERE = {  # package and file
    "grace_hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    "china": ("sklearn.datasets.images", "china.jpg"),
    "flower": ("sklearn.datasets.images", "flower.jpg"),
}


def crop(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random crop of a random picture, in grey or one of its colours, in [0, 1]."""
    names = list(LICENCES)
    weights = np.array([_WEIGHTS.get(name, 1.0) for name in names])
    image = _picture(names[rng.choice(len(names), p=weights / weights.sum())])
    grey = image @ rng.dirichlet([1.0, 1.0, 1.0]) if image.ndim == 3 else image
    smallest = side / min(grey.shape)
    scale = rng.choice([1.0, 1.0, 0.75, 0.5])
    if smallest < scale < 1:
        grey = ndimage.zoom(ndimage.gaussian_filter(grey, 0.4 / scale), scale, order=1)
    y, x = (int(rng.integers(length - side + 1)) for length in grey.shape)
    return np.asarray(grey[y : y + side, x : x + side], dtype=np.float32)


@cache
def _picture(name: str) -> NDArray[np.float32]:
    if name not in _ELSEWHERE:
        return np.asarray(getattr(data, name)(), dtype=np.float32) / 255
    package, path = _ELSEWHERE[name]
    with resources.files(package).joinpath(path).open("rb") as file:
        return np.asarray(Image.open(file), dtype=np.float32) / 255
