"""Which colours belong where: those that are near, not those of a foreign object."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.shifts.atlas import Atlas

__all__ = ["Palette"]

Values = NDArray[np.float32]

CLUSTERS = 24
SAMPLE = 20_000  # pixels that the clusters are found on
BLUR = 1.0  # sigma of the colours, in pixels
ROUNDS = 12  # in which clusters settle
LIKE = 0.06  # distance of clusters that pass for each other
PRESENT = 0.12  # share of a 3 x 3 neighbourhood
FAR = 4.0  # pixels that do not count


class Palette:
    """How foreign the colour of a source would be at a pixel of the hole.

    Parameters
    ----------
    atlas : Atlas
        The coarsest scale.
    rng : Generator
        Where the clusters of colours start.

    Attributes
    ----------
    cluster : (H W,) int array
        Of each pixel of the atlas.
    foreign : (clusters, n) float32 array
        How much farther, in octaves from 0 to 1, a target is from the colours of a cluster than
        from anything known.
    """

    def __init__(self, atlas: Atlas, rng: np.random.Generator) -> None:
        blurred = ndimage.gaussian_filter(atlas.picture, (BLUR, BLUR, 0), mode="nearest")
        contrast = atlas.contrast[:, : atlas.width, None]
        points: NDArray[Any] = np.concatenate([blurred, contrast], axis=2)
        known = points[~atlas.lost]
        if len(known) > SAMPLE:
            known = known[np.sort(rng.choice(len(known), size=SAMPLE, replace=False))]
        count = max(1, min(CLUSTERS, len(known) // 4))
        first = known[np.sort(rng.choice(len(known), size=count, replace=False))]
        centres = _settled(known.astype(np.float64), first.astype(np.float64))
        flat = points.reshape(-1, blurred.shape[2] + 1)
        own = _nearest(flat, centres).reshape(atlas.lost.shape)
        gap = np.zeros((own.shape[0], atlas.shape[1] - 2 * atlas.width), own.dtype)
        self.cluster = np.concatenate([own, gap, own[:, ::-1]], axis=1).ravel()
        self.foreign = _foreign(atlas, own, centres)


def _settled(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move centres to the mean of the points nearest to them, a few times (k-means, Lloyd 1982).

    A centre without points stays where it is, as several of one plain colour do.
    """
    for _ in range(ROUNDS):
        own = _nearest(points, centres)
        count = np.bincount(own, minlength=len(centres))
        sums = [np.bincount(own, column, len(centres)) for column in points.T]
        mean = np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]
        centres = np.where(count[:, None] > 0, mean, centres)
    return centres


def _nearest(points: NDArray[np.floating], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.asarray(((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1))


def _foreign(atlas: Atlas, own: NDArray[np.intp], centres: NDArray[np.float64]) -> Values:
    distance = ((centres[:, None] - centres) ** 2).sum(axis=2)
    alike = np.exp(-distance / (2 * LIKE**2))
    known = (~atlas.lost).astype(np.float64)
    inside = atlas.hole[:, : atlas.width]
    nearest = ndimage.distance_transform_edt(atlas.lost)[inside] + FAR
    found = np.ones((len(centres), nearest.size), np.float32)
    for number, row in enumerate(alike):
        share = ndimage.uniform_filter(row[own] * known, 3, mode="constant")
        there = share > PRESENT
        if there.any():
            away = ndimage.distance_transform_edt(~there)[inside] + FAR
            found[number] = np.clip(np.log2(away / nearest) / 2, 0, 1)
    return found
