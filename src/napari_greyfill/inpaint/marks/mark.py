"""A mark over a picture: how much of it covers each pixel, and what it does to the light.

What is recorded under a mark is ``(1 - c) J + c (a J + b)``: c is how far the mark covers the
pixel, a the share of the light that passes, b what the mark adds, as ink of a light colour does.
With c, a and b known, J follows.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.spectral import Spectral

__all__ = ["LEAST_PASSES", "Mark", "Scene", "continued", "fitted", "reach", "shaded", "supports"]

SOFT = 2  # pixels around a mark that it may reach into
NEAR, FAR = 2.0, 9.0  # depths in the mark between which the fill is trusted to say what is behind
LEAST = 24  # pixels that a fit needs
LEAST_PASSES = 0.12  # share of the light; with less, noise is all there is
MOST_PASSES = 1.02
PATCH = 9.0  # pixels that err together, so that so many count for one
SIGNIFICANT = 2.5  # standard errors
SMOOTH = 8.0  # pixels; sigma of what is even within a mark that is not
ROUNDS = 3  # of leaving out what fits worst
WORST = 2.5  # deviations
RINGS = 12  # of equal area, from the rim to the middle of a shadow
APART = 0.07  # natural logarithm between a mark and what is beside it under the mask
_TINY = np.finfo(np.float32).tiny

Map = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """What is recorded in a window, under the mask too.

    Attributes
    ----------
    recorded : (H, W) or (H, W, 3) float32 array
        On a scale on which `black` is no light.
    own : (H, W) bool array
        The painted piece that is asked about.
    lost : (H, W) bool array
        All else that is not known.
    black : float
        The value of no light.
    limits : (float, float)
        The least and the greatest value that can be recorded.
    step : float
        Between two values that can be recorded; 0 for floats.
    """

    recorded: Plane
    own: Hole
    lost: Hole
    black: float = 0.0
    limits: tuple[float, float] = (-np.inf, np.inf)
    step: float = 0.0

    def moved(self, down: int, right: int, mark: Mark) -> Scene | None:
        """Return the scene with its mark laid over known pixels elsewhere; None without room."""
        own = _shifted(self.own, down, right)
        taken = self.own | self.lost
        if own is None or (ndimage.binary_dilation(own, iterations=SOFT) & taken).any():
            return None
        over = mark.shifted(down, right).over(self.recorded)
        if self.step:
            over = np.rint(over / self.step) * self.step
        over = np.clip(over, *self.limits)
        recorded = np.where(_like(own, over), over, self.recorded).astype(np.float32)
        return replace(self, recorded=recorded, own=own, lost=taken)


@dataclass(frozen=True, eq=False)
class Mark:
    """What a mark does to the light.

    Attributes
    ----------
    cover : (H, W) float64 array
        How far it covers each pixel, 0 to 1.
    passes : (C,) array
        Which share of the light passes where it covers all.
    adds : (C,) array
        How much it adds there, in the units of the picture less black.
    black : float
        The value of no light.
    evens : (H, W) or (H, W, 3) array, or None
        By what the share differs from place to place.
    replaces : bool
        Whether `evens` is the share itself.
    """

    cover: Map
    passes: NDArray[np.float64]
    adds: NDArray[np.float64]
    black: float = 0.0
    evens: Map | None = None
    replaces: bool = False

    def _factors(self, like: Plane) -> tuple[Map, Map]:
        cover = self.cover if like.ndim == 2 else self.cover[..., None]
        passes, adds = (self.passes, self.adds) if like.ndim == 3 else (self.passes[0], self.adds[0])
        if self.replaces and self.evens is not None:
            return self.evens, np.zeros(1)
        factor = 1 - cover * (1 - passes)
        return (factor if self.evens is None else factor * self.evens), cover * adds

    def over(self, behind: Plane) -> Map:
        """Return what is recorded of a picture behind the mark."""
        factor, more = self._factors(behind)
        return self.black + factor * (behind.astype(np.float64) - self.black) + more

    def shifted(self, down: int, right: int) -> Mark:
        """Return the mark somewhere else; nothing of it may leave the plane."""
        cover = np.roll(self.cover, (down, right), (0, 1))
        evens = None if self.evens is None else np.roll(self.evens, (down, right), (0, 1))
        return replace(self, cover=cover, evens=evens)

    def behind(self, recorded: Plane) -> Map:
        """Return the picture behind the mark, of which this was recorded."""
        factor, more = self._factors(recorded)
        light = recorded.astype(np.float64) - self.black - more
        return self.black + light / np.maximum(factor, LEAST_PASSES / 2)


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
    grey, guess = (_grey(plane) - scene.black for plane in (scene.recorded, fill))
    ratio = _mean(grey, own, 1.5) / np.maximum(_mean(guess, own, 1.5), _TINY)
    logs = np.log(np.clip(ratio, 0.01, 100.0))
    values = np.sort(logs[own])
    cut = _two_means(values)
    if cut is None:
        return found
    low, high = values[values <= cut].mean(), values[values > cut].mean()
    dark = abs(low) > abs(high)
    part = own & ((logs <= cut) if dark else (logs > cut))
    part = ndimage.binary_opening(part) | (part & ~ndimage.binary_opening(own))
    if high - low > APART and LEAST <= np.count_nonzero(part) < 0.97 * np.count_nonzero(own):
        found.append(np.asarray(part))
    return found


def continued(
    scene: Scene, support: Hole, compute: Compute
) -> Generator[float, None, Plane]:
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
    hole = reach(scene, support) | scene.lost
    given = np.where(_like(hole, scene.recorded), np.float32(0), scene.recorded)
    fill = yield from Spectral(compute).run(given, hole)
    return fill.plane


def reach(scene: Scene, support: Hole) -> Hole:
    """Return the mark and what it may reach into, within what is painted."""
    return np.asarray(ndimage.binary_dilation(support, iterations=SOFT) & scene.own)


def shaded(scene: Scene, fill: Plane) -> Mark | None:
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
    at, shares, sizes = [], [], []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        ring = usable & (depth >= low) & ((depth < high) | (high == edges[-1]))
        power = (behind[ring] ** 2).sum(axis=0)
        if not ring.any() or power.min() <= 0:
            continue
        at.append(float(depth[ring].mean()))
        shares.append((seen[ring] * behind[ring]).sum(axis=0) / power)
        sizes.append(float(np.count_nonzero(ring)))
    gains = np.clip(np.array(shares), LEAST_PASSES, 1.0)
    if len(at) < 3 or gains.min() >= 0.98:
        return None
    maps = [np.interp(depth, np.r_[0.0, at], np.r_[1.0, channel]) for channel in gains.T]
    evens = np.where(scene.own[..., None], np.stack(maps, axis=-1), 1.0)
    evens = ndimage.gaussian_filter(evens, (1.0, 1.0, 0.0))
    evens = np.where(scene.own[..., None], evens, 1.0)
    cover = np.clip((1 - evens.mean(axis=-1)) / max(1 - float(gains.mean(axis=1).min()), 1e-3), 0, 1)
    channels = gains.shape[1]
    return Mark(
        cover,
        gains.min(axis=0),
        np.zeros(channels),
        scene.black,
        evens[..., 0] if scene.recorded.ndim == 2 else evens,
        replaces=True,
    )


def fitted(scene: Scene, support: Hole, fill: Plane, *, smooth: bool = False) -> Mark | None:
    """Return the mark that explains what is recorded as what is filled, seen through it.

    A fill is what is expected behind the mark, so that what is recorded is a straight line in it
    whose slope is not made gentler by what the fill does not know.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    support : (H, W) bool array
        Where the mark may be.
    fill : array like what is recorded
        As `continued` returns it.
    smooth : bool
        Whether the share of light may differ from place to place.

    Returns
    -------
    Mark or None
        None if nothing that a mark could be explains it.
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
    if any(line is None for line in lines):
        return None
    passes, adds = np.array(lines, dtype=np.float64).T
    area = reach(scene, support)
    cover = _cover(scene, fill, depth, start, area, passes, adds)
    mark = Mark(cover, passes, adds, scene.black)
    return mark if not smooth else replace(mark, evens=_evens(scene, mark, fill, core, area))


