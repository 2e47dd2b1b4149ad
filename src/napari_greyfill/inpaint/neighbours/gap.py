"""Fill planes that are missing as a whole, from those before and after."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadParameterError, GapTooWideError
from napari_greyfill.inpaint.neighbours.base import NeighbourFill, Plane, Reader, Slice
from napari_greyfill.inpaint.neighbours.flow import between_far, without_gaps
from napari_greyfill.inpaint.neighbours.members import range_of, span_of, unbelievable
from napari_greyfill.inpaint.neighbours.regression import Lesson, foretold_alike
from napari_greyfill.inpaint.neighbours.weights import (
    SHADOWS,
    Shadow,
    cautious_weights,
    deviation_of,
    error_to_expect,
    spread_of,
)

__all__ = ["fill_gap"]

LESSONS = 4  # whole planes that are learned from
FARTHEST = 12  # planes away that they may lie
FURTHER = 6  # planes that a made-up gap may lie farther away than it needs to
TRIALS = 2
CAUTION = 0.1  # decibels; fading is no safer than the others, as a plane's own fill is
LOST = 0.2  # share of a plane that may be unknown for it to be used
# Correlation of fading with the truth in made-up gaps: nothing is filled below the one, and the
# user is warned below the other.
REFUSED, WARNED = 0.6, 0.85
REFUSED_ENDS, WARNED_ENDS = 0.5, 0.7  # and of the ends, where no gap could be made up

Fills = dict[int, tuple[Plane, ...]]  # by offset: linear, two flows, regression


@dataclass(frozen=True, eq=False)
class _Gap:
    """Planes that are missing, really or for a trial.

    Attributes
    ----------
    read : callable
    first, last : int
        Offsets of the missing planes.
    hidden : frozenset of int
        Offsets that must not be looked at: these, and the real gap's.
    """

    read: Reader
    first: int
    last: int
    hidden: frozenset[int]

    def whole(self, at: int) -> Slice | None:
        """Return a plane that is known nearly everywhere, without gaps."""
        one = None if at in self.hidden else self.read(at)
        if one is None or one.unknown.mean() > LOST:
            return None
        return Slice(without_gaps(one.plane, one.unknown), one.unknown)

    @property
    def ends(self) -> tuple[Slice, Slice] | None:
        """The planes before and after, if both are there."""
        before, after = self.whole(self.first - 1), self.whole(self.last + 1)
        return None if before is None or after is None else (before, after)

    def moved(self, shift: int) -> _Gap | None:
        """Return a gap of whole planes elsewhere, None where there is none."""
        planes = range(self.first + shift, self.last + shift + 1)
        if any(self.whole(at) is None for at in planes):
            return None
        gap = _Gap(self.read, planes[0], planes[-1], self.hidden | frozenset(planes))
        return None if gap.ends is None else gap


def fill_gap(
    read: Reader, first: int, last: int, compute: Compute, *, seed: int = 0
) -> Generator[float, None, dict[int, NeighbourFill]]:
    """Fill planes that are missing as a whole, yielding the progress.

    Four fills are weighed: fading from the plane before to the one after; the same with both
    moved by optical flow, of two kinds; and a regression on all those and the planes behind them,
    learned on the nearest whole planes with neighbours at the same distances. The weights come
    from gaps of the same length made up in whole planes nearby, which tell as well whether to fill
    at all.

    Parameters
    ----------
    read : callable
        Returns planes by their offset; what it returns for the missing ones does not matter.
    first, last : int
        Offsets of the first and the last missing plane.
    compute : Compute
        Says when to stop.
    seed : int, optional
        Chooses the pixels to learn from.

    Returns
    -------
    dict of int to NeighbourFill
        For each missing plane. The weights are 0 for a fill of its own, then those of the four.

    Raises
    ------
    BadParameterError
        If the last plane comes before the first.
    GapTooWideError
        If there is no plane before or after, or fading correlates with the truth in made-up gaps
        by less than 0.6 (or the planes before and after by less than 0.5 with each other, where
        no gap can be made up).
    CancelledError
        If the caller wants it to stop.
    """
    if last < first:
        raise BadParameterError(
            f"The missing planes go from {first} to {last}; give the first one first."
        )
    gap = _Gap(read, first, last, frozenset(range(first, last + 1)))
    ends = gap.ends
    if ends is None:
        raise GapTooWideError(
            "Missing planes can only be filled between two that are known, and there is none on "
            "one side; leave these planes out."
        )
    trials = list(_made_up(gap))
    alike = [_likeness(one) for one in trials] or [_correlation(ends[0], ends[1])]
    note = _judged(float(np.mean(alike)), bool(trials), last - first + 1)
    steps, count = (last - first + 1) * (1 + len(trials)), 0
    shadows: list[dict[int, Shadow]] = []
    fills: Fills = {}
    for one in (*trials, gap):
        filled: Fills = {}
        for at in range(one.first, one.last + 1):
            compute.check()
            yield count / steps
            filled[at], count = _fills(one, at, seed), count + 1
        if one is gap:
            fills = filled
        else:
            shadows.append(_errors(one, filled, first))
    pooled = [_pooled(one) for one in shadows]
    count = len(pooled) + SHADOWS - TRIALS
    weights = cautious_weights(
        pooled, span=span_of(ends), count=count, caution=CAUTION, members=len(fills[first])
    )
    found = {}
    for at, each in fills.items():
        own = [one[at] for one in shadows]
        error = error_to_expect(own, weights)
        found[at] = NeighbourFill(
            np.tensordot(weights.astype(np.float32), np.stack(each), 1),
            error,
            (0.0, *(float(weight) for weight in weights)),
            tuple(sorted(offset for offset in _sources(gap, at))),
            spread_of(own, weights),
            deviation_of(np.stack(each), error or 0.0).astype(np.float32),
            note,
        )
    return found


def _made_up(gap: _Gap) -> Iterator[_Gap]:
    """Yield gaps in whole planes nearby, on both sides if possible; two at most."""
    length, count = gap.last - gap.first + 1, 0
    for away in range(length + 1, length + 2 + FURTHER):
        for shift in (-away, away):
            one = gap.moved(shift)
            if one is not None and count < TRIALS:
                count += 1
                yield one


def _fills(gap: _Gap, at: int, seed: int) -> tuple[Plane, ...]:
    """Return the four fills of one plane; without lessons the last is a flow's."""
    ends = gap.ends
    assert ends is not None  # checked by whoever made the gap
    before, after = gap.first - 1 - at, gap.last + 1 - at
    share = np.float32(-before / (after - before))
    faded = (1 - share) * ends[0].plane + share * ends[1].plane
    pairs = _moved(ends, float(share))
    flowing = [(1 - share) * one + share * other for one, other in pairs]
    moved = [plane for pair in pairs for plane in pair]
    behind = [offset for offset in (before - 1, after + 1) if gap.whole(at + offset) is not None]
    wanted = [before, after, *behind]
    lessons: list[Lesson] = []
    for plane in _teachers(gap, at):
        lesson = _lesson(gap, plane, wanted, float(share))
        if lesson is not None and len(lessons) < LESSONS:
            lessons.append(lesson)
    sources = [gap.whole(at + offset) for offset in wanted]
    planes = [one.plane for one in sources if one is not None]
    learned = foretold_alike([*planes, *moved], lessons, seed)
    if learned is None:
        return faded, *flowing, flowing[0]
    low = min(0.0, *(float(plane.min()) for plane in planes))
    high = max(1.0, *(float(plane.max()) for plane in planes))
    return faded, *flowing, np.clip(learned, low, high)


