"""Small stacks that are made, with holes."""

import numpy as np
from scipy import ndimage

SIDE = 48


def moving(planes=7, side=SIDE, seed=0):
    """Return a smooth volume of uint8 planes that resemble each other."""
    rng = np.random.default_rng(seed)
    volume = ndimage.gaussian_filter(rng.standard_normal((planes + 4, side, side)), (1.5, 2, 2))
    volume = volume[2:-2]
    return np.round(40 + 170 * (volume - volume.min()) / np.ptp(volume)).astype(np.uint8)


def blob(side=SIDE, at=20, size=9):
    mask = np.zeros((side, side), dtype=bool)
    mask[at : at + size, at : at + size] = True
    return mask


def one_plane(planes=7, plane=3, side=SIDE):
    """Return a mask with a hole in one plane."""
    mask = np.zeros((planes, side, side), dtype=bool)
    mask[plane] = blob(side)
    return mask
