"""Which planes of a stack can tell what a hole hides, and where that can be tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint.neighbours.base import Hole, Reader, Slice

__all__ = ["Neighbours", "neighbours_alike", "neighbours_of", "trial_planes"]

FARTHEST = 6  # planes away that are still looked at
STEPS = 6  # planes that a trial may lie farther away than it needs to
COMPARED = 32  # known pixels that tell whether a plane is a copy of another

_PATCH = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The planes around one, of those that are whole where it has its hole.

    Attributes
    ----------
    before, after : int or None
        Distance to the nearest on either side, at least 1; None without one.
    slices : dict of int to Slice
        By offset from the plane: the nearest on each side, and the one behind each.
    copies : tuple of int
        Offsets of planes that were left out because they are exact copies of the plane.
    """

    before: int | None
    after: int | None
    slices: dict[int, Slice]
    copies: tuple[int, ...] = ()

    @property
    def offsets(self) -> tuple[int, ...]:
        """Offsets of the planes, in order."""
        return tuple(sorted(self.slices))

    @property
    def reach(self) -> int:
        """How many planes from one nearest neighbour to the other."""
        return (self.before or 0) + (self.after or 0)

    def cut(self, window: Window) -> Neighbours:
        """Return the same planes, of which no more than a part of the window."""
        return replace(self, slices={at: _cut(one, window) for at, one in self.slices.items()})


def neighbours_of(read: Reader, own: Slice, hole: Hole, *, farthest: int = FARTHEST) -> Neighbours:
    """Return the planes that are whole where a plane has its hole.

    Parameters
    ----------
    read : callable
        Returns planes by their offset from this one.
    own : Slice
        The plane itself.
    hole : (H, W) bool array
        What is to be filled.
    farthest : int, optional
        How many planes away to look, at least 1.

    Returns
    -------
    Neighbours
        Without any slices if there are none so near.
    """
    under = ndimage.binary_dilation(hole, _PATCH)
    known = ~(own.unknown | hole)
    slices: dict[int, Slice] = {}
    copies: list[int] = []
    nearest: dict[int, int | None] = {-1: None, 1: None}
    for side in (-1, 1):
        for away in range(1, farthest + 1):
            one = read(side * away)
            if one is None:
                break
            if _is_copy(one, own, known):
                copies.append(side * away)
            elif not (one.unknown & under).any():
                slices[side * away] = one
                if nearest[side] is None:
                    nearest[side] = away
                    continue
            if nearest[side] is not None:
                break
    varied = known.any() and float(np.ptp(own.plane[known])) > 0
    return Neighbours(nearest[-1], nearest[1], slices, tuple(sorted(copies)) if varied else ())


def neighbours_alike(read: Reader, at: int, hole: Hole, wanted: Neighbours) -> Neighbours | None:
    """Return the planes around another plane, at the same distances as around plane 0.

    Parameters
    ----------
    read : callable
        Returns planes by their offset from plane 0.
    at : int
        Offset of the other plane.
    hole : (H, W) bool array
        Of plane 0; both nearest planes have to be whole there.
    wanted : Neighbours
        Of plane 0.

    Returns
    -------
    Neighbours or None
        None if the other plane or a nearest one is not whole at the hole, plane 0 would be
        among them, or one is a copy of the plane.
    """
    own = read(at)
    if own is None or (own.unknown & hole).any():
        return None
    under = ndimage.binary_dilation(hole, _PATCH)
    slices: dict[int, Slice] = {}
    nearest = {-(wanted.before or 0), wanted.after or 0} - {0}
    for offset in wanted.offsets:
        one = read(at + offset) if at + offset != 0 else None
        if one is not None and (one.unknown & under).any():
            one = None
        if one is None and (offset in nearest or at + offset == 0):
            return None
        if one is not None:
            if _is_copy(one, own, ~own.unknown):
                return None
            slices[offset] = one
    return replace(wanted, slices=slices, copies=())


def trial_planes(read: Reader, hole: Hole, wanted: Neighbours) -> Iterator[tuple[int, Neighbours]]:
    """Yield planes where the hole can be tried out, and their neighbours; at most two.

    One on each side where that is possible.

    Parameters
    ----------
    read : callable
        Returns planes by their offset from plane 0.
    hole : (H, W) bool array
        Of plane 0.
    wanted : Neighbours
        Of plane 0.
    """
    before, after = (_trials_along(side, read, hole, wanted) for side in (-1, 1))
    first = next(before, None)
    if first is not None:
        yield first
    second = next(after, None)
    if second is not None:
        yield second
    if first is None or second is None:
        third = next(before if second is None else after, None)
        if third is not None:
            yield third


def _trials_along(
    side: int, read: Reader, hole: Hole, wanted: Neighbours
) -> Iterator[tuple[int, Neighbours]]:
    first = wanted.reach + 1
    for away in range(first, first + STEPS + 1):
        if read(side * away) is None:
            return
        around = neighbours_alike(read, side * away, hole, wanted)
        if around is not None:
            yield side * away, around


def _is_copy(one: Slice, own: Slice, known: Hole) -> bool:
    """Tell whether two planes have the same values wherever both are known."""
    both = known & ~one.unknown
    if np.count_nonzero(both) < COMPARED:
        return False
    return bool(np.array_equal(one.plane[both], own.plane[both]))


def _cut(one: Slice, window: Window) -> Slice:
    return Slice(one.plane[window.slices], one.unknown[window.slices])
