"""Choose a shift for every target: at the coarsest scale, then finer and finer."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.shifts.atlas import Atlas
from napari_greyfill.inpaint.shifts.cut import better_where
from napari_greyfill.inpaint.shifts.energy import Energy

__all__ = ["chosen", "refined"]

Indices = NDArray[np.int64]
Values = NDArray[np.float32]

SWEEPS = 3  # over all shifts, at most
LEAST_GAIN = 1e-3  # of the energy, below which a sweep is the last
REACH = 4  # pixels that a region may grow at a finer scale
ROUNDS = 2  # in which regions are moved by a pixel
STEPS = np.array([(0, 0), *((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x)])


def chosen(
    energy: Energy,
    shifts: Indices,
    alone: Values,
    rng: np.random.Generator,
    compute: Compute,
    *,
    start: Indices | None = None,
    sweeps: int = SWEEPS,
    last: int = 0,
) -> Generator[float, None, Indices]:
    """Return the number of a shift for every target of the coarsest scale.

    Parameters
    ----------
    energy : Energy
        Of this scale.
    shifts : (k, 2) int array
        To choose from.
    alone : (k, n) float32 array
        What each costs each target by itself.
    rng : Generator
        The order in which shifts are tried.
    compute : Compute
        Asked whether to go on.
    start : (n,) int array, optional
        Where to start from; by default what is best for each target by itself.
    sweeps : int
        Over all shifts, at most.
    last : int
        So many of the last shifts are tried after all others, in their order.
    """
    labels = alone[: len(shifts) - last].argmin(axis=0) if start is None else start.copy()
    p, q = energy.atlas.edges
    targets = np.arange(labels.size)
    keep = _pair(energy, shifts, labels, labels, p, q)
    now = float(alone[labels, targets].sum() + keep.sum())
    for sweep in range(sweeps):
        before = now
        others = len(shifts) - last
        order = np.concatenate([rng.permutation(others), np.arange(others, len(shifts))])
        for done, label in enumerate(order):
            compute.check()
            yield (sweep + done / len(shifts)) / sweeps
            wanted = np.full_like(labels, label)
            second = _pair(energy, shifts, labels, wanted, p, q)
            first = _pair(energy, shifts, wanted, labels, p, q)
            change = alone[label] - alone[labels, targets]
            change = np.where(labels == label, 0.0, change)
            taken = better_where(change, (p, q), (keep, second, first))
            tried = np.where(taken, label, labels)
            seams = _pair(energy, shifts, tried, tried, p, q)
            cost = float(alone[tried, targets].sum() + seams.sum())
            if cost < now:
                labels, keep, now = tried, seams, cost
        if before - now < LEAST_GAIN * before:
            break
    return labels


def _pair(
    energy: Energy, shifts: Indices, one: Indices, two: Indices, p: Indices, q: Indices
) -> Values:
    """Return what pairs cost if their first targets have these shifts and their second those."""
    found = np.zeros(p.size, np.float32)
    differ = np.flatnonzero(one[p] != two[q])
    a, b = p[differ], q[differ]
    found[differ] = energy.seams(a, b, shifts[one[a]], shifts[two[b]])
    return found


class _Regions:
    """Targets of one scale in regions that are copied as a whole, each with a shift of its own."""

    def __init__(self, atlas: Atlas, shifts: Indices) -> None:
        """Find the connected parts of equal shifts, (n, 2)."""
        self.atlas = atlas
        kinds, kind = np.unique(shifts, axis=0, return_inverse=True)
        plane = np.full(atlas.hole.size, -1)
        plane[atlas.targets] = kind.ravel()
        plane = plane.reshape(atlas.shape)
        self.of = np.empty(len(shifts), np.int64)
        found: list[Indices] = []
        for number, shift in enumerate(kinds):
            parts, count = ndimage.label(plane == number)
            inside = parts.ravel()[atlas.targets]
            mine = inside > 0
            self.of[mine] = inside[mine] - 1 + len(found)
            found += [shift] * count
        self.shifts = np.array(found).reshape(-1, 2)

    def members(self) -> list[Indices]:
        """Return the numbers of the targets of each region."""
        order = np.argsort(self.of, kind="stable")
        ends = np.cumsum(np.bincount(self.of, minlength=len(self.shifts)))
        return np.split(order, ends[:-1])


def refined(
    coarse: Atlas, shifts: Indices, energy: Energy, compute: Compute
) -> Generator[float, None, Indices]:
    """Return the shifts of the targets at twice the size, (n, 2).

    Regions keep together: each is moved by a pixel where that fits better, and its border is
    cut anew.

    Parameters
    ----------
    coarse : Atlas
        The scale before.
    shifts : (m, 2) int array
        Of its targets.
    energy : Energy
        Of this scale.
    compute : Compute
        Asked whether to go on.
    """
    atlas = energy.atlas
    regions = _Regions(atlas, 2 * _enlarged(coarse, shifts, atlas))
    _align(energy, regions, compute)
    yield 0.4
    _repair(atlas, regions)
    yield from _reseam(energy, regions, compute)
    return regions.shifts[regions.of]


def _enlarged(coarse: Atlas, shifts: Indices, atlas: Atlas) -> Indices:
    """Return the coarse shift that each target lies under, or the nearest one."""
    near = ndimage.distance_transform_edt(
        ~coarse.hole, return_distances=False, return_indices=True
    )
    row, column = np.divmod(atlas.targets, atlas.shape[1])
    y, x = near[:, row // 2, column // 2]
    return np.asarray(shifts[coarse.number[y * coarse.shape[1] + x]])


def _align(energy: Energy, regions: _Regions, compute: Compute) -> None:
    """Move each region by a pixel where that makes it fit better, large regions first."""
    p, q = energy.atlas.edges
    members = regions.members()
    outer = np.flatnonzero(regions.of[p] != regions.of[q])
    touching = _by_region(regions, p[outer], q[outer], len(members))
    order = sorted(range(len(members)), key=lambda number: -len(members[number]))
    for _ in range(ROUNDS):
        moved = False
        for number in order:
            compute.check()
            a, b = (ends[outer[touching[number]]] for ends in (p, q))
            mine = regions.of[a] == number
            costs = []
            for step in STEPS:
                trial = regions.shifts[number] + step
                one = np.where(mine[:, None], trial, regions.shifts[regions.of[a]])
                two = np.where(mine[:, None], regions.shifts[regions.of[b]], trial)
                seam = energy.seams(a, b, one, two).sum(dtype=np.float64)
                costs.append(seam + energy.alone(members[number], trial).sum(dtype=np.float64))
            best = int(np.argmin(costs))
            if costs[best] < costs[0] - 1e-9:
                regions.shifts[number] += STEPS[best]
                moved = True
        if not moved:
            return


def _by_region(regions: _Regions, p: Indices, q: Indices, count: int) -> list[Indices]:
    """Return which pairs of neighbours touch each region."""
    both = np.concatenate([regions.of[p], regions.of[q]])
    pair = np.concatenate([np.arange(p.size)] * 2)
    order = np.argsort(both, kind="stable")
    ends = np.cumsum(np.bincount(both, minlength=count))
    return [np.unique(part) for part in np.split(pair[order], ends[:-1])]


def _repair(atlas: Atlas, regions: _Regions) -> None:
    """Give targets without a source the shift of the nearest one that has one for them too."""
    _, good = atlas.sources(atlas.targets, regions.shifts[regions.of])
    bad = np.flatnonzero(~good)
    if bad.size == 0 or not good.any():
        return
    row, column = np.divmod(atlas.targets, atlas.shape[1])
    of = np.flatnonzero(good)
    for target in bad:
        distance = (row[of] - row[target]) ** 2 + (column[of] - column[target]) ** 2
        for region in _nearest_first(regions.of[of], distance):
            _, fine = atlas.sources(atlas.targets[target : target + 1], regions.shifts[region])
            if fine[0]:
                regions.of[target] = region
                break


def _nearest_first(regions: Indices, distance: Indices) -> Indices:
    """Return regions without doubles by their least distance."""
    order = np.argsort(distance, kind="stable")
    found, first = np.unique(regions[order], return_index=True)
    return np.asarray(found[np.argsort(first)])


def _reseam(energy: Energy, regions: _Regions, compute: Compute) -> Generator[float, None, None]:
    """Cut the borders of regions anew, each region once, within a few pixels."""
    atlas = energy.atlas
    p, q = atlas.edges
    neighbours = _Neighbours(p, q, atlas.targets.size)
    for number, shift in enumerate(regions.shifts):
        compute.check()
        if number % 16 == 0:
            yield 0.4 + 0.6 * number / len(regions.shifts)
        inside = np.flatnonzero(regions.of == number)
        if inside.size == 0:
            continue
        nodes = neighbours.around(inside, REACH)
        nodes = nodes[regions.of[nodes] != number]
        if nodes.size == 0:
            continue
        shifts = regions.shifts[regions.of[nodes]]
        change = energy.alone(nodes, shift).astype(np.float64)
        for region in np.unique(regions.of[nodes]):
            mine = np.flatnonzero(regions.of[nodes] == region)
            change[mine] -= energy.alone(nodes[mine], regions.shifts[region])
        taken = _cut(energy, regions, neighbours, nodes, shifts, number, change)
        regions.of[nodes[taken]] = number


class _Neighbours:
    """Which pairs of neighbours each target belongs to."""

    def __init__(self, p: Indices, q: Indices, count: int) -> None:
        self.p, self.q = p, q
        ends = np.concatenate([p, q])
        self._order = np.argsort(ends, kind="stable") % p.size if p.size else ends
        self._start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])

    def pairs(self, nodes: Indices) -> Indices:
        """Return the pairs with at least one of some targets."""
        counts = self._start[nodes + 1] - self._start[nodes]
        first = np.repeat(
            self._start[nodes] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts
        )
        return np.unique(self._order[first + np.arange(counts.sum())])

    def around(self, nodes: Indices, steps: int) -> Indices:
        """Return targets that are at most so many steps away."""
        found, front = nodes, nodes
        for _ in range(steps):
            pairs = self.pairs(front)
            reached = np.unique(np.concatenate([self.p[pairs], self.q[pairs]]))
            front = np.setdiff1d(reached, found, assume_unique=True)
            found = np.union1d(found, front)
            if front.size == 0:
                break
        return found


def _cut(
    energy: Energy,
    regions: _Regions,
    neighbours: _Neighbours,
    nodes: Indices,
    shifts: Indices,
    number: int,
    change: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which targets are better off in a region."""
    wanted = regions.shifts[number]
    pairs = neighbours.pairs(nodes)
    a, b = neighbours.p[pairs], neighbours.q[pairs]
    place = np.full(energy.atlas.targets.size, -1)
    place[nodes] = np.arange(nodes.size)
    at, to = place[a], place[b]
    both = (at >= 0) & (to >= 0)
    of_a, of_b = regions.shifts[regions.of[a]], regions.shifts[regions.of[b]]
    all_wanted = np.broadcast_to(wanted, of_a.shape)
    for mine, other, fixed in ((at, to, True), (to, at, False)):
        edge = np.flatnonzero((mine >= 0) & (other < 0))
        one, two = (a[edge], b[edge])
        keep = energy.seams(one, two, of_a[edge], of_b[edge])
        new = (all_wanted[edge], of_b[edge]) if fixed else (of_a[edge], all_wanted[edge])
        change += np.bincount(
            mine[edge], energy.seams(one, two, *new) - keep, minlength=nodes.size
        )
    one, two = a[both], b[both]
    keep = energy.seams(one, two, of_a[both], of_b[both])
    second = energy.seams(one, two, of_a[both], all_wanted[both])
    first = energy.seams(one, two, all_wanted[both], of_b[both])
    return better_where(change, (at[both], to[both]), (keep, second, first))