def _line(x: Map, y: Map) -> tuple[float, float] | None:
    """Return slope and offset of y over x; without an offset unless there surely is one."""
    kept = np.ones(len(x), bool)
    through = float(x @ y / max(x @ x, _TINY))
    slope, offset = through, 0.0
    for _ in range(ROUNDS):
        a, b = x[kept], y[kept]
        spread = float(((a - a.mean()) ** 2).sum())
        if spread <= 0:
            break
        slope = float(((a - a.mean()) * (b - b.mean())).sum() / spread)
        offset = float(b.mean() - slope * a.mean())
        off = y - slope * x - offset
        noise = float(np.median(np.abs(off[kept]))) * 1.4826
        kept = np.abs(off) <= WORST * max(noise, _TINY)
        if np.count_nonzero(kept) < LEAST // 2:
            return None
    a, b = x[kept], y[kept]
    through = float(a @ b / max(a @ a, _TINY))
    spread = float(((a - a.mean()) ** 2).sum())
    noise = float(np.sqrt(np.mean((b - slope * a - offset) ** 2)))
    error = noise * np.sqrt(PATCH * (1 / len(a) + a.mean() ** 2 / max(spread, _TINY)))
    if through < MOST_PASSES and abs(offset) < SIGNIFICANT * error:
        slope, offset = through, 0.0
    return (slope, offset) if LEAST_PASSES <= slope <= MOST_PASSES else None


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
    at, share = np.array(shares).T
    share = np.maximum.accumulate(share)
    rim = area & (depth < start)
    cover[rim] = np.interp(depth[rim] - 0.0, np.append(at + 0.5, start + 0.5), np.append(share, 1.0))
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


def _grey(plane: Plane) -> Map:
    return np.atleast_3d(plane).mean(axis=-1, dtype=np.float64)


def _like(mask: Hole, plane: NDArray[np.floating]) -> Hole:
    return mask if plane.ndim == 2 else mask[..., None]


def _shifted(part: NDArray, down: int, right: int) -> NDArray | None:
    """Return a part moved as a whole; None if anything of it would leave the plane."""
    rows, columns = np.nonzero(part)
    if len(rows) == 0:
        return None
    height, width = part.shape
    if (
        rows.min() + down < 0
        or rows.max() + down >= height
        or columns.min() + right < 0
        or columns.max() + right >= width
    ):
        return None
    moved = np.zeros_like(part)
    moved[rows + down, columns + right] = part[rows, columns]
    return moved
