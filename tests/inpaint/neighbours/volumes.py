"""A made stack that drifts and grows, and a bubble in it."""

import numpy as np
from scipy import ndimage
from skimage import data

from napari_greyfill.inpaint.neighbours.base import Slice


def stack(count=12, side=64, step=0.7):
    """Return planes of a photograph that drifts, (count, side, side), on 0 to 1."""
    photo = ndimage.gaussian_filter(data.camera()[100:260, 150:310] / 255.0, 1.0)
    rows, columns = np.mgrid[:side, :side] + 20.0
    planes = [
        ndimage.map_coordinates(photo, (rows + step * i, columns + 0.5 * step * i), order=1)
        for i in range(count)
    ]
    return np.asarray(planes, np.float32)


def disc(side, centre, radius):
    """Return a (side, side) mask."""
    rows, columns = np.mgrid[:side, :side]
    return np.hypot(rows - centre[0], columns - centre[1]) <= radius


def reader(planes, at, holes, log=None):
    """Return a reader whose plane 0 is `planes[at]`; `holes` are by offset."""

    def read(offset):
        if log is not None:
            log.append(offset)
        index = at + offset
        if not 0 <= index < len(planes):
            return None
        hole = holes.get(offset, np.zeros(planes[0].shape, bool))
        return Slice(np.where(hole, np.float32(0), planes[index]), hole)

    return read
