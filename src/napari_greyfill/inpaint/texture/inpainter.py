"""The texture fill as an inpainter: parts of the picture in wide holes, patches in narrow ones."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

import numpy as np
from scipy import ndimage

from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.shifts import ShiftMap
from napari_greyfill.inpaint.texture.votes import PatchVote

__all__ = ["Texture", "ThoroughTexture"]


class Texture(Inpainter):
    """Copies what is around the hole: for looking, not for measuring.

    Wide holes are filled with few parts of the picture or of its mirror image (`ShiftMap`),
    narrow ones, those in one even texture such as gravel, and those with little known around them
    by a vote of small patches (`PatchVote`). All channels are copied together, so colours stay
    aligned.
    """

    unit = False
    WIDE: ClassVar[float] = 16.0  # pixels; narrower holes are filled by votes
    EVEN: ClassVar[float] = 0.25  # share of the contrast that is left after a blur: one texture
    THOROUGH: ClassVar[bool] = False

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        wanted = hole if unknown is None else hole & ~unknown
        width = _width(hole, wanted)
        if width > self.WIDE and _evenness(plane, hole, width) > self.EVEN:
            colours = np.where(hole[..., None], np.float32(0), np.atleast_3d(plane))
            shifts = ShiftMap(self.compute, thorough=self.THOROUGH)
            filled = yield from shifts.run(colours, hole, wanted)
            if filled is not None:
                return Fill(_within(filled, hole).reshape(plane.shape))
        return (yield from PatchVote(self.compute).run(plane, hole))


class ThoroughTexture(Texture):
    """Like `Texture`, with a second round of candidates for the parts in wide holes."""

    THOROUGH = True


def _within(filled: Plane, hole: Hole) -> Plane:
    """Return the fill within the values that are known; fitting parts together may leave them."""
    known = filled[~hole]
    filled[hole] = np.clip(filled[hole], known.min(axis=0), known.max(axis=0))
    return filled


def _width(hole: Hole, wanted: Hole) -> float:
    """Return how wide the hole is where it is widest, in pixels; 0 if nothing is known."""
    if not wanted.any() or hole.all():
        return 0.0
    step = 2 if hole.size > 1_000_000 else 1
    depth = ndimage.distance_transform_edt(hole[::step, ::step])
    return float(2 * step * depth[wanted[::step, ::step]].max(initial=0.0))


def _evenness(plane: Plane, hole: Hole, width: float) -> float:
    """Return which share of the contrast around a hole is left after a blur.

    Its sigma is a sixth of the width of the hole, and at least 12 pixels.

    In gravel, grass or weave the share is below 0.2, in scenes with things in them above 0.3.
    """
    step = max(1, int(width) // 64)
    grey, known = np.atleast_3d(plane)[::step, ::step].mean(axis=-1), ~hole[::step, ::step]
    sigma = max(12.0, width / 6) / step
    reach = max(width / step, 4 * sigma) + 8
    near = known & (ndimage.distance_transform_edt(known) <= reach)
    if not near.any():  # the few known pixels lie far off, or between those looked at
        return 0.0
    total, weight = (
        ndimage.gaussian_filter(each.astype(np.float32), sigma) for each in (grey * known, known)
    )
    spread = float(grey[near].std())
    return float((total[near] / weight[near]).std()) / spread if spread > 0 else 0.0
