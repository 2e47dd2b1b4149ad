"""Where in a hole a fill errs more, and where less: a scale for errors, up to one factor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.holdout import SMOOTHING
from napari_greyfill.inpaint.diffusion import Biharmonic

__all__ = ["local_scale"]

# chosen on the tuning half of the benchmark's pictures: regression of the logarithm of errors
DEPTH, CONTRAST, APART, SLOPE = 0.35, 0.1, 0.28, 0.3
LEAST = 1e-3  # of the range; what is smaller is no contrast
NEAR = 6.0  # sigma in pixels of the surroundings that tell how rough it is
SPREAD = 4.0  # sigma of the local mean of how far two fills are apart

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]


def local_scale(filled: Plane, missing: Hole) -> NDArray[np.float64]:
    """Return what errors of a fill are in proportion to, place by place; (H, W) or (H, W, 3).

    It grows with the depth in the hole, with the contrast of the known pixels nearby, with how
    far the fill is from a smooth one, and with the slope of the fill itself: errors are large
    where edges are.

    Parameters
    ----------
    filled : (H, W) or (H, W, 3) float32 array
        The plane with its fill, on the engine's scale.
    missing : (H, W) bool array
        What was not known; at least one pixel is known. Outside it the scale is 1.
    """
    if filled.ndim == 3:
        channels = [local_scale(filled[..., c], missing) for c in range(filled.shape[-1])]
        return np.stack(channels, axis=-1)
    if not missing.any():
        return np.ones(missing.shape)
    depth = ndimage.distance_transform_edt(np.pad(missing, 1, mode="edge"))[1:-1, 1:-1]
    known = (~missing).astype(np.float64)
    plane = filled.astype(np.float64)
    apart = np.where(missing, plane - _smooth(filled, missing), 0.0)
    slopes = np.gradient(ndimage.gaussian_filter(plane, 1.0))
    logs = (
        DEPTH * np.log(np.maximum(depth, 1.0))
        + CONTRAST * np.log(_contrast(plane, known) + LEAST)
        + APART * np.log(_mean_size(apart, missing) + LEAST)
        + SLOPE * np.log(np.hypot(*slopes) + LEAST)
    )
    return np.where(missing, np.exp(logs), 1.0)


def _smooth(filled: Plane, missing: Hole) -> Plane:
    given = np.where(missing, np.float32(0), filled)
    return Biharmonic().fill(given, missing)


def _contrast(plane: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far known pixels are from their local mean, going on into the hole."""
    share = ndimage.gaussian_filter(known, SMOOTHING)
    mean = ndimage.gaussian_filter(plane * known, SMOOTHING) / np.maximum(share, 1e-6)
    squares = (plane - mean) ** 2 * known
    weight = ndimage.gaussian_filter(known, NEAR, truncate=8) + 1e-12
    everywhere = float(squares.sum() / max(known.sum(), 1.0))
    near = ndimage.gaussian_filter(squares, NEAR, truncate=8)
    return np.asarray(np.sqrt((near + 1e-9 * everywhere) / (weight + 1e-9)))


def _mean_size(apart: NDArray[np.float64], missing: Hole) -> NDArray[np.float64]:
    """Return local root mean squares over what is missing."""
    share = ndimage.gaussian_filter(missing.astype(np.float64), SPREAD)
    return np.asarray(np.sqrt(ndimage.gaussian_filter(apart**2, SPREAD) / np.maximum(share, 1e-9)))
