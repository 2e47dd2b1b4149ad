"""How deep pixels lie in a hole, at a cost that grows with the hole and hardly with the plane."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.tiles import PART, tiles

__all__ = ["depth"]


def depth(hole: NDArray[np.bool_], most: float) -> NDArray[np.float64]:
    """Return how far each pixel is from the nearest one outside the hole.

    Parameters
    ----------
    hole : (H, W) bool array
        The border of the plane does not count as outside.
    most : float
        What is as deep or deeper, in pixels, has this depth.

    Returns
    -------
    (H, W) float64 array
        Euclidean distances, 0 outside the hole, exact below `most`.
    """
    found, halo = np.zeros(hole.shape), ceil(most)
    for core, frame in tiles(hole, max(PART, 2 * halo), halo):  # frames: twice their cores
        part = hole[frame.slices]
        if part.all():
            found[core.slices] = most
        else:
            near = ndimage.distance_transform_edt(part)[core.within(frame)]
            found[core.slices] = np.minimum(near, most)
    return found
