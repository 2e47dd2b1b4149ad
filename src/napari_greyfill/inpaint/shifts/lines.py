"""Straight edges that run into a hole on one side and out of it on the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.shifts.chords import Guide

__all__ = ["Line", "add_lines", "line_shifts", "straight_lines"]

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]

MOST_ENDS = 360  # pixels of the rim that are paired
SHORTEST = 3.0  # pixels between two ends
GUIDING = 6.0  # likewise, of lines that say which colours to expect
SAMPLES = 12  # of a segment, nearly all of which lie in the hole
ACROSS = np.arange(-4, 5)  # pixels to both sides of an edge
ALONG = np.arange(1, 6)  # pixels outwards
UNLIKE, PLAIN, CROOKED = 0.6, 0.01, 0.6  # profiles that differ, have no edge, or change outwards
LINES = 40  # painted at most
SAME_PLACE, SAME_ANGLE = 8.0, 0.1  # pixels, radians: a line at odds with a better one
WIDTH = 3.2  # pixels over which a line counts
FROM = 0.15  # of 1, confidence of a line that counts
WEIGHT = 30.0  # of a line that is certain, where a chord has 1
MOST_SHIFTS = 24  # along lines
FARTHEST = 64  # pixels that one may lead along a line
ASIDE = 0.35  # pixels that it may lead aside: shifts are whole numbers
BESIDE = 6.0  # pixels from a line within which its shifts are tried
BLOCK = 4000  # pairs that are looked at at a time


@dataclass(frozen=True, eq=False)
class _Ends:
    """Profiles across an edge on either side of the hole, for many pairs of ends."""

    first: Numbers  # (n, across, C)
    second: Numbers
    score: Numbers  # (n,), 0 where there is no edge that goes on


@dataclass(frozen=True, eq=False)
class Line:
    """A straight edge that runs through a hole.

    Attributes
    ----------
    score : float
        From 0 to 1, how sure it is.
    start, end : (2,) int arrays
        Row and column of the pixels of the rim that it runs between.
    first, second : (across, C) arrays
        Profiles across it beyond either end.
    """

    score: float
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    first: Numbers
    second: Numbers

    @property
    def length(self) -> float:
        """Return how far its ends are apart, in pixels."""
        return float(np.hypot(*(self.end - self.start)))

    @property
    def way(self) -> Numbers:
        """Return the direction from its start to its end, of length 1."""
        return np.asarray((self.end - self.start) / self.length)


def straight_lines(picture: Plane, lost: Hole, hole: Hole, rim: Indices) -> list[Line]:
    """Return straight edges that run into a hole and out of it again, the surest first.

    Parameters
    ----------
    picture : (H, W, C) float32 array
        What it holds where nothing is known does not matter.
    lost, hole : (H, W) bool arrays
        What is not known, and the part of it that is to be filled.
    rim : (n,) int array
        Flat indices of the hole pixels beside known ones.
    """
    ends = np.stack(np.divmod(rim, hole.shape[1]), axis=1)
    ends = ends[:: max(1, -(-len(ends) // MOST_ENDS))]
    first, second = _through(ends, hole)
    found: list[Line] = []
    for start in range(0, len(first), BLOCK):
        p, q = first[start : start + BLOCK], second[start : start + BLOCK]
        pair = _profiles(p, q, picture, lost)
        for index in np.flatnonzero(pair.score > 0):
            profile = pair.first[index], pair.second[index]
            found.append(Line(float(pair.score[index]), p[index], q[index], *profile))
    return sorted(found, key=lambda line: -line.score)


def add_lines(guide: Guide, lines: list[Line], hole: Hole) -> Guide:
    """Return a guide in which straight edges go on through the hole.

    Parameters
    ----------
    guide : Guide
        What holds where there is no line.
    lines : list of Line
        The surest first.
    hole : (H, W) bool array
        True where colours are to be expected.
    """
    colours, best = guide.colours.copy(), np.zeros(hole.shape, np.float32)
    for line in _agreeing(line for line in lines if line.length >= GUIDING):
        _paint(colours, best, hole, line)
    there = best > FROM
    colours = np.where(there[..., None], colours, guide.colours)
    return Guide(colours, np.where(there, np.maximum(guide.weight, WEIGHT * best), guide.weight))


def line_shifts(lines: list[Line], lost: Hole, hole: Hole) -> tuple[Indices, NDArray[np.bool_]]:
    """Return shifts along straight edges, by which what is beyond an end goes on inside.

    Parameters
    ----------
    lines : list of Line
        The surest first.
    lost, hole : (H, W) bool arrays
        What is not known, and the part of it that is to be filled.

    Returns
    -------
    shifts : (k, 2) int array
        Down and right, in pixels.
    beside : (k, n) bool array
        Which pixels of the hole, in reading order, lie beside such an edge.
    """
    places = np.argwhere(hole)
    found: dict[tuple[int, int], NDArray[np.bool_]] = {}
    for line in _agreeing(lines):
        off, way = places - line.start, line.way
        along, across = off @ way, off @ np.array([-way[1], way[0]])
        beside = (np.abs(across) <= BESIDE) & (along > -BESIDE) & (along < line.length + BESIDE)
        for shift in _along(line, lost):
            if shift in found:
                found[shift] = found[shift] | beside
            elif len(found) < MOST_SHIFTS:
                found[shift] = beside
    shifts = np.array(list(found), np.int64).reshape(-1, 2)
    return shifts, np.array(list(found.values()), bool).reshape(-1, len(places))


def _along(line: Line, lost: Hole) -> list[tuple[int, int]]:
    """Return the shortest shifts along a line, both ways.

    By one of each way at least half of it, and by another all of it, is copied from known pixels.
    """
    on = line.start + np.linspace(0, 1, SAMPLES)[:, None] * (line.end - line.start)
    found: list[tuple[int, int]] = []
    for sign in (-1, 1):
        moves = np.rint(sign * np.arange(2, FARTHEST)[:, None] * line.way).astype(np.intp)
        aside = np.abs(moves[:, 0] * line.way[1] - moves[:, 1] * line.way[0])
        at = np.rint(on[None] + moves[:, None]).astype(np.intp)
        y, x = at[..., 0], at[..., 1]
        inside = (y >= 0) & (y < lost.shape[0]) & (x >= 0) & (x < lost.shape[1])
        known = inside & ~lost[np.where(inside, y, 0), np.where(inside, x, 0)]
        for share in (0.5, 1.0):
            good = np.flatnonzero((aside <= ASIDE) & (known.mean(axis=1) >= share))
            if good.size:
                found.append((int(moves[good[0], 0]), int(moves[good[0], 1])))
    return found


def _agreeing(lines: Iterable[Line]) -> list[Line]:
    """Return lines of which none is at odds with a better one."""
    kept: list[Line] = []
    drawn: list[tuple[Numbers, float]] = []
    for line in lines:
        middle = (line.start + line.end) / 2
        angle = float(np.arctan2(*(line.end - line.start))) % np.pi
        if any(_at_odds(middle, angle, other) for other in drawn):
            continue
        drawn.append((middle, angle))
        kept.append(line)
        if len(kept) == LINES:
            break
    return kept


def _through(ends: NDArray[np.intp], hole: Hole) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of ends whose segments lie in the hole."""
    a, b = np.triu_indices(len(ends), 1)
    apart = np.hypot(*(ends[b] - ends[a]).T) >= SHORTEST
    a, b = a[apart], b[apart]
    inside = np.zeros(len(a), np.intp)
    for share in np.linspace(0, 1, SAMPLES):
        at = np.rint(ends[a] + share * (ends[b] - ends[a])).astype(np.intp)
        inside += hole[at[:, 0], at[:, 1]]
    good = inside > 0.95 * SAMPLES
    return ends[a[good]], ends[b[good]]


