"""What one task does: from a task and the stack to filled pixels, and nothing else.

`work_on` is given everything it needs, and what it returns depends on nothing else: not on what
other tasks have filled, not on their order, not on who works on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from napari_greyfill.compute.device import CancelCheck, Compute, never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GapTooWideError, NothingKnownError
from napari_greyfill.inpaint.neighbours.base import NeighbourFill
from napari_greyfill.inpaint.neighbours.bubble import fill_bubble
from napari_greyfill.inpaint.neighbours.channels import fill_from_channels
from napari_greyfill.inpaint.neighbours.fill import fill_from_neighbours
from napari_greyfill.inpaint.neighbours.gap import fill_gap
from napari_greyfill.stack.dust import filled_dust, measured_dust
from napari_greyfill.stack.plane import PlaneWork, StackWork
from napari_greyfill.stack.reading import Around, best_axis, other_channels
from napari_greyfill.stack.seen import Witness
from napari_greyfill.stack.tasks import Source, StackPatch, Task, TaskResult

__all__ = ["StackWork", "still_holds", "work_on"]

_Found = tuple[list[StackPatch], list[str]]


def work_on(task: Task, cancelled: CancelCheck = never, *, work: StackWork) -> TaskResult:
    """Do a task.

    Parameters
    ----------
    task : Task
        What to fill.
    cancelled : callable
        Asked inside long computations.
    work : StackWork
        What all tasks have in common.

    Returns
    -------
    TaskResult

    Raises
    ------
    CancelledError
        If the caller wants it to stop.
    """
    compute = Compute("cpu", work.options.seed, cancelled)
    if task.kind == "gain":
        return measured_dust(task, work, compute)
    witness = Witness()
    result = _filled(task, work.watched(witness), compute)
    _tell_rest(witness, task, work)
    return replace(result, seen=witness.seen)


def still_holds(task: Task, result: TaskResult, work: StackWork) -> bool:
    """Return whether all that a task was made of is as it was; it is read again.

    Parameters
    ----------
    task : Task
        What was filled.
    result : TaskResult
        What `work_on` returned for it, perhaps in an earlier run.
    work : StackWork
        What all tasks have in common now.
    """
    if result.seen is None:
        return False
    witness = Witness()
    watched = work.watched(witness)
    for window, indices in result.seen.image:
        for index in indices:
            watched.image.read(index, window)
    for window, indices in result.seen.mask:
        for own in indices:
            watched.mask.hole(own, window)
    _tell_rest(witness, task, work)
    return witness.seen.digest == result.seen.digest


def _tell_rest(witness: Witness, task: Task, work: StackWork) -> None:
    """Note what else a task depends on: what of the mask stands still, and the gain."""
    for own in {work.mask.own(plane): None for plane in task.planes} if task.part else ():
        still = work.mask.still.get(own)
        if still is not None:
            witness.more(f"{task.part} {own}", np.packbits(still[task.core.slices]))
    gain = work.gains.get(task.group)
    if gain is not None:
        witness.more(gain.decision, gain.gain)


def _filled(task: Task, work: StackWork, compute: Compute) -> TaskResult:
    ways: dict[str, Callable[[Task, StackWork, Compute], _Found]] = {
        "region": _region,
        "bubble": _bubble,
        "gap": _gap,
        "dust": filled_dust,
    }
    try:
        patches, notes = ways[task.kind](task, work, compute)
    except (NothingKnownError, GapTooWideError) as error:
        where = work.image.axes.words(task.planes[0])
        sentence = str(error) if isinstance(error, NothingKnownError) else f"{where}: {error}"
        patches, notes = [], [sentence]
    return TaskResult(task.key, tuple(patches), tuple(dict.fromkeys(notes)))


def _region(task: Task, work: StackWork, compute: Compute) -> _Found:
    """Fill a region of one plane, from planes next to it or channels where these know better."""
    plane = PlaneWork(task, 0, work, compute.cancelled)
    return _filled_plane(plane, compute) if plane.own.any() else ([], [])


def _filled_plane(plane: PlaneWork, compute: Compute) -> _Found:
    """Fill one plane of a task, from others where these know better."""
    plane.require_known()
    work, axis = plane.work, None
    if work.context:
        axis = best_axis(
            work.image, work.mask, plane.index, plane.task.window, plane.own, work.context
        )
    found: list[tuple[NeighbourFill, Around, Source]] = []
    if axis is not None:
        around = plane.around(axis)
        steps = fill_from_neighbours(
            around, plane.own, compute, quick=work.quick, seed=work.options.seed
        )
        found.append((exhaust(steps), around, source_of(work, axis)))
    channels = _from_channels(plane, compute)
    if channels is not None:
        found.append(channels)
    if not found:
        return [plane.alone()], []
    fill, around, source = min(found, key=lambda each: _error_of(each[0]))
    return [plane.from_fill(fill, around, source)], list(fill.notes)


def _from_channels(
    plane: PlaneWork, compute: Compute
) -> tuple[NeighbourFill, Around, Source] | None:
    """Return a fill from other channels, if these promise one."""
    if plane.work.channels is None:
        return None
    around = plane.around(plane.work.channels)
    others = other_channels(around, plane.own)
    if not others:
        return None
    own = around(0)
    assert own is not None  # it is the plane itself
    fill = exhaust(
        fill_from_channels(own, others, plane.own, compute, seed=plane.work.options.seed)
    )
    return (fill, around, Source.CHANNEL) if fill.used else None


def _error_of(fill: NeighbourFill) -> float:
    return np.inf if fill.expected_error is None else fill.expected_error


def _bubble(task: Task, work: StackWork, compute: Compute) -> _Found:
    """Fill a hole through several planes, all of it at once."""
    assert task.axis is not None  # planes follow each other along it
    planes = [
        PlaneWork(task, number, work, compute.cancelled) for number in range(len(task.planes))
    ]
    planes = [plane for plane in planes if plane.own.any()]
    if not planes:
        return [], []
    if any(plane.missing.all() for plane in planes):
        return _one_by_one(planes, compute)
    middle = planes[len(planes) // 2]
    around = middle.around(task.axis)
    offsets = [plane.index[task.axis] - middle.index[task.axis] for plane in planes]
    holes = {offset: plane.own for offset, plane in zip(offsets, planes, strict=True)}
    fills = exhaust(fill_bubble(around, holes, compute, quick=work.quick, seed=work.options.seed))
    source = source_of(work, task.axis)
    patches = [
        plane.from_fill(fills[offset], around, source)
        for offset, plane in zip(offsets, planes, strict=True)
    ]
    return patches, [note for fill in fills.values() for note in fill.notes]


def _one_by_one(planes: Sequence[PlaneWork], compute: Compute) -> _Found:
    """Fill the planes of a hole by themselves, because nothing is known in some of them."""
    patches: list[StackPatch] = []
    notes: list[str] = []
    for plane in planes:
        try:
            found, said = _filled_plane(plane, compute)
        except NothingKnownError as error:
            found, said = [], [str(error)]
        patches += found
        notes += said
    return patches, notes


def _gap(task: Task, work: StackWork, compute: Compute) -> _Found:
    """Fill planes that are missing as a whole; each colour by itself."""
    assert task.axis is not None  # planes follow each other along it
    planes = [
        PlaneWork(task, number, work, compute.cancelled) for number in range(len(task.planes))
    ]
    colours = (None,) if work.image.kind == "grey" else (0, 1, 2)
    fills = []
    for colour in colours:
        around = Around(
            work.image, work.mask, task.planes[0], task.window, task.axis, colour=colour
        )
        steps = fill_gap(around, 0, len(planes) - 1, compute, seed=work.options.seed)
        fills.append(exhaust(steps))
    source = source_of(work, task.axis)
    limits = work.image.values.unit_limits(work.image.dtype)
    patches = []
    for offset, plane in enumerate(planes):
        each = [fill[offset] for fill in fills]
        shown = each[0].plane if len(each) == 1 else np.stack([f.plane for f in each], axis=-1)
        errors = [f.expected_error for f in each if f.expected_error is not None]
        error = float(np.mean(errors)) * work.image.values.width if errors else None
        values = plane.as_values(np.clip(shown, *limits))
        used = ", ".join(f"{at:+d}" for at in each[0].used)
        patches.append(plane.made(values, source, error, f"all of it from {source.words}: {used}"))
    return patches, [note for fill in fills for one in fill.values() for note in one.notes]


def source_of(work: StackWork, axis: int) -> Source:
    """Return what neighbours along an axis are.

    Parameters
    ----------
    work : StackWork
        What all tasks have in common.
    axis : int
        Of the stack.
    """
    return Source.T if work.image.axes.stack_names[axis] == "T" else Source.Z
