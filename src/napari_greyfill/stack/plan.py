"""Which tasks a stack's holes make: regions of planes, and holes through several planes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.errors import EmptyMaskError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.regions import LIMIT, Region, halves, plan_regions
from napari_greyfill.inpaint.neighbours.bubble import MOST_PLANES
from napari_greyfill.inpaint.neighbours.dust import FEWEST
from napari_greyfill.stack.masks import StackMask
from napari_greyfill.stack.tasks import Task, TaskKind

__all__ = ["measuring", "plan_tasks"]

Hole = NDArray[np.bool_]
Index = tuple[int, ...]

STATIC = 0.5  # damage in this share of the planes, and in `FEWEST` at least, stands still
CHUNK = 12  # planes with static damage that are filled in one task
SOLID = 0.5  # of a box that is hole: it is filled as a whole, however large
LARGEST = 512  # side of a bubble's window, pixels
_AROUND = np.ones((3, 3), dtype=bool)


def plan_tasks(
    mask: StackMask,
    places: Sequence[Sequence[int]],
    context: Sequence[int],
    *,
    static: int | None = None,
) -> list[Task]:
    """Return the tasks of a stack, in the order of its planes.

    Each pixel to fill belongs to exactly one of them.

    Parameters
    ----------
    mask : StackMask
        What is painted.
    places : sequence of sequences of int
        What `chosen_planes` returned.
    context : sequence of int
        The axes along which planes may be filled from each other, the best first.
    static : int, optional
        The axis along which damage at one place of most planes is filled together.

    Raises
    ------
    EmptyMaskError
        If nothing is painted in these planes.
    """
    tasks = [
        task for part in mask.parts for task in _planned(mask.of(part), places, context, static)
    ]
    if not tasks:
        every = all(len(p) == n for p, n in zip(places, mask.axes.stack_shape, strict=True))
        where = "" if every else " in the planes that were chosen"
        raise EmptyMaskError(f"No pixel of the mask is painted{where}; paint a mask first.")
    return _disjoint(sorted(tasks, key=lambda task: task.filled[0]))


def _planned(
    mask: StackMask,
    places: Sequence[Sequence[int]],
    context: Sequence[int],
    static: int | None,
) -> list[Task]:
    """Return the tasks of one part of the mask, in the order of its planes."""
    found, whole = _regions(mask, places)
    axis = next((each for each in context if each in mask.followed), None)
    groups = _groups(mask, found, whole, axis) if axis is not None else {}
    still = _still(mask, found, whole, places, static)
    tasks: list[Task] = []
    for index in product(*places):
        own = mask.own(index)
        for number, region in enumerate(found.get(own, ())):
            group = groups.get((own, number))
            kind: TaskKind = "gap" if own in whole and axis is not None else "region"
            key = f"{mask.axes.key(index)}/{kind[0]}{number:03d}"
            if static is not None and (own, number) in still:
                run = still[own, number]
                part = _chunk(run, index[static])
                if part is not None:
                    first = (*index[:static], run[0], *index[static + 1 :])
                    name = f"{mask.axes.key(first)}/s-{region.core.y0}-{region.core.x0}"
                    planes = tuple((*index[:static], at, *index[static + 1 :]) for at in part[0])
                    key = f"{mask.axes.key(index)}/d{number:03d}"
                    box = (region.core, region.window)
                    tasks.append(
                        Task(key, "dust", planes, *box, static, group=name, margin=part[1])
                    )
            elif group is None:
                tasks.append(Task(key, kind, (index,), region.core, region.window, axis))
            elif group.first == (own, number) and axis is not None:
                planes = tuple((*index[:axis], at, *index[axis + 1 :]) for at in group.places)
                kind = "gap" if own in whole else "bubble"
                key = f"{mask.axes.key(index)}/{kind[0]}{number:03d}"
                tasks.append(Task(key, kind, planes, group.core, group.window, axis))
    mark = mask.part[:1]
    return [
        replace(
            task,
            key=task.key + mark,
            group=task.group + mark if task.group else "",
            part=mask.part,
        )
        for task in tasks
    ]


def _regions(
    mask: StackMask, places: Sequence[Sequence[int]]
) -> tuple[dict[Index, list[Region]], set[Index]]:
    """Return the regions of each painted plane, and which are painted as a whole."""
    found: dict[Index, list[Region]] = {}
    whole: set[Index] = set()
    for own in product(*(places[axis] for axis in mask.followed)):
        hole = mask.hole(own)
        if hole.all():
            whole.add(own)
            every = Window(0, hole.shape[0], 0, hole.shape[1])
            found[own] = [Region(every, every)]
        elif hole.any():
            found[own] = [part for region in plan_regions(hole) for part in _cut(hole, region)]
    return found, whole


def _cut(hole: Hole, region: Region) -> Iterator[Region]:
    """Yield a region, or pieces of one that is large and holds more than a hole, as of specks."""
    core = region.core
    if max(core.shape) <= LIMIT or hole[core.slices].mean() > SOLID:
        yield region
        return
    for half in halves(hole, region):
        yield from _cut(hole, half)


def _disjoint(tasks: Sequence[Task]) -> list[Task]:
    """Return tasks that leave out what tasks before them fill."""
    before: dict[Index, list[Task]] = {}
    result = []
    for task in tasks:
        taken = tuple(
            (number, other.core)
            for number, plane in enumerate(task.planes)
            for other in before.get(plane, ())
            if other.part == task.part
            and not (task.group and other.group == task.group)
            and other.core.intersection(task.core) is not None
        )
        for plane in task.filled:
            before.setdefault(plane, []).append(task)
        result.append(replace(task, taken=taken))
    return result


def measuring(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that measure static dust, one for each group of them that fill it.

    Parameters
    ----------
    tasks : sequence of Task
        What `plan_tasks` returned.
    """
    found: dict[str, Task] = {}
    for task in tasks:
        if task.kind != "dust":
            continue
        old = found.get(task.group)
        known = () if old is None else old.planes
        shift = len(known) - task.margin[0]
        last = len(task.planes) - task.margin[1]
        taken = [(n + shift, w) for n, w in task.taken if task.margin[0] <= n < last]
        made = Task(task.group, "gain", (*known, *task.filled), task.core, task.window, task.axis)
        taken = [*(old.taken if old else ()), *taken]
        found[task.group] = replace(made, taken=tuple(taken), part=task.part)
    return list(found.values())


