"""Stage 1 for specks: cut frames around them, learn from some, fill all in batches."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch
from napari_greyfill.image.specks import sample_of
from napari_greyfill.inpaint.specks import INNER, SIDE, Frames, SpeckFill, middle_of
from napari_greyfill.inpaint.surroundings import from_opponent, opponent
from napari_greyfill.pipeline.handover import stack_without_spikes
from napari_greyfill.pipeline.job import FillJob
from napari_greyfill.pipeline.patches import Hole, Patches, Plane, require_finite

__all__ = ["GreySpecks"]

SAMPLE = 64  # specks that are learned from
BATCH = 32  # that are filled at a time, which bounds the memory
MOVES = (12, 20, 28)  # pixels by which a speck is moved to a known place
APART = 2  # known pixels around such a place
_DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))

Cut = tuple[Plane, Hole]  # a frame's plane, and what is missing in it


class GreySpecks:
    """Fills the specks of a job, as luma or as colours.

    Parameters
    ----------
    job : FillJob
        Its inpainter has `speck_weights`.
    specks : sequence of Window
        The boxes of the specks, which hold no other hole.
    limits : tuple of float
        The least and the greatest value that the picture can hold, in planes.
    """

    def __init__(
        self, job: FillJob, specks: Sequence[Window], limits: tuple[float, float]
    ) -> None:
        self._job, self._specks, self._limits = job, specks, limits
        weights = job.inpainter.speck_weights
        assert weights is not None  # the stage has looked
        count = 3 if job.fills_colour else 1
        self._fills = [SpeckFill(weights, job.inpainter.speck_trust) for _ in range(count)]
        self._squares: NDArray[np.float64] | None = np.zeros(3)  # by contrast, apart, clipped
        self._pixels = 0

    @property
    def expected(self) -> tuple[float, int] | None:
        """Return the error to expect, in planes, and of how many pixels; None if nobody knows."""
        if self._squares is None or not self._pixels:
            return None
        return float(np.sqrt(self._squares.max() / self._pixels)), self._pixels

    def run(self) -> Generator[float, None, Patches]:
        """Yield finished fractions, and return a patch for each speck."""
        yield 0.0
        self._learn()
        patches: list[Patch] = []
        for start in range(0, len(self._specks), BATCH):
            self._job.compute.check()
            patches += self._filled(self._specks[start : start + BATCH])
            yield len(patches) / len(self._specks)
        return tuple(patches)

    # ------------------------------------------------------------ learning

    def _learn(self) -> None:
        """Learn weights and the error to expect, if they are of use."""
        if not self._fills[0].tries:
            return
        self._job.compute.check()
        self._try(sample_of(self._specks, SAMPLE))
        for other in self._fills[1:]:
            other.weights = self._fills[0].weights

    def _try(self, sample: Sequence[Window]) -> None:
        """Fill specks that were moved to known places, and learn from the errors."""
        places = [(box, self._moved(box, number)) for number, box in enumerate(sample)]
        found = [(box, moved) for box, moved in places if moved is not None]
        if not found:
            return
        planes, missing = self._cuts([_around(moved) for _, moved in found])
        own = np.stack([self._own(box, moved) for box, moved in found])
        middle_of(missing)[own] = True
        values = next(iter(self._channels(planes)))
        self._fills[0].learn_weights(Frames.of(values, missing, own), middle_of(values))

    def _moved(self, box: Window, number: int) -> Window | None:
        """Return a known place near a speck for its shape; which one goes by the number."""
        shape = self._job.picture.hole.shape
        whole = Window(0, shape[0], 0, shape[1])
        for reach in MOVES:
            for turn in range(len(_DIRECTIONS)):
                down, right = _DIRECTIONS[(number + turn) % len(_DIRECTIONS)]
                moved = box.moved(reach * down, reach * right)
                near = moved.expanded(APART, (shape[0], shape[1]))
                inside = moved.intersection(whole) == moved
                if inside and not self._job.picture.missing(near).any():
                    return moved
        return None

    # ------------------------------------------------------------ filling

    def _filled(self, boxes: Sequence[Window]) -> list[Patch]:
        planes, missing = self._cuts([_around(box) for box in boxes])
        own = np.stack([self._own(box, box) for box in boxes])
        fills = []
        for number, values in enumerate(self._channels(planes)):
            filled, squares = self._fills[number].fill(Frames.of(values, missing, own))
            fills.append(filled)
            if number == 0:
                self._expect(filled, squares, own)
        if len(fills) == 1:
            result = fills[0].astype(np.float32)
        else:
            result = from_opponent(np.stack(fills, axis=-1))
        planes = middle_of(planes)
        for each, hole in zip(result, own, strict=True):
            require_finite(each, hole, self._job.method, self._job.inpainter.origin)
        bounded = np.clip(result, *self._limits)
        inside = own if planes.ndim == 3 else own[..., None]
        mixed = np.where(inside, bounded, planes).astype(np.float32)
        return [Patch(box, each[_inner(box, box)]) for box, each in zip(boxes, mixed, strict=True)]

    def _expect(
        self, filled: NDArray[np.float64], squares: NDArray[np.float64] | None, own: Hole
    ) -> None:
        """Add the squared errors to expect, which are never below what clipping costs."""
        self._pixels += int(np.count_nonzero(own))
        if squares is None or self._squares is None:
            self._squares = None
            return
        inside = filled[own]
        clipped = float(((inside - np.clip(inside, *self._limits)) ** 2).sum())
        self._squares += [*squares.sum(axis=1), clipped]

    # ------------------------------------------------------------ cutting

    def _cuts(self, frames: Sequence[Window]) -> Cut:
        """Return planes, (N, SIDE, SIDE) or with colours last, and what is missing in them."""
        planes, missing = (
            np.stack(parts) for parts in zip(*(self._cut(frame) for frame in frames), strict=True)
        )
        return stack_without_spikes(planes, missing), missing

    def _cut(self, frame: Window) -> Cut:
        """Return a frame of the picture, mirrored beyond its border."""
        picture = self._job.picture
        height, width = picture.hole.shape
        seen = frame.intersection(Window(0, height, 0, width))
        assert seen is not None  # a speck lies in its middle
        plane = picture.planes(seen)
        if plane.ndim == 3 and not self._job.fills_colour:
            plane = luma(plane)
        missing = picture.missing(seen)
        if seen == frame:
            return plane, missing
        beyond = [
            (seen.y0 - frame.y0, frame.y1 - seen.y1),
            (seen.x0 - frame.x0, frame.x1 - seen.x1),
        ]
        channels = [(0, 0)] * (plane.ndim - 2)
        return (
            np.pad(plane, [*beyond, *channels], mode="symmetric"),
            np.pad(missing, beyond, mode="symmetric"),
        )

    def _channels(self, planes: Plane) -> list[Plane]:
        """Return what is filled one after the other: luma, or opponent channels."""
        if planes.ndim == 3:
            return [planes]
        return list(np.moveaxis(opponent(planes), -1, 0))

    def _own(self, box: Window, moved: Window) -> Hole:
        """Return the pixels of a speck in the middle of the frame around where it was moved."""
        own = np.zeros((INNER, INNER), dtype=np.bool_)
        own[_inner(moved, moved)] = self._job.picture.hole[box.slices]
        return own


def _around(box: Window, side: int = SIDE) -> Window:
    """Return the frame with a box in its middle, which may reach beyond the picture."""
    y, x = (box.y0 + box.y1) // 2 - side // 2, (box.x0 + box.x1) // 2 - side // 2
    return Window(y, y + side, x, x + side)


def _inner(box: Window, centre: Window) -> tuple[slice, slice]:
    """Return where a box lies in the middle of the frame around another."""
    return box.within(_around(centre, INNER))
