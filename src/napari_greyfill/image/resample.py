"""Halve planes with holes, and enlarge them again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import Window

__all__ = ["doubled", "doubled_window", "enlarged", "halved"]

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


def halved(plane: Plane, known: Mask) -> tuple[Plane, Mask]:
    """Return a plane at half the size, and its hole.

    Each new pixel is the mean of the known ones among the 2 x 2 it stands for (fewer at odd
    borders), and hole if none is known.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
    known : (H, W) bool array

    Returns
    -------
    plane : (ceil(H / 2), ceil(W / 2)[, C]) float32 array, 0 in its hole
    hole : bool array of the same height and width
    """
    pad = [(0, side % 2) for side in known.shape]
    weight = np.pad(known, pad).astype(np.float32)
    values = np.pad(plane, pad + [(0, 0)] * (plane.ndim - 2))
    if plane.ndim == 3:
        weight = weight[..., None]
    total, count = _cell_sums(values * weight), _cell_sums(weight)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return mean, count.reshape(mean.shape[:2]) == 0


def _cell_sums(values: Plane) -> Plane:
    rows = values[0::2] + values[1::2]
    return np.asarray(rows[:, 0::2] + rows[:, 1::2], dtype=np.float32)


def doubled(plane: Plane, shape: tuple[int, ...]) -> Plane:
    """Return what `enlarged` does, by bilinear interpolation: quick, and within the values."""
    tall = _doubled_rows(plane)[: shape[0]]
    return np.ascontiguousarray(_doubled_rows(tall.swapaxes(0, 1))[: shape[1]].swapaxes(0, 1))


def doubled_window(plane: Plane, window: Window) -> Plane:
    """Return the part of a `doubled` plane within a window, without working out the rest."""
    cells = Window(window.y0 // 2, (window.y1 + 1) // 2, window.x0 // 2, (window.x1 + 1) // 2)
    cells = cells.expanded(1, (plane.shape[0], plane.shape[1]))
    large = doubled(plane[cells.slices], (2 * cells.shape[0], 2 * cells.shape[1]))
    return np.ascontiguousarray(large[window.moved(-2 * cells.y0, -2 * cells.x0).slices])


def _doubled_rows(plane: Plane) -> Plane:
    near = np.float32(0.75) * plane
    far = np.float32(0.25) * plane
    rows = np.empty((2 * len(plane), *plane.shape[1:]), dtype=np.float32)
    rows[0::2], rows[1::2] = near, near
    rows[2::2] += far[:-1]
    rows[1:-1:2] += far[1:]
    rows[0] += far[0]
    rows[-1] += far[-1]
    return rows


def enlarged(plane: Plane, shape: tuple[int, ...]) -> Plane:
    """Return the plane at (about) twice the size, `shape` exactly, by cubic interpolation.

    The inverse of `halved`: pixel (y, x) of the result lies at ``(y - 0.5) / 2`` of `plane`.
    """
    rows = (np.arange(shape[0], dtype=np.float32) - 0.5) / 2
    columns = (np.arange(shape[1], dtype=np.float32) - 0.5) / 2
    grid = np.meshgrid(rows, columns, indexing="ij")
    channels = [
        ndimage.map_coordinates(channel, grid, order=3, mode="nearest")
        for channel in np.moveaxis(np.atleast_3d(plane), -1, 0)
    ]
    return np.stack(channels, axis=-1).reshape(*shape[:2], *plane.shape[2:])