def _sources(gap: _Gap, at: int) -> Iterator[int]:
    for plane in (gap.first - 2, gap.first - 1, gap.last + 1, gap.last + 2):
        if gap.whole(plane) is not None:
            yield plane - at


def _teachers(gap: _Gap, at: int) -> Iterator[int]:
    """Yield offsets of planes, the nearest first."""
    for away in range(1, FARTHEST + 1):
        yield from (at - away, at + away)


def _lesson(gap: _Gap, at: int, wanted: Sequence[int], share: float) -> Lesson | None:
    """Return a plane and its sources at the same distances, if all are whole."""
    own = gap.whole(at)
    if own is None:
        return None
    slices = []
    for offset in wanted:
        one = gap.whole(at + offset)
        if one is None:
            return None
        slices.append(one)
    moved = [plane for pair in _moved((slices[0], slices[1]), share) for plane in pair]
    bad = own.unknown | unbelievable(slices)
    return Lesson(own.plane, (*(one.plane for one in slices), *moved), bad)


def _moved(ends: tuple[Slice, Slice], share: float) -> list[tuple[Plane, Plane]]:
    """Return both ends moved to a place between them, once by each flow."""
    before, after = (one.plane for one in ends)
    return between_far(before, after, share, range_of([before, after]))


def _errors(gap: _Gap, fills: Fills, first: int) -> dict[int, Shadow]:
    """Return the shadow of each plane of a made-up gap, by the offset in the real one."""
    found = {}
    for at, each in fills.items():
        truth = gap.read(at)
        assert truth is not None  # the gap was made in planes that are there
        errors = np.stack([(fill - truth.plane)[~truth.unknown] for fill in each])
        found[at - gap.first + first] = Shadow(errors.astype(np.float64), 1.0)
    return found


def _pooled(shadows: dict[int, Shadow]) -> Shadow:
    return Shadow(np.concatenate([one.errors for one in shadows.values()], axis=1), 1.0)


def _likeness(gap: _Gap) -> float:
    """Return how fading correlates with the truth of a made-up gap."""
    ends = gap.ends
    assert ends is not None  # a made-up gap has both
    found = []
    for at in range(gap.first, gap.last + 1):
        share = np.float32((at - gap.first + 1) / (gap.last - gap.first + 2))
        faded = (1 - share) * ends[0].plane + share * ends[1].plane
        truth = gap.read(at)
        assert truth is not None  # the gap was made in planes that are there
        found.append(_correlation(Slice(faded, np.zeros_like(truth.unknown)), truth))
    return float(np.mean(found))


def _correlation(one: Slice, other: Slice) -> float:
    """Return the correlation of two planes where both are known; 1 for two flat ones."""
    both = ~(one.unknown | other.unknown)
    first, second = one.plane[both].astype(np.float64), other.plane[both].astype(np.float64)
    if first.size < 2:
        return 0.0
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first @ first) * (second @ second)))
    if scale == 0:
        return 1.0 if not first.any() and not second.any() else 0.0
    return float(first @ second) / scale


def _judged(alike: float, tried: bool, count: int) -> tuple[str, ...]:
    """Return what the user must see; refuse where too little is known."""
    refused, warned = (REFUSED, WARNED) if tried else (REFUSED_ENDS, WARNED_ENDS)
    planes = "plane is" if count == 1 else "planes are"
    how = "In whole planes nearby" if tried else "Between the planes on either side"
    said = f"{how}, the likeness is {alike:.2f} (1 is the same)"
    if alike < refused:
        raise GapTooWideError(
            f"The planes on either side of the {count} missing have too little in common. {said}, "
            f"and below {refused} nothing is filled; leave these planes out, or fill fewer."
        )
    if alike < warned:
        return (
            f"{count} missing {planes} a guess: {said[0].lower()}{said[1:]}. Do not measure it.",
        )
    return ()
