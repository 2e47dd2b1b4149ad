"""The planes that damage goes through, really or for a trial, and what the members make of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.holdout import APART, LEAST, STEPS, is_compact, part_of
from napari_greyfill.inpaint.blend import member_fills, mixed
from napari_greyfill.inpaint.neighbours.base import Hole, Plane, Reader, Slice
from napari_greyfill.inpaint.neighbours.flow import without_gaps
from napari_greyfill.inpaint.neighbours.members import Place, foretell, sides_between
from napari_greyfill.inpaint.neighbours.planes import Neighbours, neighbours_alike
from napari_greyfill.inpaint.neighbours.shadows import SPECTRAL
from napari_greyfill.inpaint.neighbours.volume import volume_mean

__all__ = ["Part", "moved", "other_planes", "within"]

CONTEXT = 4  # planes before and after, for the volume
FURTHER = 6  # planes that a trial may lie farther away than it needs to
FULL = 0.75  # of a plane at most that is hidden for a trial, before every other square is left
MOST = 0.875  # and after

Fills = dict[int, tuple[Plane, Plane, Plane]]


@dataclass(frozen=True, eq=False)
class Part:
    """A bubble and the planes around it.

    Attributes
    ----------
    read : callable
        Returns planes by their offset, as they are.
    holes : dict of int to (H, W) bool array
        What is hidden and to be filled, by offset.
    around : dict of int to Neighbours
        The planes that each is regressed on.
    weights : dict of int to array
        Those of the blend in each plane.
    shift : int
        Added to an offset before it is read.
    window : Window or None
        The part of what is read; all of it if None.
    context : tuple of int or None
        The planes of the volume, by offset; those of the bubble and four on either side if None.
    """

    read: Reader
    holes: Mapping[int, Hole]
    around: Mapping[int, Neighbours]
    weights: Mapping[int, NDArray[np.float64]]
    shift: int = 0
    window: Window | None = None
    context: tuple[int, ...] | None = None

    def truth(self, at: int) -> Slice:
        """Return a plane as it is, one that is there."""
        one = self.read(at + self.shift)
        assert one is not None
        if self.window is None:
            return one
        return Slice(one.plane[self.window.slices], one.unknown[self.window.slices])

    def there(self, at: int) -> bool:
        """Tell whether the stack has a plane."""
        return self.read(at + self.shift) is not None

    def slice(self, at: int) -> Slice:
        """Return a plane without what is hidden in it."""
        one = self.truth(at)
        if at not in self.holes:
            return one
        missing = one.unknown | self.holes[at]
        return Slice(np.where(missing, np.float32(0), one.plane), missing)

    def planes(self) -> list[int]:
        """Return the offsets of the bubble's planes and those of its context."""
        if self.context is not None:
            return list(self.context)
        first, last = min(self.holes), max(self.holes)
        near = range(first - CONTEXT, last + CONTEXT + 1)
        return [at for at in near if at in self.holes or self.there(at)]

    def fills(
        self,
        compute: Compute,
        seed: int,
        own: Mapping[int, Plane] | None = None,
        spectral: Mapping[int, Plane] | None = None,
    ) -> Generator[float, None, Fills]:
        """Return the three fills of each plane, yielding the progress.

        Parameters
        ----------
        compute : Compute
            Says where to run, and when to stop.
        seed : int
            Chooses the pixels to learn from.
        own : mapping of int to (H, W) float32 array, optional
            Fills of the planes alone, where they are there already.
        spectral : mapping of int to (H, W) float32 array, optional
            The spectral fills of the same planes.
        """
        blended, foretold = {}, {}
        for index, at in enumerate(sorted(self.holes)):
            compute.check()
            start, middle, end = (0.5 * (index + part) / len(self.holes) for part in (0, 0.5, 1))
            one = self.slice(at)
            if own is None or spectral is None:
                work = member_fills(one.plane, one.unknown, compute)
                members = yield from scaled(work, start, middle)
                blended[at] = mixed(members, self.weights[at], one.plane, one.unknown)
                first = members[SPECTRAL]
            else:
                blended[at], first = own[at], spectral[at]
            learning = self._foretold(at, one, first, compute, seed)
            learned = yield from scaled(learning, middle, end)
            foretold[at] = blended[at] if learned is None else learned
        volume = yield from scaled(self._volume(foretold, compute), 0.5, 1.0)
        return {at: (blended[at], foretold[at], volume[at]) for at in self.holes}

    def _foretold(
        self, at: int, one: Slice, first: Plane, compute: Compute, seed: int
    ) -> Generator[float, None, Plane | None]:
        wanted = self.around[at]
        if not wanted.slices:
            return None
        around = replace(wanted, slices={each: self.slice(at + each) for each in wanted.slices})
        place = Place(one.plane, one.unknown, self.holes[at], first, around, sides_between(around))
        found = yield from foretell(place, compute, seed)
        return None if found is None else found[1]

    def _volume(
        self, start: Mapping[int, Plane], compute: Compute
    ) -> Generator[float, None, dict[int, Plane]]:
        planes = self.planes()
        slices = [self.slice(at) for at in planes]
        hole = np.stack([one.unknown for one in slices])
        given = np.stack(
            [
                np.where(one.unknown, start[at], one.plane)
                if at in start
                else without_gaps(one.plane, one.unknown)
                for at, one in zip(planes, slices, strict=True)
                if not one.unknown.all() or at in start
            ]
        )
        wanted = np.stack(
            [
                self.holes[at] if at in self.holes else np.zeros(hole.shape[1:], bool)
                for at in planes
            ]
        )
        low, high = given[~hole].min(), given[~hole].max()
        solved = yield from volume_mean(given, hole, wanted, compute)
        solved = np.clip(solved, min(low, 0), max(high, 1))
        return {at: solved[planes.index(at)] for at in self.holes}


