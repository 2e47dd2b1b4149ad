"""A first guess of the colours in a hole: along chords whose two ends look alike."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, hypot

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.shifts.atlas import squares

__all__ = ["Guide", "chord_guide"]

Values = NDArray[np.float32]

DIRECTIONS = 32  # over half a turn
ENDS = 3  # known pixels that the colour of an end is the mean of
UNLIKE = 0.15  # cost of ends that are not alike at all, and of chords without ends
ONE_END = 0.03
UNIT = 0.06  # of costs
LENGTH = 0.004 * UNIT  # cost of a pixel of length
BLUR = 2.5  # sigma of the costs of one direction, in pixels
SHARP = 0.24 * UNIT  # how much worse than the best a chord may be
SURE = 0.03  # cost at which a guess is of little use


@dataclass(frozen=True, eq=False)
class Guide:
    """What colours to expect in a hole, and how much that counts.

    Attributes
    ----------
    colours : (H, W, C) float32 array
    weight : (H, W) float32 array
        0 where nothing is expected.
    """

    colours: Plane
    weight: Values


def chord_guide(picture: Plane, lost: Hole, hole: Hole) -> Guide:
    """Return a guide from chords through each pixel, in 32 directions.

    A chord counts the more the more alike its two ends are and the shorter it is; its colour is
    that of its ends, the nearer one counting more.

    Parameters
    ----------
    picture : (H, W, C) float32 array
        What it holds where nothing is known does not matter.
    lost, hole : (H, W) bool arrays
        What is not known, and the part of it that is to be filled.
    """
    inside = np.argwhere(hole)
    costs = np.empty((DIRECTIONS, len(inside)), np.float32)
    colours = np.empty((DIRECTIONS, len(inside), picture.shape[2]), np.float32)
    some = np.empty((DIRECTIONS, len(inside)), bool)
    for number in range(DIRECTIONS):
        angle = np.pi * number / DIRECTIONS
        step = np.array([np.sin(angle), np.cos(angle)])
        a, far_a, has_a = _end(picture, lost, inside, step)
        b, far_b, has_b = _end(picture, lost, inside, -step)
        both, one = has_a & has_b, has_a ^ has_b
        cost = np.where(both, np.minimum(squares(a - b), UNLIKE), np.where(one, ONE_END, UNLIKE))
        costs[number] = _smoothed(cost + LENGTH * (far_a + far_b), hole)
        near = (far_b / np.maximum(far_a + far_b, 1e-6)).astype(np.float32)
        share = np.where(both, near, has_a.astype(np.float32))[:, None]
        colours[number] = share * a + (1 - share) * b
        some[number] = both | one
    costs += (np.roll(costs, 1, axis=0) - 2 * costs + np.roll(costs, -1, axis=0)) / 4
    best = costs.min(axis=0)
    weights = np.exp(-(costs - best) / SHARP) * some
    total = weights.sum(axis=0)
    mean = np.einsum("dn,dnc->nc", weights, colours) / np.maximum(total, 1e-12)[:, None]
    guide = Guide(np.zeros_like(picture), np.zeros(hole.shape, np.float32))
    guide.colours[hole] = mean
    guide.weight[hole] = np.where(total > 1e-6, np.exp(-best / SURE), 0.0)
    return guide


def _end(
    picture: Plane, lost: Hole, inside: NDArray[np.intp], step: NDArray[np.float64]
) -> tuple[Values, NDArray[np.float64], NDArray[np.bool_]]:
    """Walk until something is known: its colour, how far it is, and whether there is any."""
    height, width = lost.shape
    far = np.zeros(len(inside))
    found = np.zeros(len(inside), bool)
    walking = np.arange(len(inside))
    for length in range(1, ceil(hypot(height, width))):
        y, x = _places(inside[walking], step, length)
        within = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        known = within & ~lost[np.where(within, y, 0), np.where(within, x, 0)]
        far[walking[known]] = length
        found[walking[known]] = True
        far[walking[~within]] = length
        walking = walking[within & ~known]
        if walking.size == 0:
            break
    total = np.zeros((len(inside), picture.shape[2]), np.float32)
    count = np.zeros((len(inside), 1), np.float32)
    for more in range(1, ENDS + 1):  # the pixel of the rim itself is often mixed
        y, x = _places(inside, step, far + more)
        within = found & (y >= 0) & (y < height) & (x >= 0) & (x < width)
        y, x = np.where(within, y, 0), np.where(within, x, 0)
        good = (within & ~lost[y, x])[:, None]
        total += good * picture[y, x]
        count += good
    has = count[:, 0] > 0
    return np.asarray(total / np.maximum(count, 1), dtype=np.float32), far, has


def _places(
    inside: NDArray[np.intp],
    step: NDArray[np.float64],
    length: float | NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    y = np.rint(inside[:, 0] + step[0] * length).astype(np.intp)
    x = np.rint(inside[:, 1] + step[1] * length).astype(np.intp)
    return y, x


def _smoothed(values: NDArray[np.floating], hole: Hole) -> Values:
    """Return values of hole pixels, blurred within the hole."""
    plane = np.zeros(hole.shape, np.float32)
    plane[hole] = values
    inside = ndimage.gaussian_filter(hole.astype(np.float32), BLUR, mode="constant")
    blurred = ndimage.gaussian_filter(plane, BLUR, mode="constant")
    return np.asarray(blurred[hole] / np.maximum(inside[hole], 1e-6), dtype=np.float32)
