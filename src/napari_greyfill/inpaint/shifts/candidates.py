"""Which shifts are worth trying: those that known patches share, and those that fit the rim."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.shifts.atlas import Atlas

__all__ = [
    "has_sources",
    "inner_rim",
    "patch_shifts",
    "rim_shifts",
    "statistics_shifts",
    "without_doubles",
]

Indices = NDArray[np.int64]
Values = NDArray[np.float32]

KEPT = 40  # shifts of each kind
RADIUS = 3  # of the patches whose offsets are counted
COMPONENTS = 24  # of a patch, that it is compared by
TARGETS = 4000  # patches to match, at most
BLOCK = 256  # patches matched at a time
RIM_RADIUS = 7  # of the windows around pixels of the rim
RIM_STEP = 3  # every so many pixels of the rim
RIM_BEST = 3  # places that each window votes for
FEWEST = 200  # whole windows, below which smaller ones are compared
LEAST_PATCHES, LEAST_SHARE = 64, 0.1  # whole patches, and their share of the picture
WINDOWS = 2048  # compared at a time: they are unfolded


def has_sources(atlas: Atlas) -> bool:
    """Return whether enough whole patches are known: between dense strokes there are none."""
    known = ~atlas.lost
    return _whole_windows(known, RADIUS).size >= max(LEAST_PATCHES, LEAST_SHARE * known.size)


def without_doubles(shifts: Indices) -> Indices:
    """Return shifts without those that come twice, in their order; never none at all."""
    moved: Indices = shifts[(shifts != 0).any(axis=1)]
    _, first = np.unique(moved, axis=0, return_index=True)
    return moved[np.sort(first)]


def statistics_shifts(atlas: Atlas, rng: np.random.Generator, compute: Compute) -> Indices:
    """Return the offsets at which known patches most often have their like, (k, 2).

    Parameters
    ----------
    atlas : Atlas
        The coarsest scale; its mirror image is not looked at.
    rng : Generator
        Draws which patches are matched.
    compute : Compute
        Asked whether to go on.

    References
    ----------
    K. He, J. Sun, "Image Completion Approaches Using the Statistics of Similar Patches", IEEE
    PAMI 36(12), 2014, doi 10.1109/TPAMI.2014.2330611, section 3.
    """
    known = ~atlas.lost
    sources = _whole_windows(known, RADIUS)
    depth = ndimage.distance_transform_edt(atlas.lost)
    reach = max(12.0, 2.0 * float(depth.max(initial=0.0)))
    near = ndimage.distance_transform_edt(known) <= reach
    targets = sources[near.ravel()[sources]]
    if sources.size < 2 or targets.size == 0:
        return np.empty((0, 2), np.int64)
    if targets.size > TARGETS:
        targets = np.sort(rng.choice(targets, TARGETS, replace=False))
    width = known.shape[1]
    patches = _components(atlas.picture, sources)
    there = np.searchsorted(sources, targets)
    apart = max(known.shape) / 15
    offsets = _nearest_offsets(patches, there, sources, width, apart, compute)
    histogram = _counted(offsets, known.shape)
    histogram = histogram + histogram[::-1, ::-1]
    return _highest(ndimage.gaussian_filter(histogram, 1.0), 5, KEPT)


def rim_shifts(atlas: Atlas, compute: Compute) -> Indices:
    """Return the shifts to places whose surroundings are like those of the rim, (k, 2).

    Parameters
    ----------
    atlas : Atlas
        The coarsest scale, mirror image included.
    compute : Compute
        Asked whether to go on.
    """
    known = ~atlas.unknown
    radius = RIM_RADIUS
    places = _whole_windows(known, radius)
    while places.size < FEWEST and radius > 1:
        radius //= 2
        places = _whole_windows(known, radius)
    rim = inner_rim(atlas)[::RIM_STEP]
    if places.size == 0 or rim.size == 0:
        return np.empty((0, 2), np.int64)
    best = _alike(atlas, rim, places, radius, compute)
    width = atlas.shape[1]
    votes = np.zeros((2 * atlas.shape[0] + 1, 2 * width + 1), np.float32)
    at = atlas.shape[0], width
    for target, found in zip(rim, best, strict=True):
        rows, columns = found // width - target // width, found % width - target % width
        votes[rows + at[0], columns + at[1]] += 1.0
    return _highest(ndimage.gaussian_filter(votes, 1.0), 5, KEPT)


def patch_shifts(atlas: Atlas, filled: Plane, kept: int, compute: Compute) -> Indices:
    """Return the offsets from patches over a filled hole to the most similar known ones, (k, 2).

    Parameters
    ----------
    atlas : Atlas
        The coarsest scale, mirror image included.
    filled : (H, W, C) float32 array
        The picture with its hole filled.
    kept : int
        Most shifts to return.
    compute : Compute
        Asked whether to go on.
    """
    places = _whole_windows(~atlas.unknown, RADIUS)
    over = ndimage.binary_dilation(atlas.hole, iterations=RADIUS)
    inside = np.zeros_like(over)
    inside[RADIUS:-RADIUS, RADIUS : atlas.width - RADIUS] = True
    targets = np.flatnonzero(over & inside)
    if places.size == 0 or targets.size == 0:
        return np.empty((0, 2), np.int64)
    colours = atlas.colours.copy()
    colours[:, : atlas.width] = filled
    both = np.concatenate([places, targets])
    patches = _components(colours, both, like=places.size)
    there = np.arange(places.size, both.size)
    width = atlas.shape[1]
    offsets = _nearest_offsets(patches, there, both, width, 0.0, compute, among=places.size)
    return _highest(ndimage.gaussian_filter(_counted(offsets, atlas.shape), 0.7), 3, kept)


def inner_rim(atlas: Atlas) -> Indices:
    """Return the flat indices of hole pixels beside known ones, in reading order."""
    known = ~atlas.unknown
    known[:, atlas.width :] = False
    return np.flatnonzero(atlas.hole & ndimage.binary_dilation(known))


def _whole_windows(known: Hole, radius: int) -> Indices:
    """Return the flat indices of the centres of windows without an unknown pixel."""
    whole = np.zeros_like(known)
    side = 2 * radius + 1
    if min(known.shape) >= side:
        inner = slice(radius, -radius)
        whole[inner, inner] = ndimage.minimum_filter(known, side)[inner, inner]
    return np.flatnonzero(whole)


def _components(colours: Plane, centres: Indices, like: int | None = None) -> Values:
    """Return the principal components of patches, (n, k); found on the first `like` of them."""
    side = 2 * RADIUS + 1
    windows = sliding_window_view(colours, (side, side), axis=(0, 1))
    row, column = np.divmod(centres, colours.shape[1])
    patches = windows[row - RADIUS, column - RADIUS].reshape(centres.size, -1)
    base = patches[:like]
    centred = patches - base.mean(axis=0)
    first = centred[:like].astype(np.float64)
    _, vectors = np.linalg.eigh(first.T @ first)
    return np.ascontiguousarray(centred @ vectors[:, ::-1][:, :COMPONENTS].astype(np.float32))


def _nearest_offsets(
    patches: Values,
    targets: Indices,
    places: Indices,
    width: int,
    apart: float,
    compute: Compute,
    *,
    among: int | None = None,
) -> Indices:
    """Return the offset from each target to the most similar patch that is not too near, (n, 2).

    `patches` are those of all `places`, and targets numbers of them. Only the first `among` are
    looked at, and none that is nearer than `apart`.
    """
    known = patches[:among]
    lengths = np.einsum("ij,ij->i", known, known)
    rows, columns = np.divmod(places, width)
    found = []
    for start in range(0, targets.size, BLOCK):
        compute.check()
        block = targets[start : start + BLOCK]
        distance = lengths - 2 * (patches[block] @ known.T)
        if apart > 0:
            near = np.maximum(
                np.abs(rows[:among] - rows[block, None]),
                np.abs(columns[:among] - columns[block, None]),
            )
            distance[near < apart] = np.inf
        best = distance.argmin(axis=1)
        fine = np.isfinite(distance[np.arange(block.size), best])
        offsets = np.stack([rows[best] - rows[block], columns[best] - columns[block]], axis=1)
        found.append(offsets[fine])
    return np.concatenate(found)


def _counted(offsets: Indices, shape: tuple[int, ...]) -> Values:
    """Return how often each offset comes; the middle is no offset at all."""
    histogram = np.zeros((2 * shape[0] + 1, 2 * shape[1] + 1), np.float32)
    np.add.at(histogram, (offsets[:, 0] + shape[0], offsets[:, 1] + shape[1]), 1.0)
    return histogram


def _highest(votes: Values, side: int, kept: int) -> Indices:
    """Return the offsets at the highest local maxima of a histogram, (k, 2)."""
    peaks = np.flatnonzero((votes == ndimage.maximum_filter(votes, side)) & (votes > 1e-3))
    best = peaks[np.argsort(-votes.ravel()[peaks], kind="stable")[:kept]]
    rows, columns = np.divmod(best, votes.shape[1])
    return np.stack([rows - votes.shape[0] // 2, columns - votes.shape[1] // 2], axis=1)


def _alike(
    atlas: Atlas, rim: Indices, places: Indices, radius: int, compute: Compute
) -> list[Indices]:
    """Return, for each pixel of the rim, the places whose windows are most like its own.

    The distance is the mean over what is known around the pixel, nearer pixels counting more.
    """
    weights, wanted = _rim_windows(atlas, rim, radius)
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    weights = weights / total
    channels = atlas.colours.shape[-1]
    spread = np.repeat(weights, channels, axis=1)
    linear = -2 * spread * wanted
    distance = np.empty((rim.size, places.size), np.float32)
    for start, windows in _unfolded(atlas.colours, places, radius):
        compute.check()
        part = spread @ (windows * windows).T + linear @ windows.T
        distance[:, start : start + len(windows)] = part
    return [_apart(row, places, atlas.shape[1]) for row in distance]


def _apart(distance: Values, places: Indices, width: int) -> Indices:
    """Return the best places of which none is within 3 pixels of a better one."""
    best = places[np.argsort(distance, kind="stable")[: 60 * RIM_BEST]]
    found: list[int] = []
    for place in best:
        near = (
            max(abs(place // width - other // width), abs(place % width - other % width)) <= 3
            for other in found
        )
        if not any(near):
            found.append(int(place))
        if len(found) == RIM_BEST:
            break
    return np.array(found, np.int64)


def _rim_windows(atlas: Atlas, rim: Indices, radius: int) -> tuple[Values, Values]:
    """Return weights, (n, w), and colours, (n, w C), of the windows around pixels of the rim."""
    pad = [(radius, radius)] * 2
    known = np.pad(~atlas.unknown, pad).astype(np.float32)
    known[:, radius + atlas.width :] = 0.0  # the mirror image is no part of the surroundings
    colours = np.pad(atlas.colours, [*pad, (0, 0)])
    steps = np.arange(-radius, radius + 1)
    fall = np.exp(-(steps**2) / (2 * (0.6 * radius) ** 2)).astype(np.float32)
    side = 2 * radius + 1
    row, column = np.divmod(rim, atlas.shape[1])
    seen = sliding_window_view(known, (side, side))[row, column] * np.outer(fall, fall)
    shown = sliding_window_view(colours, (side, side), axis=(0, 1))[row, column]
    shown = np.moveaxis(shown, 1, -1)  # (n, side, side, C)
    return seen.reshape(rim.size, -1), np.ascontiguousarray(shown).reshape(rim.size, -1)


def _unfolded(colours: Plane, places: Indices, radius: int) -> Iterator[tuple[int, Values]]:
    """Yield windows around places as rows of numbers, some at a time, and where they begin."""
    side = 2 * radius + 1
    windows = sliding_window_view(colours, (side, side), axis=(0, 1))
    for start in range(0, places.size, WINDOWS):
        row, column = np.divmod(places[start : start + WINDOWS], colours.shape[1])
        part = np.moveaxis(windows[row - radius, column - radius], 1, -1)
        yield start, np.ascontiguousarray(part).reshape(len(part), -1)