def moved(real: Part) -> Part | None:
    """Return the bubble moved in its planes to where most is known; None without room.

    Parameters
    ----------
    real : Part
        Moved within the 192 pixels that hold most of it.
    """
    union = np.any(list(real.holes.values()), axis=0)
    window = part_of(union)
    unknown = np.any([real.slice(at).unknown for at in real.holes], axis=0)[window.slices]
    near = ndimage.binary_dilation(unknown, iterations=APART)
    best, most = None, 0
    for shift in _shifts(union[window.slices]):
        count = int(np.count_nonzero(np.roll(union[window.slices], shift, (0, 1)) & ~near))
        if count > most:
            best, most = shift, count
    if best is None or most < LEAST:
        return None
    holes = {
        at: np.roll(hole[window.slices], best, (0, 1)) & ~near for at, hole in real.holes.items()
    }
    both = unknown | np.any(list(holes.values()), axis=0)
    if np.count_nonzero(both) > FULL * both.size:
        y, x = np.indices(both.shape) // 32
        holes = {at: hole & ((y + x) % 2 == 0) for at, hole in holes.items()}
        both = unknown | np.any(list(holes.values()), axis=0)
        if np.count_nonzero(both) > MOST * both.size:
            return None
    return replace(real, holes=holes, window=window, context=tuple(real.planes()))


def _shifts(union: Hole) -> list[tuple[int, int]]:
    """Return moves to try: around the border, but for one compact hole, which stays inside."""
    if not is_compact(union):
        steps = [np.unique(np.linspace(0, n, STEPS, endpoint=False).round()) for n in union.shape]
    else:
        box = tight_box(union)
        assert box is not None  # there is a hole
        starts = (box.y0, box.x0)
        steps = [
            np.unique(np.linspace(-start, length - side - start, STEPS + 1).round())
            for start, side, length in zip(starts, box.shape, union.shape, strict=True)
        ]
    return [(int(down), int(right)) for down in steps[0] for right in steps[1]]


def other_planes(real: Part, count: int) -> list[Part]:
    """Return the bubble at its own place in other planes, nearest first, alternating sides.

    Parameters
    ----------
    real : Part
        Its planes are not among those that a trial fills or regresses on.
    count : int
        How many at most.
    """
    depth = max(real.holes) - min(real.holes) + 1
    found: list[Part] = []
    for away in range(depth + 1, depth + 2 + FURTHER):
        for shift in (-away, away):
            if len(found) < count and (one := _shifted(real, shift)) is not None:
                found.append(one)
    return found


def _shifted(real: Part, shift: int) -> Part | None:
    around = {}
    for at, hole in real.holes.items():
        alike = neighbours_alike(_from(real.read, at), shift, hole, real.around[at])
        if alike is None:
            return None
        around[at] = alike
    moved_to = replace(real, around=around, shift=shift)
    context = tuple(at for at in real.planes() if moved_to.there(at))
    window = part_of(np.any(list(real.holes.values()), axis=0))
    return replace(moved_to, context=context, window=window)


def within(part: Part) -> Part:
    """Return the part with its holes cut to its window."""
    window = part.window
    if window is None:
        return part
    holes = {
        at: hole if hole.shape == window.shape else hole[window.slices]
        for at, hole in part.holes.items()
    }
    return replace(part, holes=holes)


def _from(read: Reader, at: int) -> Reader:
    return lambda offset: read(at + offset)
