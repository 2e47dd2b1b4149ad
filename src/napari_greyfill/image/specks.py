"""Which holes are specks: of a few pixels, by themselves, and filled many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import Window, group_masks
from napari_greyfill.image.regions import Region, plan_regions

__all__ = ["LONGEST", "MOST", "Plan", "find_specks", "sample_of"]

LONGEST = 16  # pixels a side
MOST = 128  # pixels
NEAR = 8  # pixels around a speck, of which at least half are known
SURROUNDINGS = 56  # pixels around it, of which at least so much is known:
KNOWN = 0.4
BLOCK = 64  # pixels; more specks in a block of them than these are filled as one hole:
CROWD = 16
SMALLEST = 64  # side of a picture; all of a smaller one is seen at once anyway

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Plan:
    """Where to work in a picture.

    Attributes
    ----------
    hole : (H, W) bool array
    unknown : (H, W) bool array or None
        Pixels outside the hole that are no source.
    """

    hole: Mask
    unknown: Mask | None = field(default=None)

    @cached_property
    def specks(self) -> tuple[Window, ...]:
        """Return the boxes of the specks, which hold no other hole; in reading order."""
        return tuple(find_specks(self.hole, self.unknown))

    @cached_property
    def regions(self) -> list[Region]:
        """Return the regions of all of the hole."""
        return plan_regions(self.hole, unknown=self.unknown)

    @cached_property
    def larger(self) -> list[Region]:
        """Return the regions of what is no speck."""
        if not self.specks:
            return self.regions
        rest = self.hole.copy()
        for box in self.specks:
            rest[box.slices] = False
        return plan_regions(rest, unknown=self.unknown)

    @property
    def cores(self) -> list[Window]:
        """Return windows that together hold all of the hole."""
        return [*self.specks, *(region.core for region in self.larger)]


def find_specks(hole: Mask, unknown: Mask | None = None) -> list[Window]:
    """Return the boxes of the specks of a hole, in reading order.

    A speck is a piece of at most `MOST` pixels in a box of `LONGEST` a side, with enough known
    around it. Where they crowd, one fill of all of them costs less than one of each, so that
    they are none.

    Parameters
    ----------
    hole : (H, W) bool array
        True where pixels are to be filled.
    unknown : (H, W) bool array, optional
        Pixels outside the hole that are no source.
    """
    if min(hole.shape) < SMALLEST:
        return []
    lost = hole if unknown is None else hole | unknown
    found = [box for box in _small_pieces(hole) if _sees_enough(box, lost)]
    return sorted(_not_crowded(found, hole.shape))


def sample_of(boxes: Sequence[Window], most: int) -> list[Window]:
    """Return at most so many of them, evenly chosen."""
    if len(boxes) <= most:
        return list(boxes)
    return [boxes[int(i)] for i in np.linspace(0, len(boxes) - 1, most).round()]


def _small_pieces(hole: Mask) -> Iterator[Window]:
    """Yield the boxes of small pieces, touching corners included, with no other piece in them."""
    for place, mask in group_masks(hole):
        labels, _ = ndimage.label(mask, structure=np.ones((3, 3)))
        sizes = np.bincount(labels.ravel())
        for size, found in zip(sizes[1:], ndimage.find_objects(labels), strict=True):
            box = _window(found).moved(place.y0, place.x0)
            small = size <= MOST and max(box.shape) <= LONGEST
            if small and np.count_nonzero(hole[box.slices]) == size:
                yield box


def _window(found: tuple[slice, slice]) -> Window:
    rows, columns = found
    return Window(rows.start, rows.stop, columns.start, columns.stop)


def _sees_enough(box: Window, lost: Mask) -> bool:
    shape = (lost.shape[0], lost.shape[1])
    near, around = box.expanded(NEAR, shape), box.expanded(SURROUNDINGS, shape)
    return bool(
        2 * np.count_nonzero(lost[near.slices]) <= near.area
        and np.count_nonzero(lost[around.slices]) <= (1 - KNOWN) * around.area
    )


def _not_crowded(boxes: Sequence[Window], shape: tuple[int, ...]) -> list[Window]:
    blocks = np.zeros([-(-side // BLOCK) for side in shape], dtype=np.intp)
    places = [(box.y0 // BLOCK, box.x0 // BLOCK) for box in boxes]
    rows, columns = np.array(places, dtype=np.intp).reshape(-1, 2).T
    np.add.at(blocks, (rows, columns), 1)
    few = blocks[rows, columns] <= CROWD
    return [box for box, alone in zip(boxes, few, strict=True) if alone]
