"""One scale of the exemplar fill: which patches are to be matched, and with which ones.

Planes are padded by the radius of a patch and then addressed by one flat index, so that a patch
is an index and `Level.offsets`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["RADIUS", "SIDE", "Level", "chunks"]

Indices = NDArray[np.int64]
Vectors = NDArray[np.float32]

RADIUS = 3
SIDE = 2 * RADIUS + 1
FEWEST = 64  # source patches, below which partly known ones are admitted
SHARE = 0.1  # of the plane, likewise
HALF_KNOWN = 0.5


def chunks(count: int, size: int) -> Iterator[slice]:
    """Yield slices that together cover `count` items.

    Parameters
    ----------
    count, size : int
        Of all, and of one slice; the last may be shorter.
    """
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


@dataclass(frozen=True)
class Level:
    """The geometry of one scale.

    Attributes
    ----------
    hole : (H, W) bool array
    width : int
        Of the padded plane: one row further down is this much further in flat indices.
    targets : (n,) int array
        Centres of all patches that overlap the hole.
    number : (padded size,) int array
        Which target an index is, -1 if none.
    sources : (m,) int array
        Centres of the patches that may be copied.
    is_source : (padded size,) bool array
    partly : bool
        Whether source patches may have a hole themselves, because whole ones are too few.
    known : (padded size,) float32 array
        1 where a pixel may be copied from.
    confidence : (n,) float32 array
        Of targets: 1 at known pixels, less the deeper they lie in the hole.
    """

    hole: Hole
    width: int
    targets: Indices
    number: Indices
    sources: Indices
    is_source: NDArray[np.bool_]
    partly: bool
    known: Vectors
    confidence: Vectors

    @classmethod
    def of(cls, hole: Hole, decay: float) -> Level:
        """Return the level of a hole; a pixel deeper has its confidence divided by `decay`."""
        padded = np.pad(hole, RADIUS)
        targets = np.flatnonzero(np.pad(ndimage.maximum_filter(hole, SIDE), RADIUS))
        number = np.full(padded.size, -1)
        number[targets] = np.arange(targets.size)
        known = np.pad(~hole, RADIUS)
        is_source, partly = _sources(known)
        depth = np.pad(ndimage.distance_transform_edt(hole), RADIUS)
        confidence = np.power(np.float32(decay), -depth.ravel()[targets].astype(np.float32))
        return cls(
            hole,
            padded.shape[1],
            targets,
            number,
            np.flatnonzero(is_source),
            is_source.ravel(),
            partly,
            known.ravel().astype(np.float32),
            confidence,
        )

    @property
    def offsets(self) -> Indices:
        """Return the flat offsets of a patch's pixels from its centre."""
        steps = np.arange(-RADIUS, RADIUS + 1)
        return np.asarray((steps[:, None] * self.width + steps).ravel())

    def padded(self, plane: Plane) -> Vectors:
        """Return the (padded size, C) vectors of an (H, W, C) plane."""
        pads = [(RADIUS, RADIUS)] * 2 + [(0, 0)]
        return np.pad(plane, pads, mode="edge").reshape(-1, plane.shape[-1])

    def cropped(self, vectors: Vectors) -> Plane:
        """Return the (H, W, C) plane of padded vectors."""
        plane = vectors.reshape(-1, self.width, vectors.shape[-1])
        return plane[RADIUS:-RADIUS, RADIUS:-RADIUS]


def _sources(known: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], bool]:
    """Return the centres of patches that are known; of half known ones if those are few."""
    share = ndimage.uniform_filter(known.astype(np.float32), SIDE, mode="constant")
    inside = np.zeros_like(known)
    inside[2 * RADIUS : -2 * RADIUS, 2 * RADIUS : -2 * RADIUS] = True
    whole = inside & (share > 1.0 - 0.5 / SIDE**2)
    if np.count_nonzero(whole) >= max(FEWEST, SHARE * known.size):
        return whole, False
    return inside & (share >= HALF_KNOWN), True