def _still(
    mask: StackMask,
    found: Mapping[Index, list[Region]],
    whole: Collection[Index],
    places: Sequence[Sequence[int]],
    static: int | None,
) -> dict[tuple[Index, int], tuple[int, ...]]:
    """Return where along an axis each region of static damage is, by plane and number."""
    if static is None:
        return {}
    every = tuple(places[static])
    least = max(STATIC * mask.axes.stack_shape[static], FEWEST)
    if static not in mask.followed:
        if len(every) < least:
            return {}
        return {
            (own, number): every
            for own, regions in found.items()
            for number in range(len(regions))
            if own not in whole
        }
    at = mask.followed.index(static)
    alike: dict[object, list[tuple[Index, int]]] = {}
    for own, regions in found.items():
        for number, region in enumerate(regions):
            bits = np.packbits(mask.hole(own, region.core)).tobytes()
            key = ((*own[:at], *own[at + 1 :]), region.core, region.window, bits)
            alike.setdefault(key, []).append((own, number))
    result = {}
    for members in alike.values():
        if len(members) >= least and members[0][0] not in whole:
            run = tuple(own[at] for own, _ in members)
            result.update(dict.fromkeys(members, run))
    return result


def _chunk(run: Sequence[int], place: int) -> tuple[tuple[int, ...], tuple[int, int]] | None:
    """Return the planes of the task that begins at a place, and its margins; None for no task."""
    start = run.index(place)
    if start % CHUNK:
        return None
    stop = min(start + CHUNK, len(run))
    before, after = int(start > 0), int(stop < len(run))
    return tuple(run[start - before : stop + after]), (before, after)


@dataclass(frozen=True)
class _Group:
    """Regions of planes next to each other whose holes touch."""

    first: tuple[Index, int]
    places: tuple[int, ...]
    core: Window
    window: Window


def _groups(
    mask: StackMask,
    found: Mapping[Index, list[Region]],
    whole: Collection[Index],
    axis: int,
) -> dict[tuple[Index, int], _Group]:
    """Return the group of each region whose holes go on in the next plane, by plane and number."""
    at = mask.followed.index(axis)
    parent: dict[tuple[Index, int], tuple[Index, int]] = {}

    def root(one: tuple[Index, int]) -> tuple[Index, int]:
        while parent.get(one, one) != one:
            one = parent[one]
        return one

    for own, regions in found.items():
        after = (*own[:at], own[at] + 1, *own[at + 1 :])
        if after not in found or (own in whole) != (after in whole):
            continue
        for i, j in _touching(mask, (own, regions), (after, found[after])):
            first, second = sorted((root((own, i)), root((after, j))))
            parent[second] = first
    members: dict[tuple[Index, int], list[tuple[Index, int]]] = {}
    for own, regions in found.items():
        for number in range(len(regions)):
            members.setdefault(root((own, number)), []).append((own, number))
    result: dict[tuple[Index, int], _Group] = {}
    for group in members.values():
        places = tuple(sorted({own[at] for own, _ in group}))
        if len(places) >= max(STATIC * mask.axes.stack_shape[axis], FEWEST):
            continue
        joined = reduce(Region.joined, (found[own][number] for own, number in group))
        gap = group[0][0] in whole
        small = len(places) <= MOST_PLANES and max(joined.window.shape) <= LARGEST
        if len(places) >= 2 and (small or gap):
            made = _Group(min(group), places, joined.core, joined.window)
            result.update(dict.fromkeys(group, made))
    return result


_Regions = tuple[Index, Sequence[Region]]


def _touching(mask: StackMask, one: _Regions, other: _Regions) -> Iterator[tuple[int, int]]:
    """Yield which regions of a plane have holes that touch those of the next, by their numbers."""
    shape = mask.axes.plane_shape
    for i, region in enumerate(one[1]):
        for j, second in enumerate(other[1]):
            common = region.core.expanded(1, shape).intersection(second.core)
            if common is None:
                continue
            wide = common.expanded(1, shape)
            reached = ndimage.binary_dilation(mask.hole(one[0], wide), _AROUND)
            if (reached & mask.hole(other[0], wide)).any():
                yield i, j