def _profiles(p: NDArray[np.intp], q: NDArray[np.intp], picture: Plane, lost: Hole) -> _Ends:
    """Return the profiles beyond both ends of segments, and how well they go together."""
    way = (q - p) / np.hypot(*(q - p).T)[:, None]
    one, one_share, one_change = _profile(p, -way, way, picture, lost)
    two, two_share, two_change = _profile(q, way, way, picture, lost)
    middle = len(ACROSS) // 2
    enough = (one_share.mean(axis=1) > 0.5) & (two_share.mean(axis=1) > 0.5)
    enough &= (one_share[:, middle] > 0.5) & (two_share[:, middle] > 0.5)
    shared = np.minimum(one_share, two_share)
    enough &= (shared > 0.3).sum(axis=1) >= 6
    weight = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1e-9)
    contrast = [_spread(profile, weight) for profile in (one, two)]
    unlike = np.einsum("na,nac->n", weight, (one - two) ** 2) / (sum(contrast) / 2 + 1e-4)
    change = np.einsum("na,na->n", weight, (one_change + two_change) / 2)
    crooked = change / (sum(contrast) + 1e-4)
    good = enough & (unlike < UNLIKE) & (crooked < CROOKED) & (np.minimum(*contrast) > PLAIN)
    return _Ends(one, two, np.where(good, np.exp(-unlike / 0.6 - crooked / 0.4), 0.0))


