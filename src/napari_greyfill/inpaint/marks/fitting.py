"""Which mark explains what is recorded: where it is, what it does to the light.

A fill from around is what is expected behind a mark. So what is recorded is a straight line in it,
whose slope is the share of light that passes, and is made no gentler by what a fill cannot know.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.marks.mark import (
    LEAST_PASSES,
    SOFT,
    Map,
    Mark,
    Scene,
    grey_of,
    like,
)
from napari_greyfill.inpaint.spectral import Spectral

__all__ = ["continued", "explained", "supports"]

NEAR, FAR = 2.0, 9.0  # depths in the mark between which the fill is trusted to say what is behind
LEAST = 24  # pixels that a fit needs
MOST_PASSES = 1.02
PATCH = 25.0  # pixels that err together, so that so many count for one
SIGNIFICANT = 2.5  # standard errors
PLAIN = 1.1  # times the square error that nothing added may cost
SMOOTH = 8.0  # pixels; sigma of what is even within a mark that is not
ROUNDS = 3  # of leaving out what fits worst
WORST = 2.5  # deviations
RINGS = 12  # of equal area, from the rim to the middle of a shadow
APART = 0.07  # natural logarithm between a mark and what is beside it under the mask
_TINY = 1e-38


def supports(scene: Scene, fill: Plane) -> list[Hole]:
    """Return what of the painted piece may be the mark: all of it, and what stands out of it.

    Parameters
    ----------
    scene : Scene
        The painted piece, and what is recorded there.
    fill : (H, W) or (H, W, 3) float32 array
        The picture, filled.
    """
    own = scene.own
    found = [own]
    grey, guess = (grey_of(plane) - scene.black for plane in (scene.recorded, fill))
    ratio = _mean(grey, own, 1.5) / np.maximum(_mean(guess, own, 1.5), _TINY)
    logs = np.log(np.clip(ratio, 0.01, 100.0))
    values = np.sort(logs[own])
    cut = _two_means(values)
    if cut is None or values[-1] <= cut:  # as where the mark hides everything alike
        return found
    low, high = values[values <= cut].mean(), values[values > cut].mean()
    dark = abs(low) > abs(high)
    part = own & ((logs <= cut) if dark else (logs > cut))
    if high - low <= APART:
        return found
    for _ in range(2):
        part = _tidy(part)
        if not LEAST <= np.count_nonzero(part) < 0.97 * np.count_nonzero(own):
            return found
        part = _sorted_out(scene, part, fill)
    part = _tidy(part)
    if LEAST <= np.count_nonzero(part) < 0.97 * np.count_nonzero(own):
        found.append(part)
    return found


def _tidy(part: Hole) -> Hole:
    """Return a part without gaps and crumbs."""
    closed = ndimage.binary_closing(np.pad(part, 3), iterations=2)[3:-3, 3:-3]
    labels, count = ndimage.label(ndimage.binary_fill_holes(closed))
    sizes = np.bincount(labels.ravel())[1:]
    kept = np.flatnonzero(sizes >= max(12, 0.05 * sizes.max(initial=0))) + 1
    return np.isin(labels, kept) if count else np.zeros_like(part)


def _sorted_out(scene: Scene, part: Hole, fill: Plane) -> Hole:
    """Return where what is recorded is more like the fill seen through a mark than like the fill.

    What the mark does to the light is taken from a first guess of where it is.
    """
    both = (scene.recorded, fill)
    seen, behind = (np.atleast_3d(plane).astype(np.float64) - scene.black for plane in both)
    covered = np.empty_like(behind)
    for channel in range(behind.shape[-1]):
        x, y = behind[..., channel][part], seen[..., channel][part]
        covered[..., channel] = behind[..., channel] * (float(x @ y) / max(float(x @ x), _TINY))
    off = [
        ndimage.gaussian_filter(((seen - guess) ** 2).sum(axis=-1) * scene.own, 1.5)
        for guess in (behind, covered)
    ]
    return np.asarray(scene.own & (off[1] < off[0]))


def continued(scene: Scene, support: Hole, compute: Compute) -> Generator[float, None, Plane]:
    """Return the picture with the mark, and what it may reach into, filled from around.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    support : (H, W) bool array
        The mark.
    compute : Compute
        Says when to stop.
    """
    hole = _reach(scene, support) | scene.lost
    given = np.where(like(hole, scene.recorded), np.float32(0), scene.recorded)
    fill = yield from Spectral(compute).run(given, hole)
    return fill.plane


def _reach(scene: Scene, support: Hole) -> Hole:
    """Return the mark and what it may reach into, within what is painted."""
    return np.asarray(ndimage.binary_dilation(support, iterations=SOFT) & scene.own)


def explained(
    scene: Scene, support: Hole, fill: Plane, *, fades: bool, smooth: bool = False
) -> Mark | None:
    """Return the mark that explains what is recorded; None if nothing that a mark could be does.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    support : (H, W) bool array
        Where the mark may be.
    fill : array like what is recorded
        As `continued` returns it.
    fades : bool
        Whether it fades from its middle outwards, as a shadow does.
    smooth : bool
        Whether the share of light of one that does not may differ from place to place.
    """
    return _shaded(scene, fill) if fades else _fitted(scene, support, fill, smooth=smooth)


def _shaded(scene: Scene, fill: Plane) -> Mark | None:
    """Return the mark that takes a share of the light that depends on the depth in it alone.

    Such is a shadow that fades from its middle outwards.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    fill : array like what is recorded
        With all of the painted piece filled.
    """
    depth = ndimage.distance_transform_edt(np.pad(scene.own, 1))[1:-1, 1:-1]
    seen = np.atleast_3d(scene.recorded).astype(np.float64) - scene.black
    behind = np.atleast_3d(fill).astype(np.float64) - scene.black
    usable = scene.own & ~scene.lost
    edges = np.unique(np.percentile(depth[usable], np.linspace(0, 100, RINGS + 1)))
    if len(edges) < 4:
        return None
    at, shares = [], []
    for low, high in pairwise(edges):
        ring = usable & (depth >= low) & ((depth < high) | (high == edges[-1]))
        power = (behind[ring] ** 2).sum(axis=0)
        if not ring.any() or power.min() <= 0:
            continue
        at.append(float(depth[ring].mean()))
        shares.append((seen[ring] * behind[ring]).sum(axis=0) / power)
    gains = np.clip(np.array(shares), LEAST_PASSES, 1.0)
    if len(at) < 3 or gains.min() >= 0.98:
        return None
    maps = [np.interp(depth, np.r_[0.0, at], np.r_[1.0, channel]) for channel in gains.T]
    evens = np.where(scene.own[..., None], np.stack(maps, axis=-1), 1.0)
    evens = ndimage.gaussian_filter(evens, (1.0, 1.0, 0.0))
    evens = np.where(scene.own[..., None], evens, 1.0)
    cover = np.clip(
        (1 - evens.mean(axis=-1)) / max(1 - float(gains.mean(axis=1).min()), 1e-3), 0, 1
    )
    channels = gains.shape[1]
    return Mark(
        cover,
        gains.min(axis=0),
        np.zeros(channels),
        scene.black,
        evens[..., 0] if scene.recorded.ndim == 2 else evens,
        replaces=True,
    )


def _fitted(scene: Scene, support: Hole, fill: Plane, *, smooth: bool = False) -> Mark | None:
    """Return the mark that explains what is recorded as what is filled, seen through it.

    A fill is what is expected behind the mark, so that what is recorded is a straight line in it
    whose slope is not made gentler by what the fill does not know.
    """
    inside = ndimage.distance_transform_edt(np.pad(support, 1))[1:-1, 1:-1]
    outside = ndimage.distance_transform_edt(~support)
    depth = np.where(support, inside, 1 - outside)
    deepest = float(inside.max())
    start = min(NEAR + 0.5, max(1.0, 0.6 * deepest))
    core = support & (depth >= start) & (depth <= max(FAR, start)) & ~scene.lost
    if np.count_nonzero(core) < LEAST:
        return None
    seen = np.atleast_3d(scene.recorded).astype(np.float64)[core] - scene.black
    behind = np.atleast_3d(fill).astype(np.float64)[core] - scene.black
    lines = [_line(x, y) for x, y in zip(behind.T, seen.T, strict=True)]
    found = [line for line in lines if line is not None]
    if len(found) < len(lines):
        return None
    costs = sum(line.through_cost for line in found) / max(sum(line.cost for line in found), _TINY)
    sure = any(abs(line.offset) > SIGNIFICANT * line.error for line in found)
    passes = np.array([line.slope if sure and costs > PLAIN else line.through for line in found])
    adds = np.array([line.offset if sure and costs > PLAIN else 0.0 for line in found])
    if passes.min() < LEAST_PASSES or passes.max() > MOST_PASSES:
        return None
    area = _reach(scene, support)
    cover = _cover(scene, fill, depth, start, area, passes, adds)
    mark = Mark(cover, passes, adds, scene.black)
    return mark if not smooth else replace(mark, evens=_evens(scene, mark, fill, core, area))


@dataclass(frozen=True)
class _Line:
    """A straight line, with an offset and through the origin, and the square errors of both."""

    slope: float
    offset: float
    error: float
    through: float
    cost: float
    through_cost: float


def _line(x: Map, y: Map) -> _Line | None:
    """Return the line of y over x, without what fits worst; None if next to nothing fits."""
    kept = np.ones(len(x), bool)
    slope = offset = 0.0
    for _ in range(ROUNDS):
        a, b = x[kept], y[kept]
        spread = float(((a - a.mean()) ** 2).sum())
        if spread <= 0:
            return None
        slope = float(((a - a.mean()) * (b - b.mean())).sum() / spread)
        offset = float(b.mean() - slope * a.mean())
        off = y - slope * x - offset
        noise = float(np.median(np.abs(off[kept]))) * 1.4826
        kept = np.abs(off) <= WORST * max(noise, _TINY)
        if np.count_nonzero(kept) < LEAST // 2:
            return None
    a, b = x[kept], y[kept]
    through = float(a @ b) / max(float(a @ a), _TINY)
    spread = max(float(((a - a.mean()) ** 2).sum()), _TINY)
    cost = float(np.mean((b - slope * a - offset) ** 2))
    error = float(np.sqrt(cost * PATCH * (1 / len(a) + a.mean() ** 2 / spread)))
    return _Line(slope, offset, error, through, cost, float(np.mean((b - through * a) ** 2)))


def _cover(
    scene: Scene,
    fill: Plane,
    depth: Map,
    start: float,
    area: Hole,
    passes: NDArray[np.float64],
    adds: NDArray[np.float64],
) -> Map:
    """Return how far the mark covers each pixel, by its depth in the mark."""
    behind = np.atleast_3d(fill).astype(np.float64) - scene.black
    seen = np.atleast_3d(scene.recorded).astype(np.float64) - scene.black
    change = behind * (passes - 1) + adds
    cover = np.where(area & (depth >= start), 1.0, 0.0)
    shares: list[tuple[float, float]] = []
    for step in range(-SOFT, int(np.ceil(start))):
        ring = area & (depth > step) & (depth <= step + 1) & ~scene.lost
        if not ring.any():
            continue
        size = float((change[ring] ** 2).sum())
        share = float((change[ring] * (seen - behind)[ring]).sum()) / max(size, _TINY)
        shares.append((step + 0.5, float(np.clip(share, 0, 1))))
    if not shares:
        return cover
    at, covers = np.array(shares).T
    covers = np.maximum.accumulate(covers)
    rim = area & (depth < start)
    cover[rim] = np.interp(
        depth[rim] - 0.0, np.append(at + 0.5, start + 0.5), np.append(covers, 1.0)
    )
    return cover


def _evens(scene: Scene, mark: Mark, fill: Plane, core: Hole, area: Hole) -> Map:
    """Return by what the share of light differs from place to place, as the rim tells."""
    lit = np.atleast_3d(mark.behind(scene.recorded)) - scene.black
    behind = np.atleast_3d(fill).astype(np.float64) - scene.black
    maps = []
    for channel in range(lit.shape[-1]):
        upper = np.where(core, lit[..., channel] * behind[..., channel], 0)
        lower = np.where(core, behind[..., channel] ** 2, 0)
        total = [np.zeros(core.shape), np.zeros(core.shape)]
        for sigma, weight in ((SMOOTH, 1.0), (4 * SMOOTH, 1e-3)):  # the second reaches everywhere
            for index, part in enumerate((upper, lower)):
                total[index] += weight * ndimage.gaussian_filter(part, sigma)
        ratio = total[0] / np.maximum(total[1], _TINY)
        maps.append(np.where(area & (total[1] > 0), np.clip(ratio, 0.5, 2.0) ** mark.cover, 1.0))
    evens = np.stack(maps, axis=-1)
    return evens[..., 0] if scene.recorded.ndim == 2 else evens


def _two_means(values: Map) -> float | None:
    """Return the value that splits sorted ones into two groups with the least spread in them."""
    count = len(values)
    if count < 2 * LEAST:
        return None
    low = np.arange(1, count)
    sums = np.cumsum(values)
    between = (sums[:-1] / low - (sums[-1] - sums[:-1]) / (count - low)) ** 2
    best = int(np.argmax(between * low * (count - low)))
    return float(values[best])


def _mean(plane: Map, where: Hole, sigma: float) -> Map:
    """Return the local mean of what lies in a part."""
    share = ndimage.gaussian_filter(where.astype(np.float64), sigma)
    return np.asarray(
        ndimage.gaussian_filter(np.where(where, plane, 0.0), sigma) / np.maximum(share, 1e-9)
    )
