"""From a stack and a mask to a filled stack, as a generator of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Note, Preview, Progress, Result
from napari_greyfill.errors import BadParameterError, EmptyMaskError, NothingKnownError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.neighbours.dust import FEWEST
from napari_greyfill.inpaint.neighbours.gain import Gain
from napari_greyfill.pipeline.job import require_methods
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.choice import chosen_planes
from napari_greyfill.stack.keeping import Keeping, kept
from napari_greyfill.stack.masks import interpolated, matched
from napari_greyfill.stack.measured import measured
from napari_greyfill.stack.ome import Place
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.plan import measuring, plan_tasks
from napari_greyfill.stack.progress import PlaneCount
from napari_greyfill.stack.provenance import fingerprint_of, provenance_of
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.stack.resuming import taken_up
from napari_greyfill.stack.scheduler import run_tasks
from napari_greyfill.stack.source import StackImage, range_of_stack
from napari_greyfill.stack.still import with_still_parts
from napari_greyfill.stack.stored import left_in_store
from napari_greyfill.stack.tasks import Task, TaskResult
from napari_greyfill.stack.work import StackWork, work_on

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["StackJob", "prepare_stack"]

NO_NEIGHBOURS = (
    "Only the faithful default fills planes from each other; with this method each plane of the "
    "stack is filled by itself."
)
NOISE_ADDED = (
    "Noise like that of the surroundings was added to fills, except to planes that are missing as "
    "a whole; measure on a fill without it."
)
FAITHFUL = (
    "planes of a stack are filled faithfully, for measuring; choose the look texture to have each "
    "made up by itself"
)


@dataclass(eq=False)
class StackJob:
    """A stack that is checked and planned, and what of it is done.

    Attributes
    ----------
    work : StackWork
        What all tasks have in common.
    tasks : list of Task
        In the order of the planes.
    options : StackOptions
    notes : list of str
        Grows while the job runs.
    results : dict
        What finished tasks returned, by their keys; grows while the job runs.
    gains : dict
        Of static dust: the task that measured it and what it found, by its key.
    reason : str
        Why the method was chosen, if it was left open.
    stored : bool
        Whether filled pixels are in a store and not in memory.
    truth : StackImage or None
        What the result is measured against.
    """

    work: StackWork
    tasks: list[Task]
    options: StackOptions
    fingerprint: str
    notes: list[str]
    reason: str = ""
    results: dict[str, TaskResult] = field(default_factory=dict)
    gains: dict[str, tuple[Task, Gain]] = field(default_factory=dict)
    stored: bool = False
    truth: StackImage | None = None
    started: float = field(default_factory=time.perf_counter)

    def steps(
        self,
        *,
        jobs: int = 1,
        client: Client | None = None,
        cancelled: CancelCheck = never,
        store: Path | None = None,
        place: Place | None = None,
    ) -> Generator[Event, None, StackResult]:
        """Work through all tasks that are left.

        Parameters
        ----------
        jobs : int
            How many processes of this computer; 1 is this one.
        client : distributed.Client, optional
            The cluster to work on.
        cancelled : callable
            Asked inside long computations.
        store : Path, optional
            Where what is finished is kept on disk; what is there already is not done again.
        place : Place, optional
            Where the pixels of the stack lie.

        Yields
        ------
        Event
        """
        with ExitStack() as stack:
            keep = None
            if store is not None:
                axes, dtype = self.work.image.axes, self.work.image.dtype
                keep = stack.enter_context(kept(store, axes, dtype, self.fingerprint, place))
                self.stored = True
            return (yield from self._steps(jobs, client, cancelled, keep))

    def _steps(
        self, jobs: int, client: Client | None, cancelled: CancelCheck, keep: Keeping | None
    ) -> Generator[Event, None, StackResult]:
        for note in self.notes:
            yield Note(note)
        yield from self._measured(jobs, client, cancelled)
        if keep is not None or self.results:
            yield from self._resumed(keep, cancelled)
        planes = PlaneCount(self.work.image.axes, self.tasks, self.results)
        left = [task for task in self.tasks if task.key not in self.results]
        if left:
            yield Progress(planes.text(left[0]), planes.fraction)
        function: Callable[..., TaskResult] = partial(work_on, work=self.work)
        finished = run_tasks(left, function, jobs=jobs, client=client, cancelled=cancelled)
        try:
            for task, done_task in finished:
                if keep is not None:
                    keep.add(done_task)
                    done_task = left_in_store(done_task, keep.store)
                self.results[task.key] = done_task
                yield from self._noted(done_task.notes, planes.fraction)
                done = planes.done(task, done_task)
                yield Progress(planes.text(task), planes.fraction)
                for index in done:
                    source = FilledPlane(
                        self.work.image,
                        index,
                        planes.patches(index),
                        self.result,
                        planes.finished,
                    )
                    yield Preview(self.work.image.axes.words(index), planes.fraction, source)
        finally:
            finished.close()
        result = self.result()
        if not result.patches and not result.gains:
            raise NothingKnownError(
                "Nothing was filled: "
                + (
                    self.notes[-1]
                    if self.notes
                    else "nothing is known; leave some of the stack unpainted."
                )
            )
        if self.truth is not None:
            result = measured(result, self.truth)
        yield Result("filled", 1.0, result)
        return result

    def _noted(self, notes: Iterable[str], fraction: float = 0.0) -> Generator[Event, None, None]:
        """Yield and keep the notes that are new."""
        for note in notes:
            if note not in self.notes:
                self.notes.append(note)
                yield Note(note, fraction)

    def _resumed(
        self, keep: Keeping | None, cancelled: CancelCheck
    ) -> Generator[Event, None, None]:
        """Take up what earlier runs have finished, where the image is as it was."""
        yield Progress("looking at what is finished")
        self.results, notes = taken_up(self.tasks, self.results, self.work, keep, cancelled)
        yield from self._noted(notes)

    def _measured(
        self, jobs: int, client: Client | None, cancelled: CancelCheck
    ) -> Generator[Event, None, None]:
        """Measure static dust, which every task that fills some of it needs to know."""
        wanted = measuring(self.tasks) if self.options.dust in ("auto", "correct") else []
        if not wanted:
            return
        gains: dict[str, Gain] = {}
        work = run_tasks(
            wanted, partial(work_on, work=self.work), jobs=jobs, client=client, cancelled=cancelled
        )
        for number, (task, result) in enumerate(work):
            yield Progress(f"measuring static dust {number + 1} of {len(wanted)}")
            if result.gain is None:
                continue
            gain = result.gain
            if self.options.dust == "correct" and gain.depth > 0:
                gain = replace(gain, decision="correct")
            gains[task.key] = gain
            yield from self._noted(result.notes)
        self.gains.update(
            {task.key: (task, gains[task.key]) for task in wanted if task.key in gains}
        )
        self.work = replace(self.work, gains=gains)

    def result(self) -> StackResult:
        """Return the result as it is now."""
        order = {
            task.key: self.results[task.key] for task in self.tasks if task.key in self.results
        }
        seconds = time.perf_counter() - self.started
        options = self.work.options
        result = StackResult(
            stack=self.work.image,
            results=order,
            total=len(self.tasks),
            notes=tuple(self.notes),
            method=options.method,
            pipeline=options.pipeline,
            colorizer=options.colorizer if self.work.image.kind != "grey" else "",
            provenance={},
            seconds=seconds,
            fingerprint=self.fingerprint,
            reason=self.reason,
            stored=self.stored,
            gains=_whole_gains(self.work.image.axes.plane_shape, self.gains.values()),
        )
        return replace(result, provenance=provenance_of(result, self.work, self.options))


def prepare_stack(
    data: Any,  # noqa: ANN401 - any array
    mask: Any,  # noqa: ANN401 - any array or layer
    axes: Axes,
    options: StackOptions,
    fill: FillOptions,
    *,
    resume: StackResult | None = None,
) -> StackJob:
    """Check a stack and its mask, and plan what there is to do.

    Parameters
    ----------
    data : array
        The stack; read only where it is needed.
    mask : array or napari Labels layer
        See `matched`.
    axes : Axes
        Of the stack.
    options : StackOptions
        What is chosen for stacks.
    fill : FillOptions
        How each plane is filled.
    resume : StackResult, optional
        Of an earlier run of the same, as far as it got.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    require_methods(fill)
    notes: list[str] = [NOISE_ADDED] if fill.noise != "none" else []
    method, reason = _method_of(fill)
    context: tuple[int, ...] = ()
    if method == INPAINTERS.auto or options.context in ("z", "t"):
        context = axes.context(options.context)
    if method != INPAINTERS.auto:
        known = any(axes.axis_named(name) is not None for name in ("Z", "T"))
        if known and options.context != "none":
            notes.append(NO_NEIGHBOURS)
        context = ()
    fill = replace(fill, method=method)
    places = chosen_planes(options.planes, axes)
    image = StackImage(data, axes, nodata=fill.nodata)
    image.require_real()
    found = matched(mask, axes, labels=fill.labels, grow=fill.grow)
    if options.interpolate_mask:
        found = interpolated(found)
    static = _static(axes, context, options.dust)
    if static is not None:
        found = with_still_parts(found, places, static, FEWEST)
    tasks = plan_tasks(found, places, context, static=static)
    if options.dust == "leave":
        tasks = _without_static(tasks, notes)
    at = [(plane, task.window) for task in tasks for plane in task.planes]
    image = replace(image, values=range_of_stack(image, found, at))
    among = method == INPAINTERS.auto and options.context == "auto"
    channels = axes.axis_named("C") if among else None
    work = StackWork(image, found, fill, context, channels, options.quick)
    job = StackJob(work, tasks, options, fingerprint_of(work, tasks, options), notes, reason)
    if resume is not None:
        if not isinstance(resume, StackResult):
            raise BadParameterError(
                f"resume is {type(resume).__name__}, but it must be the result of an earlier run; "
                "leave it out to begin anew."
            )
        if resume.fingerprint != job.fingerprint:
            raise BadParameterError(
                "The earlier run was of another stack, mask or other options, so it cannot be "
                "continued; leave out resume to begin anew."
            )
        job.results.update(resume.results)
    return job