def _profile(
    ends: NDArray[np.intp], out: Numbers, way: Numbers, picture: Plane, lost: Hole
) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean colours across, the share that is known, and the variance along."""
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1)
    place = (
        ends[:, None, None]
        + out[:, None, None] * ALONG[None, None, :, None]
        + normal[:, None, None] * ACROSS[None, :, None, None]
    )
    at = np.rint(place).astype(np.intp)
    y, x = at[..., 0], at[..., 1]
    inside = (y >= 0) & (y < lost.shape[0]) & (x >= 0) & (x < lost.shape[1])
    y, x = np.where(inside, y, 0), np.where(inside, x, 0)
    known = (inside & ~lost[y, x]).astype(np.float64)
    count = np.maximum(known.sum(axis=2), 1e-9)[..., None]
    colours = picture[y, x].astype(np.float64)
    mean = np.einsum("nad,nadc->nac", known, colours) / count
    square = np.einsum("nad,nadc->nac", known, colours**2) / count
    return mean, known.mean(axis=2), np.maximum(square - mean**2, 0).sum(axis=2)


def _spread(profile: Numbers, weight: Numbers) -> Numbers:
    """Return the weighted variance of a profile, summed over channels."""
    mean = np.einsum("na,nac->nc", weight, profile)
    return np.asarray(np.einsum("na,nac->n", weight, (profile - mean[:, None]) ** 2))


def _at_odds(middle: Numbers, angle: float, other: tuple[Numbers, float]) -> bool:
    turned = abs(angle - other[1])
    near = float(np.hypot(*(middle - other[0]))) < SAME_PLACE
    return near and min(turned, np.pi - turned) > SAME_ANGLE


def _paint(
    colours: Plane,
    best: NDArray[np.float32],
    hole: Hole,
    line: Line,
) -> None:
    """Draw a line where no better one is."""
    p, q, way, length = line.start, line.end, line.way, line.length
    reach = int(ACROSS[-1])
    low = np.maximum(np.minimum(p, q) - reach, 0)
    high = np.minimum(np.maximum(p, q) + reach + 1, hole.shape)
    y, x = np.mgrid[low[0] : high[0], low[1] : high[1]]
    along = (y - p[0]) * way[0] + (x - p[1]) * way[1]
    across = -(y - p[0]) * way[1] + (x - p[1]) * way[0]
    # the profiles' offsets run along (-way[1], way[0]), which is what `across` measures
    sure = line.score * np.exp(-((across / WIDTH) ** 2))
    part = (slice(low[0], high[0]), slice(low[1], high[1]))
    inside = hole[part] & (along >= 0) & (along <= length) & (np.abs(across) <= reach)
    chosen = inside & (sure > best[part])
    share = (along[chosen] / length)[:, None]
    offset = np.clip(across[chosen] + reach, 0, 2 * reach)
    below = np.minimum(offset.astype(np.intp), 2 * reach - 1)
    rest = (offset - below)[:, None]
    one, two = ((1 - rest) * f[below] + rest * f[below + 1] for f in (line.first, line.second))
    colours[part][chosen] = (1 - share) * one + share * two
    best[part][chosen] = sure[chosen]
