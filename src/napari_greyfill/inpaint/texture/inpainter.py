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
    narrow ones, and those with little known around them, by a vote of small patches
    (`PatchVote`). All channels are copied together, so colours stay aligned.
    """

    unit = False
    WIDE: ClassVar[float] = 16.0  # pixels; narrower holes are filled by votes
    THOROUGH: ClassVar[bool] = False

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        wanted = hole if unknown is None else hole & ~unknown
        if self._is_wide(hole, wanted):
            colours = np.where(hole[..., None], np.float32(0), np.atleast_3d(plane))
            shifts = ShiftMap(self.compute, thorough=self.THOROUGH)
            filled = yield from shifts.run(colours, hole, wanted)
            if filled is not None:
                return Fill(_within(filled, hole).reshape(plane.shape))
        return (yield from PatchVote(self.compute).run(plane, hole))

    def _is_wide(self, hole: Hole, wanted: Hole) -> bool:
        """Tell whether the hole is wide anywhere, looking at every other pixel of large ones."""
        if not wanted.any() or hole.all():
            return False
        step = 2 if hole.size > 1_000_000 else 1
        depth = ndimage.distance_transform_edt(hole[::step, ::step])
        return bool(2 * step * depth[wanted[::step, ::step]].max(initial=0.0) > self.WIDE)


class ThoroughTexture(Texture):
    """Like `Texture`, with a second round of candidates for the parts in wide holes."""

    THOROUGH = True


def _within(filled: Plane, hole: Hole) -> Plane:
    """Return the fill within the values that are known; fitting parts together may leave them."""
    known = filled[~hole]
    filled[hole] = np.clip(filled[hole], known.min(axis=0), known.max(axis=0))
    return filled
