"""Fills that continue what surrounds the hole smoothly: biharmonic, Telea, Navier-Stokes."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

import numpy as np
from skimage.restoration import inpaint_biharmonic

from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.depth import depth
from napari_greyfill.image.resample import enlarged, halved
from napari_greyfill.image.tiles import tight_tiles
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane

__all__ = ["Biharmonic", "NavierStokes", "Telea"]


class Biharmonic(Inpainter):
    """Biharmonic interpolation, after Damelin and Hoang (2018), by scikit-image.

    The exact system grows with the number of hole pixels, in time faster than that and in
    memory by about five kilobytes each. A hole of more than `LIMIT` pixels is therefore first
    filled at half the resolution; at full resolution its interior takes the enlarged fill,
    which is as smooth as the exact one, and a rim of `RIM` pixels is solved exactly, tile by
    tile. So no system has more than `LIMIT` unknowns.

    References
    ----------
    S. B. Damelin and N. S. Hoang, "On Surface Completion and Image Inpainting by Biharmonic
    Functions: Numerical Aspects", Int. J. Math. Math. Sci. 2018, doi 10.1155/2018/3950312.
    """

    unit = False
    speck_weights = (1.0, 0.0, 0.0, 0.0)
    LIMIT: ClassVar[int] = 16_384
    TILE: ClassVar[int] = 96
    HALO: ClassVar[int] = 16
    RIM: ClassVar[int] = 12

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        yield 0.0
        if np.count_nonzero(hole) <= self.LIMIT:
            return Fill(_solve(plane, hole))
        result = yield from self._coarse_fill(plane, hole)
        rim = hole & (depth(hole, self.RIM + 1) <= self.RIM)
        parts = list(tight_tiles(rim, self.TILE, self.HALO))
        for index, (core, frame) in enumerate(parts):
            yield 0.4 + 0.6 * index / len(parts)
            missing = rim[frame.slices]
            solved = _solve(result[frame.slices], missing)
            inside = core.within(frame)
            own = missing[inside]
            result[core.slices][own] = solved[inside][own]
        return Fill(result)

    def _coarse_fill(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Fill at half the resolution, enlarge, and keep the known pixels."""
        small, small_hole = halved(plane, ~hole)
        work = self.run(small, small_hole)
        fill = yield from scaled(work, 0.0, 0.4)
        result = plane.copy()
        known = plane[~hole]  # cubic interpolation goes beyond its values
        result[hole] = np.clip(enlarged(fill.plane, plane.shape)[hole], known.min(0), known.max(0))
        return result


def _solve(plane: Plane, hole: Hole) -> Plane:
    """Solve the exact system; the values stay within those of the known pixels."""
    if not hole.any():
        return plane.copy()
    channel_axis = None if plane.ndim == 2 else -1
    filled = inpaint_biharmonic(plane.astype(np.float64), hole, channel_axis=channel_axis)
    return np.asarray(filled, dtype=np.float32)


class _OpenCV(Inpainter):
    """Runs one of the two methods of ``cv2.inpaint`` on each channel, in float32.

    The range of the known pixels is the range of the fill: both go beyond it by errors only.
    """

    unit = False
    RADIUS: ClassVar[float] = 3.0
    SCALE: ClassVar[float] = 65_535.0  # OpenCV adds terms of about 1, whatever the range
    flag: ClassVar[str]

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        import cv2

        flag = getattr(cv2, self.flag)
        yield 0.0
        # single rows and columns are doubled: OpenCV reads beyond those that have no neighbour
        twice = [(0, 1 if side == 1 else 0) for side in hole.shape]
        known = np.atleast_3d(plane)[~hole]
        low, span = known.min(axis=0), np.ptp(known, axis=0)
        span[span == 0] = 1
        unit = np.where(hole[..., None], np.float32(0), (np.atleast_3d(plane) - low) / span)
        channels = np.pad(unit, [*twice, (0, 0)], mode="edge")
        missing = np.pad(hole, twice, mode="edge").astype(np.uint8)
        filled = np.empty_like(channels)
        for index in range(channels.shape[-1]):
            channel = np.ascontiguousarray(channels[..., index]) * np.float32(self.SCALE)
            filled[..., index] = cv2.inpaint(channel, missing, self.RADIUS, flag)
            yield (index + 1) / channels.shape[-1]
        own = np.clip(filled[: hole.shape[0], : hole.shape[1]] / self.SCALE, 0.0, 1.0)
        return Fill(np.asarray(own * span + low, dtype=np.float32).reshape(plane.shape))


class Telea(_OpenCV):
    """Fast marching inpainting, by OpenCV.

    References
    ----------
    A. Telea, "An Image Inpainting Technique Based on the Fast Marching Method",
    J. Graphics Tools 9(1), 2004, doi 10.1080/10867651.2004.10487596.
    """

    flag = "INPAINT_TELEA"


class NavierStokes(_OpenCV):
    """Navier-Stokes inpainting, by OpenCV.

    References
    ----------
    M. Bertalmio, A. L. Bertozzi, G. Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and
    Video Inpainting", CVPR 2001, doi 10.1109/CVPR.2001.990497.
    """

    flag = "INPAINT_NS"
