"""Palettes: colours of their own, or a table in which 8-bit greys are displayed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["as_bytes", "is_display_table", "padded"]

_SMALL_STEP = 8  # of 255: tables such as fire, viridis and spectrum go on in steps of up to 6
_SMOOTH = 0.9  # share of small steps; tables may mark their ends, or come in bands
_COLOURS = 64  # fewer are a palette of chosen colours


def as_bytes(colormap: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the colours of a TIFF, which some programs store in 8 and most in 16 bits.

    Parameters
    ----------
    colormap : (3, N) array
        Red, green and blue of N entries.

    Returns
    -------
    (N, 3) array
    """
    shift = 8 if colormap.max() > 255 else 0
    return np.asarray((colormap.T >> shift).astype(np.uint8))


def is_display_table(colours: NDArray[np.uint8], indices: NDArray[Any]) -> bool:
    """Return whether a palette only displays greys: neighbours in it look alike.

    Parameters
    ----------
    colours : (N, 3) array
        In the order of the indices.
    indices : (H, W) array
        Entries that lie beyond those in use do not count.
    """
    if len(colours) < _COLOURS or not indices.size:
        return False
    used = colours[: int(indices.max()) + 1] if len(colours) < 256 else colours
    if len(np.unique(used, axis=0)) < _COLOURS:
        return False
    steps = np.abs(np.diff(used.astype(np.int16), axis=0)).max(axis=1)
    return bool((steps <= _SMALL_STEP).mean() >= _SMOOTH)


def padded(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a palette of 256 entries; the last one is repeated."""
    missing = 256 - len(colours)
    return np.vstack([colours, np.repeat(colours[-1:], missing, axis=0)]) if missing else colours
