"""What one task does: from a task and the stack to filled pixels, and nothing else.

`work_on` is given everything it needs, and what it returns depends on nothing else: not on what
other tasks have filled, not on their order, not on who works on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.inpaint.neighbours.base import NeighbourFill
from napari_greyfill.inpaint.neighbours.fill import fill_from_neighbours
from napari_greyfill.masks import feather
from napari_greyfill.pipeline.job import FillJob, make_job
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.run import Filled, coloured, filled_grey
from napari_greyfill.stack.masks import StackMask
from napari_greyfill.stack.reading import Around, best_axis
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import Source, StackPatch, Task, TaskResult

__all__ = ["StackWork", "work_on"]

Hole = NDArray[np.bool_]
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class StackWork:
    """All that tasks have in common; it can be sent to other processes.

    Attributes
    ----------
    image : StackImage
        Read window by window.
    mask : StackMask
    options : FillOptions
        With a method that is no longer open.
    context : tuple of int
        The axes along which planes may be filled from each other.
    quick : bool
        Whether neighbours are tried in the plane only.
    gains : dict
        The gain of static dust, by the key of its task.
    """

    image: StackImage
    mask: StackMask
    options: FillOptions
    context: tuple[int, ...] = ()
    quick: bool = False
    gains: dict[str, NDArray[np.float32]] = field(default_factory=dict)


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
    patches: list[StackPatch] = []
    notes: list[str] = []
    for number, index in enumerate(task.planes):
        try:
            found = _Plane(task, number, index, work, cancelled).filled()
        except NothingKnownError as error:
            notes.append(str(error))
            continue
        patches += found.patches
        notes += found.notes
    return TaskResult(task.key, tuple(patches), tuple(dict.fromkeys(notes)))


class _Plane:
    """One plane of a task: what is missing there, and how it is filled."""

    def __init__(
        self, task: Task, number: int, index: Index, work: StackWork, cancelled: CancelCheck
    ) -> None:
        self._task, self._index, self._work, self._cancelled = task, index, work, cancelled
        self._own = _own_hole(task, number, work.mask, index)
        self._values = work.image.read(index, task.window)
        every = work.mask.hole(work.mask.own(index), task.window)
        self._missing = every | work.image.invalid(self._values)

    def filled(self) -> TaskResult:
        if not self._own.any():
            return TaskResult(self._task.key, ())
        if self._missing.all():
            raise NothingKnownError(
                f"Nothing is known around a hole of the plane "
                f"{self._work.image.axes.words(self._index) or 0}, so it was left as it is; "
                "leave some of the plane unpainted, or name the axes of its neighbours."
            )
        job = self._job()
        axis = None
        if self._work.context:
            axis = best_axis(
                self._work.image,
                self._work.mask,
                self._index,
                self._task.window,
                self._own,
                self._work.context,
            )
        if axis is None:
            filled = exhaust(filled_grey(job))
            return self._result(exhaust(coloured(filled, 0.5)), None, None)
        around = Around(
            self._work.image, self._work.mask, self._index, self._task.window, axis
        ).on_own_scale()
        fill = exhaust(
            fill_from_neighbours(
                around,
                self._own,
                replace(job.compute, cancelled=self._cancelled),
                quick=self._work.quick,
                seed=self._work.options.seed,
            )
        )
        plane = np.clip(
            around.scale.back(fill.plane),
            *self._work.image.values.unit_limits(self._work.image.dtype),
        ).astype(np.float32)
        height, width = plane.shape
        patches = (Patch(Window(0, height, 0, width), plane),)
        return self._result(exhaust(coloured(Filled(job, patches, ()), 0.5)), fill, around)

    def _job(self) -> FillJob:
        """Return the job of filling the window as a picture of its own."""
        others = self._missing & ~self._own
        picture = Picture(
            np.asarray(self._values),
            self._own,
            self._work.image.kind,
            self._work.image.values,
            unknown=others if others.any() else None,
            void=self._work.image.invalid(self._values) & self._own,
        )
        options = self._work.options
        if options.feather:
            picture = picture.with_blend(feather(self._own, options.feather))
        plan = Plan(self._own, picture.unknown)
        return make_job(picture, options, plan=plan, cancelled=self._cancelled)

    def _result(
        self, result: FillResult, fill: NeighbourFill | None, around: Around | None
    ) -> TaskResult:
        image = self._work.image
        if fill is None or around is None:
            error, share, source = result.expected_error, 0.0, Source.OWN
        else:
            wide = around.scale.width * image.values.width
            error = None if fill.expected_error is None else fill.expected_error * wide
            share = fill.share
            along = "" if around.axis is None else image.axes.stack_names[around.axis]
            other = Source.T if along == "T" else Source.Z
            source = other if share > 0 else Source.OWN
        core = self._task.core.within(self._task.window)
        patch = StackPatch(
            self._index,
            self._task.core,
            np.ascontiguousarray(result.image[core]),
            np.ascontiguousarray(self._own[core]),
            int(source),
            error,
            share,
            _words(fill, share, source),
        )
        notes = () if fill is None else fill.notes
        return TaskResult(self._task.key, (patch,), notes)


def _words(fill: NeighbourFill | None, share: float, source: Source) -> str:
    if fill is None or not share:
        return Source.OWN.words
    planes = ", ".join(f"{offset:+d}" for offset in fill.used)
    return f"{round(100 * share)} % from {source.words}: {planes}"


def _own_hole(task: Task, number: int, mask: StackMask, index: Index) -> Hole:
    """Return what a task fills of a plane, on its window."""
    hole = np.zeros(task.window.shape, dtype=bool)
    core = task.core.within(task.window)
    hole[core] = mask.hole(mask.own(index), task.core)
    for plane, window in task.taken:
        common = window.intersection(task.core)
        if plane == number and common is not None:
            hole[common.within(task.window)] = False
    return hole
