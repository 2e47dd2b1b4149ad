"""Grow, shrink and tidy holes; soften their seam.

Distances are Euclidean, in pixels. All functions return new arrays and work group by group,
so that their cost follows the hole rather than the image.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import group_boxes

__all__ = ["feather", "fill_holes", "grow", "remove_specks", "shrink", "smooth"]

Mask = NDArray[np.bool_]


def grow(hole: Mask, pixels: float) -> Mask:
    """Return the hole with everything up to `pixels` away from it.

    Parameters
    ----------
    hole : (H, W) bool array
    pixels : float
        Radius of the disk, at least 0.
    """
    _check_size("grow", pixels)
    if pixels == 0:
        return hole.copy()

    result = hole.copy()
    for window in _crops(hole, margin=int(np.ceil(pixels))):
        near = ndimage.distance_transform_edt(~hole[window]) <= pixels
        result[window] |= near
    return result


def shrink(hole: Mask, pixels: float) -> Mask:
    """Return the hole without everything up to `pixels` away from known pixels.

    The border of the image does not count as known, so holes that touch it keep touching it.
    """
    _check_size("shrink", pixels)
    if pixels == 0:
        return hole.copy()

    result = hole.copy()
    for window in _crops(hole, margin=1):
        # a crop may cut another group in two, which can only keep too much of that one:
        # the other group's own crop takes the rest away
        result[window] &= _depth(hole[window]) > pixels
    return result


def fill_holes(hole: Mask) -> Mask:
    """Return the hole with the islands of known pixels that it encloses."""
    result = hole.copy()
    for window in _crops(hole, margin=1):
        result[window] |= ndimage.binary_fill_holes(hole[window])
    return result


def smooth(hole: Mask, pixels: float) -> Mask:
    """Return the hole with corners and frays rounded off to about this radius.

    Bays and gaps narrower than ``2 * pixels`` are closed, then spikes and specks narrower
    than that are taken away (a morphological closing and opening with a disk).
    """
    _check_size("smooth", pixels)
    margin = int(np.ceil(pixels)) + 1
    # holes go on beyond the image, so that its border does not round them off
    closed = shrink(grow(np.pad(hole, margin, mode="edge"), pixels), pixels)
    opened = grow(shrink(closed, pixels), pixels)
    return np.ascontiguousarray(opened[margin:-margin, margin:-margin])


def remove_specks(hole: Mask, smaller_than: int) -> Mask:
    """Return the hole without groups of touching pixels that have fewer than so many.

    Pixels touch along edges and at corners.
    """
    _check_size("remove_specks", smaller_than)
    groups, count = ndimage.label(hole, structure=np.ones((3, 3)))
    if count == 0:
        return hole.copy()
    large = np.bincount(groups.ravel()) >= smaller_than
    large[0] = False
    return np.asarray(large[groups])


def feather(hole: Mask, pixels: float) -> NDArray[np.float32]:
    """Return how much of the fill to show: rising from the rim of the hole to 1.

    A pixel at depth d (1 next to a known pixel) shows ``d / (pixels + 1)`` of the fill, at
    most all of it; the rest is what the image holds there. Outside the hole the weight is 0.

    Parameters
    ----------
    hole : (H, W) bool array
    pixels : float
        Width of the soft rim, at least 0; 0 shows the fill everywhere in the hole.
    """
    _check_size("feather", pixels)
    weight = hole.astype(np.float32)
    for window in _crops(hole, margin=1):
        ramp = np.minimum(1.0, _depth(hole[window]) / (pixels + 1.0))
        weight[window] = np.minimum(weight[window], np.where(hole[window], ramp, 0.0))
    return weight


def _depth(crop: Mask) -> NDArray[np.float64]:
    """Distance of hole pixels to the nearest known one; infinite if there is none."""
    if crop.all():
        return np.full(crop.shape, np.inf)
    return np.asarray(ndimage.distance_transform_edt(crop), dtype=np.float64)


def _crops(hole: Mask, margin: int) -> Iterator[tuple[slice, slice]]:
    """Yield the slices of a crop around each group of touching hole pixels."""
    for box in group_boxes(hole, reach=1):
        yield box.expanded(margin, (hole.shape[0], hole.shape[1])).slices


def _check_size(name: str, pixels: float) -> None:
    if not pixels >= 0:
        raise BadParameterError(
            f"{name} is {pixels}, but it must be 0 pixels or more; set it to 0."
        )
