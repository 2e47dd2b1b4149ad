"""Where to work: crops around groups of holes, with enough known context.

The cost of a fill follows its holes, not the image. A region is the box around one group of
holes (its core) and the window to work in. Groups whose windows overlap share a region, unless
that would make a large and nearly empty one (a thin scratch across a big image), which is cut
into pieces instead. Pieces are filled one after the other, each seeing what the ones before it
filled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from math import isqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from napari_greyfill.image.geometry import Window, group_boxes, tight_box

__all__ = ["LIMIT", "Region", "halves", "neighbours", "plan_regions"]

CONTEXT = 64  # known pixels around a small hole; larger ones get half the side of their area
LIMIT = 1024  # windows with a longer side are cut if they are nearly empty
ENOUGH = 1024  # known pixels that a window shows at least, where others are unknown
SPARSE = 0.1  # "nearly empty": at most this share of the box is hole


@dataclass(frozen=True, order=True)
class Region:
    """A box of holes to fill, and the window around it to work in."""

    core: Window
    window: Window

    def joined(self, other: Region) -> Region:
        """Return the region that does both."""
        return Region(self.core.union(other.core), self.window.union(other.window))


def plan_regions(
    hole: NDArray[np.bool_],
    *,
    context: int = CONTEXT,
    unknown: NDArray[np.bool_] | None = None,
) -> list[Region]:
    """Return the regions to work in, in reading order; their cores cover every hole pixel.

    Parameters
    ----------
    hole : (H, W) bool array
        True where pixels are to be filled.
    context : int
        Fewest known pixels to show around a hole, where the image has them.
    unknown : (H, W) bool array, optional
        Pixels outside the hole that are no source; windows grow until they show others.
    """
    cores = [core for box in group_boxes(hole, reach=2 * context) for core in _cut(hole, box)]
    regions = [_with_context(core, context, hole) for core in cores]
    if unknown is not None:
        lost = hole | unknown
        regions = [_seeing(region, context, lost) for region in regions]
    return sorted(_merged(hole, regions))


def halves(hole: NDArray[np.bool_], region: Region, *, context: int = CONTEXT) -> list[Region]:
    """Return one or two smaller regions that do the work of one.

    The core is cut across its longer side; each half is shrunk to its holes, and its window
    shows `context` known pixels, but nothing that the window of the whole does not show.

    Parameters
    ----------
    hole : (H, W) bool array
        Of the whole image.
    region : Region
        What is to be cut.
    context : int
        In pixels.
    """
    found = []
    for part in _halved(region.core):
        tight = tight_box(hole[part.slices])
        if tight is None:
            continue
        own = tight.moved(part.y0, part.x0)
        window = own.expanded(context, (hole.shape[0], hole.shape[1]))
        shown = window.intersection(region.window)
        assert shown is not None  # the core lies in its window
        found.append(Region(own, shown))
    return found


def _with_context(core: Window, context: int, hole: NDArray[np.bool_]) -> Region:
    margin = max(context, isqrt(np.count_nonzero(hole[core.slices])) // 2)
    return Region(core, core.expanded(margin, (hole.shape[0], hole.shape[1])))


def _seeing(region: Region, context: int, lost: NDArray[np.bool_]) -> Region:
    """Return a region whose window shows enough known pixels, or the whole image."""
    shape = (lost.shape[0], lost.shape[1])
    window, margin = region.window, context
    while window.shape != shape and np.count_nonzero(~lost[window.slices]) < ENOUGH:
        margin *= 2
        window = region.core.expanded(margin, shape)
    return Region(region.core, window)


def _is_sparse(hole: NDArray[np.bool_], box: Window) -> bool:
    """Tell whether a box is long and nearly empty."""
    return max(box.shape) > LIMIT and bool(hole[box.slices].mean() < SPARSE)


def _cut(hole: NDArray[np.bool_], box: Window) -> list[Window]:
    """Halve a sparse box across its longer side until each piece is small or dense."""
    if not _is_sparse(hole, box):
        return [box]
    return [piece for half in _halved(box) for piece in _cut_tight(hole, half)]


def _halved(box: Window) -> tuple[Window, Window]:
    """Cut a box across its longer side."""
    if box.shape[0] >= box.shape[1]:
        middle = (box.y0 + box.y1) // 2
        return replace(box, y1=middle), replace(box, y0=middle)
    middle = (box.x0 + box.x1) // 2
    return replace(box, x1=middle), replace(box, x0=middle)


def _cut_tight(hole: NDArray[np.bool_], box: Window) -> list[Window]:
    tight = tight_box(hole[box.slices])
    if tight is None:
        return []
    return _cut(hole, tight.moved(box.y0, box.x0))


def _merged(hole: NDArray[np.bool_], regions: list[Region]) -> list[Region]:
    """Join regions until no windows overlap, except where the union would be sparse."""
    while True:
        groups = _overlapping(regions)
        joined = [region for group in groups for region in _joined(hole, group)]
        if len(joined) == len(regions):
            return regions
        regions = joined


def _joined(hole: NDArray[np.bool_], group: list[Region]) -> list[Region]:
    union = reduce(Region.joined, group)
    return group if len(group) > 1 and _is_sparse(hole, union.core) else [union]


def _overlapping(regions: list[Region]) -> list[list[Region]]:
    """Return the regions in groups whose windows overlap, directly or through others."""
    regions = sorted(regions, key=lambda region: region.window)
    rows, columns = np.array(_pairs(regions), dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(regions),) * 2)
    count, group_of = connected_components(graph, directed=False)
    groups: list[list[Region]] = [[] for _ in range(count)]
    for region, index in zip(regions, group_of, strict=True):
        groups[index].append(region)
    return groups


def _pairs(regions: list[Region]) -> list[tuple[int, int]]:
    """Return which windows of regions, sorted by their windows, overlap."""
    windows = [region.window for region in regions]
    box = np.array([[w.y0, w.y1, w.x0, w.x1] for w in windows]).reshape(-1, 4)
    pairs: list[tuple[int, int]] = []
    for i, (_, y1, x0, x1) in enumerate(box):
        last = int(np.searchsorted(box[:, 0], y1))  # sorted by y0: later ones start below
        later = box[i + 1 : last]
        meets = np.flatnonzero((later[:, 2] < x1) & (later[:, 3] > x0)) + i + 1
        pairs.extend((i, int(j)) for j in meets)
    return pairs


def neighbours(regions: list[Region]) -> list[list[int]]:
    """Return, for each region, which others its window overlaps."""
    order = sorted(range(len(regions)), key=lambda index: regions[index].window)
    found: list[list[int]] = [[] for _ in regions]
    for i, j in _pairs([regions[index] for index in order]):
        found[order[i]].append(order[j])
        found[order[j]].append(order[i])
    return [sorted(others) for others in found]
