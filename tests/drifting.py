"""Small stacks of known truth, and readers of them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage import data

from napari_greyfill.inpaint.neighbours.base import Slice


def drifting(planes=9, side=80):
    """Return a picture that drifts and brightens from plane to plane, (planes, side, side)."""
    picture = data.coins()[60:260, 60:260] / 255
    stack = []
    for index in range(planes):
        moved = ndimage.shift(picture, (0.6 * index, -0.4 * index), order=1, mode="nearest")
        stack.append((0.8 + 0.02 * index) * moved[50 : 50 + side, 50 : 50 + side])
    return np.asarray(stack, dtype=np.float32)


def disc(side=80, radius=10):
    y, x = np.indices((side, side)) - side // 2
    return y**2 + x**2 <= radius**2


class Recorder:
    """Reads planes by their offset from one, and remembers which."""

    def __init__(self, values, at, holes=None):
        self.values, self.at, self.holes = values, at, holes or {}
        self.asked = set()

    def __call__(self, offset):
        self.asked.add(offset)
        index = self.at + offset
        if not 0 <= index < len(self.values):
            return None
        unknown = self.holes.get(offset, np.zeros(self.values.shape[1:], bool))
        return Slice(np.where(unknown, np.float32(0), self.values[index]), unknown)
