"""Whether light passes through a mark: fine structure that goes on from outside says so.

What is seen in a mark near its rim is compared with what a fill expects there, which knows nothing
of it. How well things go with the fill that have nothing to do with it is found out with pieces of
the same picture from elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.marks.mark import Map, Mark, Scene, grey_of

__all__ = ["agreement", "evidence", "unevenness"]

FINE = 4.0  # pixels; sigma of what is left out of fine structure
EVEN = 8.0  # pixels; sigma of what is no structure at all
BAND = 7.0  # depth in the mark, in pixels, to which a fill knows fine structure
MOST, HALF = 0.8, 0.5  # cover of a mark, and of one that fades, whose structure is compared
AMOUNTS = (0.5, 2.0)  # of the structure expected, what shows through must have
RIM = 4.0  # pixels that a mask may be too wide
OTHERS = 48  # pieces from elsewhere
FEWEST = 12
FREE = 0.7  # share of such a piece that has to be known
CLOSEST = 0.99  # correlation; beyond, rounding decides
LEAST_SPREAD = 0.05  # of what chance gives
LEAST = 24  # pixels


def agreement(scene: Scene, mark: Mark, fill: Plane, seen: NDArray[np.floating]) -> float:
    """Return the correlation of the fine structures of a fill and of what is seen, -1 to 1.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    mark : Mark
        Where structure is compared.
    fill : array like what is recorded
        From around the mark.
    seen : array like what is recorded
        With the mark taken back, or the truth.
    """
    box = _box(mark)
    band, within = _parts(scene, mark, box)
    return _goes(grey_of(fill)[box.slices], grey_of(seen)[box.slices], band, within)


def evidence(scene: Scene, mark: Mark, fill: Plane) -> float:
    """Return how far what is seen goes with a fill, in standard deviations beyond chance.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    mark : Mark
        What would have to be taken back.
    fill : array like what is recorded
        From around the mark.
    """
    lit = mark.behind(scene.recorded)
    own = agreement(scene, mark, fill, lit)
    if not AMOUNTS[0] <= _amount(scene, mark, fill, lit) <= AMOUNTS[1]:
        return 0.0
    chance = _by_chance(scene, mark, fill)
    if len(chance) < FEWEST:
        return 0.0
    bent = np.arctanh(np.clip(chance, -CLOSEST, CLOSEST))  # which makes them a normal distribution
    beyond = np.arctanh(np.clip(own, -CLOSEST, CLOSEST)) - bent.mean()
    return float(beyond / max(bent.std(), LEAST_SPREAD))


def unevenness(scene: Scene, mark: Mark, fill: Plane) -> float:
    """Return how far, over larger parts, what is taken back lies off a fill, as a share of it.

    Parameters
    ----------
    scene, mark, fill
        As in `evidence`.
    """
    box = _box(mark)
    band, _ = _parts(scene, mark, box)
    planes = (mark.behind(scene.recorded), fill)
    lit, behind = (grey_of(plane)[box.slices] - scene.black for plane in planes)
    if not band.any():
        return 0.0
    share = np.maximum(ndimage.gaussian_filter(band.astype(np.float64), EVEN), 1e-6)
    off = ndimage.gaussian_filter(np.where(band, lit - behind, 0.0), EVEN) / share
    level = max(float(np.abs(behind[band]).mean()), 1e-6)
    return float(np.sqrt(np.mean((off[band] / level) ** 2)))


def _amount(scene: Scene, mark: Mark, fill: Plane, lit: Map) -> float:
    """Return how much of the fine structure of a fill there is in what was taken back.

    A fill is what is to be expected, so that it should be all of it. What leaks in from the rim of
    something opaque is less.
    """
    box = _box(mark)
    band, within = _parts(scene, mark, box)
    if not band.any():
        return 0.0
    a, b = (_fine(grey_of(plane)[box.slices], within)[band] for plane in (fill, lit))
    a = a - a.mean()
    return float(a @ b) / max(float(a @ a), 1e-12)


def _by_chance(scene: Scene, mark: Mark, fill: Plane) -> list[float]:
    """Return the correlations of pieces from elsewhere with the fill."""
    rng = np.random.default_rng(0)
    box = _box(mark)
    band, within = _parts(scene, mark, box)
    taken = scene.own | scene.lost
    grey, expected = grey_of(scene.recorded), grey_of(fill)[box.slices]
    (height, width), (rows, columns) = taken.shape, box.shape
    found: list[float] = []
    for _ in range(6 * OTHERS):
        y, x = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
        place = Window(int(y), int(y) + rows, int(x), int(x) + columns)
        other, free = grey[place.slices], ~taken[place.slices]
        if rng.random() < 0.5:
            other, free = other[::-1], free[::-1]
        if rng.random() < 0.5:
            other, free = other[:, ::-1], free[:, ::-1]
        if np.count_nonzero(band & free) >= max(FREE * np.count_nonzero(band), LEAST):
            found.append(_goes(expected, other, band & free, within & free))
        if len(found) == OTHERS:
            break
    return found


def _box(mark: Mark) -> Window:
    box = tight_box(mark.cover > 0)
    assert box is not None  # a mark covers something
    return box


def _parts(scene: Scene, mark: Mark, box: Window) -> tuple[Hole, Hole]:
    """Return where structure is compared, and where it is measured, in a box."""
    within = (mark.cover > (HALF if mark.replaces else MOST)) & ~scene.lost
    depth = ndimage.distance_transform_edt(np.pad(mark.cover > 0.02, 1))[1:-1, 1:-1]
    painted = ndimage.distance_transform_edt(np.pad(scene.own, 1))[1:-1, 1:-1]
    if mark.cover[scene.own & (painted <= 1)].mean() > HALF:
        # all that is painted counts as the mark, so that its rim may be intact, and tells nothing
        intact = min(RIM, 0.5 * float(painted.max()))
        within &= painted > intact
        depth = depth - intact
    return (within & (depth <= BAND))[box.slices], within[box.slices]


def _goes(expected: Map, seen: Map, band: Hole, within: Hole) -> float:
    """Return the correlation of the fine structures of two planes."""
    if np.count_nonzero(band) < LEAST:
        return 0.0
    a, b = (_fine(plane, within)[band] for plane in (expected, seen))
    a, b = a - a.mean(), b - b.mean()
    power = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / power if power > 0 else 0.0


def _fine(plane: Map, within: Hole) -> Map:
    share = ndimage.gaussian_filter(within.astype(np.float64), FINE)
    mean = ndimage.gaussian_filter(np.where(within, plane, 0.0), FINE) / np.maximum(share, 1e-6)
    return np.asarray(plane - mean)
