"""Calm fills that were made frame by frame: a little smoothing along time, in the hole alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["SIGMA", "smoothed_in_time"]

SIGMA = 0.7  # frames


def smoothed_in_time(
    fills: Sequence[Plane], hole: Hole | NDArray[np.bool_], sigma: float = SIGMA
) -> list[Plane]:
    """Return filled frames, smoothed along time where they were filled.

    The errors of fills that do not know of each other differ from frame to frame; a Gaussian along
    time takes some of that away and nearly nothing of what moves. At the ends the nearest frame
    stands for those beyond.

    Parameters
    ----------
    fills : sequence of (H, W) float32 arrays
        Frames in order, filled.
    hole : (H, W) or (T, H, W) bool array
        Where they were filled: one hole for all, or one for each.
    sigma : float, optional
        Of the Gaussian, in frames; 0 changes nothing.

    Returns
    -------
    list of (H, W) float32 array
        New ones; beyond the hole, bit for bit the same.
    """
    frames = np.stack(fills)
    holes = np.broadcast_to(hole, frames.shape)
    if sigma <= 0:
        return list(frames)
    some = holes.any(axis=0)
    smooth = ndimage.gaussian_filter1d(frames[:, some], sigma, axis=0, mode="nearest")
    frames[:, some] = np.where(holes[:, some], smooth, frames[:, some])
    return list(frames)
