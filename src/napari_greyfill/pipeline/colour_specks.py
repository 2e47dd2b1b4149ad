"""Stage 2 for specks: colour flows in from around them, many at a time."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from napari_greyfill.colorization import confidence_of, flowed, with_moments
from napari_greyfill.image.colour import chroma, luma, with_luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch
from napari_greyfill.image.specks import LONGEST
from napari_greyfill.pipeline.handover import Handover, handed_over_in_unit
from napari_greyfill.pipeline.job import FillJob
from napari_greyfill.pipeline.patches import (
    Hole,
    Patches,
    PatchIndex,
    Plane,
    require_finite,
    with_patches,
)

__all__ = ["ColourSpecks"]

SIDE = LONGEST + 2  # of a frame: a speck, and what touches it
BATCH = 128  # specks at a time
NO_CHROMA = 1e-5  # what rounding leaves of the chroma of a grey


class ColourSpecks:
    """Colours the specks of a job.

    Parameters
    ----------
    job : FillJob
        Its colorizer has a `speck_pull`.
    specks : sequence of Window
        Their boxes, which hold no other hole.
    grey : PatchIndex
        The filled luma.
    limits : tuple of float
        The least and the greatest value that the picture can hold, in planes.

    Attributes
    ----------
    confidences : list of Patch
        After the run; empty if the colorizer does not tell.
    colourless : bool
        Whether no known pixel around them had colour.
    beyond : bool
        Whether what was shown had to be brought into [0, 1].
    """

    def __init__(
        self,
        job: FillJob,
        specks: Sequence[Window],
        grey: PatchIndex,
        limits: tuple[float, float],
    ) -> None:
        self._job, self._specks, self._grey, self._limits = job, specks, grey, limits
        self.confidences: list[Patch] = []
        self.colourless, self.beyond = True, False

    def run(self) -> Generator[float, None, Patches]:
        """Yield finished fractions, and return a patch for each speck."""
        patches: list[Patch] = []
        for start in range(0, len(self._specks), BATCH):
            self._job.compute.check()
            patches += self._coloured(self._specks[start : start + BATCH])
            yield len(patches) / len(self._specks)
        return tuple(patches)

    def _coloured(self, boxes: Sequence[Window]) -> list[Patch]:
        colorizer = self._job.colorizer
        assert colorizer is not None  # the stage does not run without one
        assert colorizer.speck_pull is not None
        cuts = [self._cut(box) for box in boxes]
        scales = [scale for scale, *_ in cuts]
        colour, grey, own, known = (np.stack(parts) for parts in list(zip(*cuts, strict=True))[1:])
        means = chroma(colour)
        self.colourless &= bool(np.abs(means[known]).max(initial=0.0) < NO_CHROMA)
        planes = with_moments(means, 0.0, np.ones_like(grey))
        found = flowed(planes, grey, own, known, colorizer.speck_pull)
        filled = with_luma(grey, found[..., :2])
        if colorizer.speck_pull > 0:
            sure = np.where(own, confidence_of(found), np.float32(1))
            self.confidences += [_patch(box, each) for box, each in zip(boxes, sure, strict=True)]
        pairs = zip(boxes, scales, filled, colour, own, strict=True)
        return [self._patch(*each) for each in pairs]

    def _patch(
        self, box: Window, scale: Handover, filled: Plane, colour: Plane, own: Hole
    ) -> Patch:
        require_finite(filled, own, self._job.colouring, "")
        bounded = np.clip(scale.back(filled), *self._limits)
        return _patch(box, np.where(own[..., None], bounded, scale.back(colour)))

    def _cut(self, box: Window) -> tuple[Handover, Plane, Plane, Hole, Hole]:
        """Return the scale of a speck's frame, colour and grey on it, speck and what is known.

        The speck lies one pixel from the upper left; beyond the picture nothing is known.
        """
        picture = self._job.picture
        height, width = picture.hole.shape
        seen = box.expanded(1, (height, width))
        plane = picture.planes(seen)
        tone = luma(plane)
        with_patches(tone, picture, seen, self._grey.meeting(box))
        missing = picture.missing(seen)
        scale, shown = (
            handed_over_in_unit(plane, missing, tone)
            if not missing.all()
            else (
                Handover(),
                plane,
            )
        )
        self.beyond |= scale.changes
        colour = np.zeros((SIDE, SIDE, 3), dtype=np.float32)
        grey = np.zeros((SIDE, SIDE), dtype=np.float32)
        own, known = np.zeros((2, SIDE, SIDE), dtype=np.bool_)
        here = seen.within(_frame(box))
        colour[here], grey[here], known[here] = shown, scale.shown(tone), ~missing
        own[box.within(_frame(box))] = picture.hole[box.slices]
        return scale, colour, grey, own, known


def _frame(box: Window) -> Window:
    return Window(box.y0 - 1, box.y0 - 1 + SIDE, box.x0 - 1, box.x0 - 1 + SIDE)


def _patch(box: Window, planes: Plane) -> Patch:
    return Patch(box, planes[box.within(_frame(box))].astype(np.float32))
