"""What the correcting network sees; shared by the fill and by its training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["CHANNELS", "features", "features_of_frames", "spread"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]

CHANNELS = 5
DEEP = 16.0  # pixels; deeper is all the same to the network
SMALLEST = 1e-4  # deviation of a plane that counts as having structure


def spread(plane: Plane, hole: Hole) -> tuple[np.float32, np.float32]:
    """Return mean and standard deviation of the known pixels.

    Parameters
    ----------
    plane : (H, W) float32 array
        Values of one channel.
    hole : (H, W) bool array
        True where they do not count.
    """
    known = plane[~hole]
    return np.float32(known.mean()), np.float32(max(known.std(dtype=np.float64), SMALLEST))


def features(spectral: Plane, biharmonic: Plane, selective: Plane, hole: Hole) -> Plane:
    """Return the network's input, independent of brightness and contrast.

    Parameters
    ----------
    spectral, biharmonic, selective : (H, W) float32 arrays
        Three fills; all hold the known pixels.
    hole : (H, W) bool array
        With at least one pixel known.

    Returns
    -------
    (CHANNELS, H, W) float32 array
        The spectral fill and the other fills' differences to it, in standard deviations of
        the known pixels; the hole; the depth in the hole, 0 to 1.
    """
    mean, deviation = spread(spectral, hole)
    depth = np.minimum(ndimage.distance_transform_edt(hole) / DEEP, 1.0)
    others = [(fill - spectral) / deviation for fill in (biharmonic, selective)]
    channels = [(spectral - mean) / deviation, *others, hole, depth]
    return np.stack(channels).astype(np.float32)


def features_of_frames(
    spectral: Plane, biharmonic: Plane, selective: Plane, missing: Hole, depth: Plane
) -> tuple[Plane, Plane]:
    """Return the input of N frames at once, (CHANNELS, N, S, S), and their deviations.

    Parameters
    ----------
    spectral, biharmonic, selective : (N, S, S) float32 arrays
        The fills, each with the known pixels.
    missing : (N, S, S) bool array
        True where a fill is and no known pixel.
    depth : (N, S, S) array
        In pixels.
    """
    known = ~missing
    count = np.maximum(np.count_nonzero(known, axis=(1, 2)), 1)[:, None, None]
    mean = np.sum(spectral, axis=(1, 2), keepdims=True, where=known, dtype=np.float64) / count
    square = np.sum((spectral - mean) ** 2, axis=(1, 2), keepdims=True, where=known) / count
    deviation = np.maximum(np.sqrt(square), SMALLEST)
    others = [(fill - spectral) / deviation for fill in (biharmonic, selective)]
    channels = [(spectral - mean) / deviation, *others, missing, np.minimum(depth / DEEP, 1.0)]
    return np.stack(channels).astype(np.float32), np.asarray(deviation, dtype=np.float32)
