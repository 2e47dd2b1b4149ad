"""Straight edges that run into a hole on one side and out of it on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.shifts.chords import Guide

__all__ = ["add_lines"]

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]

MOST_ENDS = 360  # pixels of the rim that are paired
SHORTEST = 6.0  # pixels between two ends
SAMPLES = 12  # of a segment, nearly all of which lie in the hole
ACROSS = np.arange(-4, 5)  # pixels to both sides of an edge
ALONG = np.arange(1, 6)  # pixels outwards
UNLIKE, PLAIN, CROOKED = 0.6, 0.01, 0.6  # profiles that differ, have no edge, or change outwards
LINES = 40  # painted at most
SAME_PLACE, SAME_ANGLE = 8.0, 0.1  # pixels, radians: a line at odds with a better one
WIDTH = 3.2  # pixels over which a line counts
FROM = 0.15  # of 1, confidence of a line that counts
WEIGHT = 30.0  # of a line that is certain, where a chord has 1
BLOCK = 4000  # pairs that are looked at at a time


@dataclass(frozen=True, eq=False)
class _Ends:
    """Profiles across an edge on either side of the hole, for many pairs of ends."""

    first: Numbers  # (n, across, C)
    second: Numbers
    score: Numbers  # (n,), 0 where there is no edge that goes on


def add_lines(guide: Guide, picture: Plane, lost: Hole, hole: Hole, rim: Indices) -> Guide:
    """Return a guide in which straight edges go on through the hole.

    Parameters
    ----------
    guide : Guide
        What holds where there is no line.
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
    found: list[tuple[float, NDArray[np.intp], NDArray[np.intp], Numbers, Numbers]] = []
    for start in range(0, len(first), BLOCK):
        p, q = first[start : start + BLOCK], second[start : start + BLOCK]
        pair = _profiles(p, q, picture, lost)
        for index in np.flatnonzero(pair.score > 0):
            profile = pair.first[index], pair.second[index]
            found.append((float(pair.score[index]), p[index], q[index], *profile))
    found.sort(key=lambda line: -line[0])
    colours, best = guide.colours.copy(), np.zeros(hole.shape, np.float32)
    drawn: list[tuple[Numbers, float]] = []
    for score, p, q, one, two in found:
        middle = (p + q) / 2
        angle = float(np.arctan2(*(q - p))) % np.pi
        if any(_at_odds(middle, angle, other) for other in drawn):
            continue
        drawn.append((middle, angle))
        _paint(colours, best, hole, (score, p, q), (one, two))
        if len(drawn) == LINES:
            break
    lines = best > FROM
    colours = np.where(lines[..., None], colours, guide.colours)
    return Guide(colours, np.where(lines, np.maximum(guide.weight, WEIGHT * best), guide.weight))


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
    line: tuple[float, NDArray[np.intp], NDArray[np.intp]],
    profiles: tuple[Numbers, Numbers],
) -> None:
    """Draw a line where no better one is."""
    score, p, q = line
    reach = int(ACROSS[-1])
    low = np.maximum(np.minimum(p, q) - reach, 0)
    high = np.minimum(np.maximum(p, q) + reach + 1, hole.shape)
    y, x = np.mgrid[low[0] : high[0], low[1] : high[1]]
    length = float(np.hypot(*(q - p)))
    way = (q - p) / length
    along = (y - p[0]) * way[0] + (x - p[1]) * way[1]
    across = -(y - p[0]) * way[1] + (x - p[1]) * way[0]
    # the profiles' offsets run along (-way[1], way[0]), which is what `across` measures
    sure = score * np.exp(-((across / WIDTH) ** 2))
    part = (slice(low[0], high[0]), slice(low[1], high[1]))
    inside = hole[part] & (along >= 0) & (along <= length) & (np.abs(across) <= reach)
    chosen = inside & (sure > best[part])
    share = (along[chosen] / length)[:, None]
    offset = np.clip(across[chosen] + reach, 0, 2 * reach)
    below = np.minimum(offset.astype(np.intp), 2 * reach - 1)
    rest = (offset - below)[:, None]
    one, two = ((1 - rest) * f[below] + rest * f[below + 1] for f in profiles)
    colours[part][chosen] = (1 - share) * one + share * two
    best[part][chosen] = sure[chosen]
