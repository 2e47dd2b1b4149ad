"""Luma and chroma: the two halves the monochromic bottleneck works on.

Luma is Rec. 601, ``Y = 0.299 R + 0.587 G + 0.114 B``, which is what the published networks
and Pillow call grey. Chroma is the pair ``(B - Y, R - Y)``. Arrays are float32 with the
channel last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LUMA_WEIGHTS", "chroma", "luma", "with_luma"]

LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def luma(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the Rec. 601 luma, ``(..., H, W)``, of ``(..., H, W, 3)`` colours."""
    return np.asarray(rgb @ LUMA_WEIGHTS, dtype=np.float32)


def chroma(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``(B - Y, R - Y)`` as ``(..., H, W, 2)``."""
    return np.asarray(rgb[..., [2, 0]] - luma(rgb)[..., None], dtype=np.float32)


def with_luma(grey: NDArray[np.float32], colour: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return colours with exactly the luma `grey` and the chroma given, kept in gamut.

    The chroma is scaled towards grey only as far as [0, 1] needs, which leaves hue and
    luma alone.

    Parameters
    ----------
    grey : (..., H, W) array in [0, 1]
        The luma the result must have.
    colour : (..., H, W, 2) array
        Chroma ``(B - Y, R - Y)``.

    Returns
    -------
    (..., H, W, 3) float32 array in [0, 1]
    """
    grey = np.clip(grey, 0.0, 1.0)[..., None]
    blue, red = colour[..., :1], colour[..., 1:]
    green = -(LUMA_WEIGHTS[0] * red + LUMA_WEIGHTS[2] * blue) / LUMA_WEIGHTS[1]
    offsets = np.concatenate([red, green, blue], axis=-1)
    room = np.where(offsets > 0, 1.0 - grey, grey)
    size = np.abs(offsets)
    fits = np.divide(room, size, out=np.ones_like(size), where=size > room)
    scale = fits.min(axis=-1, keepdims=True)
    return np.asarray(np.clip(grey + scale * offsets, 0.0, 1.0), dtype=np.float32)