def _whole_gains(shape: tuple[int, int], gains: Iterable[tuple[Task, Gain]]) -> dict[str, Gain]:
    """Return the gain of whole planes, from those of their windows: one for each series."""
    found: dict[str, Gain] = {}
    for task, gain in gains:
        if gain.decision == "inpaint":
            continue
        name = task.key.rpartition("/s-")[0]
        whole = np.ones(shape, np.float32) if name not in found else found[name].gain
        part = whole[task.window.slices]
        np.minimum(part, gain.gain, out=part)
        old = found.get(name, gain)
        worst = max((old, gain), key=lambda each: each.depth)
        found[name] = replace(worst, gain=whole)
    return found


def _method_of(fill: FillOptions) -> tuple[str, str]:
    if fill.method != "auto":
        return INPAINTERS.info(fill.method).name, ""
    if fill.look == "texture":
        return "texture", ""
    return INPAINTERS.auto, "" if fill.look == "faithful" else FAITHFUL


def _static(axes: Axes, context: tuple[int, ...], dust: str) -> int | None:
    """Return the axis along which dust stands still: time, or depth if that is asked for."""
    names = axes.stack_names
    time_axis = next((axis for axis in context if names[axis] == "T"), None)
    if time_axis is not None or dust == "auto":
        return time_axis
    return next(iter(context), None)


def _without_static(tasks: list[Task], notes: list[str]) -> list[Task]:
    left = [task for task in tasks if task.kind != "dust"]
    if len(left) < len(tasks):
        notes.append("Damage at one place of most planes was left as it is, as you chose.")
    if not left:
        raise EmptyMaskError(
            "All damage is at one place of most planes and is to be left, so there is nothing to "
            'do; choose dust="auto".'
        )
    return left
