"""Stage 1: the inpainter fills luma or colour, window by window.

Windows go through a network several at a time where the device has room for it. If memory runs
out all the same, they go one at a time, then in pieces, and in the end on the CPU.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.errors import OutOfMemoryError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.padding import fitting_size, pad_to
from napari_greyfill.image.picture import Patch
from napari_greyfill.image.regions import Region, halves
from napari_greyfill.inpaint import (
    Fill,
    enlarged_with_detail,
    reduced,
    reduction,
)
from napari_greyfill.pipeline.grey_specks import GreySpecks
from napari_greyfill.pipeline.handover import Handover, handed_over, handed_over_in_unit
from napari_greyfill.pipeline.intermediate import FILLED_COLOUR, FILLED_GREY, Intermediate
from napari_greyfill.pipeline.job import FillJob
from napari_greyfill.pipeline.patches import (
    Hole,
    Patches,
    PatchIndex,
    Plane,
    own_core,
    require_finite,
    with_patches,
)
from napari_greyfill.pipeline.stages import BEYOND_RANGE, Stage
from napari_greyfill.pipeline.unchanged import Done, Memory, key_of

__all__ = ["Filling"]

_WASTE = 1.5  # how much larger than itself a window may be padded to join others
_SHRUNK = 0.8  # a piece that needs more than this share of the whole is no smaller
_MOST_WINDOWS = 16


@dataclass(frozen=True, eq=False)
class _Task:
    """A window to fill, and what the inpainter is shown of it.

    Attributes
    ----------
    plane, hole : arrays
        The window, with what was filled before.
    scale : Handover
        On which the inpainter sees it.
    factor : int
        By which it is reduced.
    shown, shown_hole : arrays
        The window on that scale, reduced.
    size : tuple of int
        Height and width that meet the inpainter's requirements.
    seen : tuple of Patch
        The finished patches that the window may overlap.
    wanted : int
        How many pixels of the window are filled.
    """

    region: Region
    plane: Plane
    hole: Hole
    scale: Handover
    factor: int
    shown: Plane
    shown_hole: Hole
    size: tuple[int, ...]
    seen: Patches
    wanted: int = 0

    def whole(self, filled: Plane) -> Plane:
        """Return the window as the picture holds it from what the inpainter returned."""
        height, width = self.shown_hole.shape
        filled = filled[:height, :width]
        if self.factor > 1:
            full = self.scale.shown(self.plane)
            filled = enlarged_with_detail(filled, full, self.hole, self.factor)
        return self.scale.back(filled)


class Filling(Stage):
    """Stage 1: the inpainter fills luma, or colour, depending on the pipeline."""

    _name = "grey"

    def __init__(self, job: FillJob, start: float, end: float) -> None:
        super().__init__(job, start, end)
        self._one_at_a_time = False
        self._filled = PatchIndex(())  # the specks
        self._errors: list[tuple[float, int]] = []  # expected ones, and of how many pixels
        self._short = False  # of memory
        self._beyond = False  # whether the windows filled last left [0, 1]

    def result(self, patches: Patches) -> Intermediate:
        """Return what this stage filled."""
        return Intermediate(
            "grey",
            FILLED_COLOUR if self.job.fills_colour else FILLED_GREY,
            self.job.picture,
            patches,
            as_grey=not self.job.fills_colour,
            expected_error=self._expected_error(),
        )

    def _expected_error(self) -> float | None:
        """Return the expected error over the windows that have one, in the image's units."""
        if not self._errors:
            return None
        errors, pixels = np.array(self._errors).T
        width = self.job.picture.values.width
        return float(np.sqrt(np.average(errors**2, weights=pixels))) * width

    def run(self) -> Generator[Event, None, Patches]:
        """Work through every region and return the patches."""
        self._filled = PatchIndex((yield from self._fill_specks()))
        patches: list[Patch] = []
        while len(patches) < len(self.regions):
            patches += yield from self._next(patches)
        return (*self._filled.patches, *patches)

    def _next(self, patches: Sequence[Patch]) -> Generator[Event, None, list[Patch]]:
        """Return the patch of the next region, as an earlier fill left it if nothing changed.

        More than one where regions go together.
        """
        memory, index = self._memory(), len(patches)
        if memory is None:
            return (yield from self._fill(self._next_tasks(patches), index))
        region = self.regions[index]
        key = self._key(region, *self._looked(region, self._seen_by(index, patches)))
        done = memory.find(key, region.core)
        if done is not None:
            self._errors += done.errors
            for note in done.notes:
                yield from self._told(index, note)
            return [done.patch]
        errors = len(self._errors)
        found = yield from self._fill(self._next_tasks(patches), index)
        if not self._short:
            told = (BEYOND_RANGE,) if self._beyond else ()
            memory.keep(key, Done(found[0], tuple(self._errors[errors:]), notes=told))
        return found

    def _memory(self) -> Memory | None:
        """Return what earlier fills left; None where windows are not filled by themselves."""
        alone = self.job.compute.device == "cpu" and self.job.inpainter.most_pixels() == 0
        return self.job.memory if alone else None

    def _key(self, region: Region, plane: Plane, hole: Hole) -> bytes:
        """Return what all that the fill of a region depends on comes to."""
        job, picture = self.job, self.job.picture
        how = (
            "grey",
            job.method.name,
            job.fills_colour,
            job.options.scale,
            job.options.seed,
            job.inpainter.weights,
            picture.values,
            self._limits,
            region.core.within(region.window),
        )
        unknown = None if picture.unknown is None else picture.unknown[region.window.slices]
        return key_of(how, plane, hole, picture.hole[region.window.slices], unknown)

    def _specks_of(self, job: FillJob) -> tuple[Window, ...]:
        return job.specks

    def _fill_specks(self) -> Generator[Event, None, Patches]:
        """Fill the specks, none of which sees what was filled in another."""
        if not self.specks:
            return ()
        specks = GreySpecks(self.job, self.specks, self._limits)
        doing = f"filling {'colour' if self.job.fills_colour else 'grey'}"
        patches = yield from self._together_with_steps(specks.run(), doing)
        if specks.expected is not None:
            self._errors.append(specks.expected)
        return patches

    # ------------------------------------------------------------ what to fill next

    def _next_tasks(self, patches: Sequence[Patch]) -> list[_Task]:
        """Return the next window, and those after it that can go together with it.

        They are of about the same size, fit into memory, and do not see each other's holes.
        """
        first = len(patches)
        most = 0 if self._one_at_a_time else self.job.inpainter.most_pixels()
        tasks = [self._task_of(first, patches)]
        last = min(first + _MOST_WINDOWS, len(self.regions))
        for index in range(first + 1, last):
            if most == 0 or any(other >= first for other in self._earlier(index)):
                break
            task = self._task_of(index, patches)
            joined = [*tasks, task]
            area = prod(_common_size(joined))
            smallest = min(prod(each.size) for each in joined)
            if area * len(joined) > most or area > _WASTE * smallest:
                break
            tasks = joined
        return tasks

    def _earlier(self, index: int) -> list[int]:
        return [other for other in self._neighbours[index] if other < index]

    def _task_of(self, index: int, patches: Sequence[Patch]) -> _Task:
        return self._task(self.regions[index], self._seen_by(index, patches))

    def _seen_by(self, index: int, patches: Sequence[Patch]) -> Patches:
        """Return the finished patches that a region's window may overlap."""
        specks = self._filled.meeting(self.regions[index].window)
        return (*specks, *(patches[other] for other in self._earlier(index)))

    def _looked(self, region: Region, seen: Patches) -> tuple[Plane, Hole]:
        """Return the window of a region with finished patches, and what is missing in it."""
        plane = self.job.picture.planes(region.window)
        if not self.job.fills_colour and plane.ndim == 3:
            plane = luma(plane)
        return plane, with_patches(plane, self.job.picture, region.window, seen)

    def _task(self, region: Region, seen: Patches) -> _Task:
        """Return the task of a region whose window may overlap finished patches."""
        job, inpainter = self.job, self.job.inpainter
        plane, hole = self._looked(region, seen)
        wanted = hole & job.picture.hole[region.window.slices]
        factor = reduction(wanted, job.options.scale, inpainter.training_scale)
        scale, shown = (handed_over_in_unit if inpainter.unit else handed_over)(plane, hole)
        shown_hole = hole
        shown[hole] = 0.0
        if factor > 1:
            shown, shown_hole = reduced(shown, hole, factor)
        size = fitting_size(shown_hole.shape, inpainter.minimum, inpainter.multiple_of)
        count = int(np.count_nonzero(wanted))
        return _Task(region, plane, hole, scale, factor, shown, shown_hole, size, seen, count)

    def _unknown(self, task: _Task, size: tuple[int, ...]) -> Hole | None:
        """Return which pixels of what is shown are no source but stay; None if none is."""
        unknown = self.job.picture.unknown
        if unknown is None or task.factor > 1:
            return None
        part = unknown[task.region.window.slices] & task.hole
        return pad_to(task.shown, part, size)[1] if part.any() else None

    # ------------------------------------------------------------ filling

    def _fill(self, tasks: list[_Task], index: int) -> Generator[Event, None, list[Patch]]:
        """Fill windows of consecutive regions, the first of which is `index`.

        Raises
        ------
        OutOfMemoryError
            If even the CPU cannot fill a window that cannot be cut into pieces.
        """
        try:
            return (yield from self._together(tasks, index))
        except OutOfMemoryError as error:
            problem, self._short = error, True
        short = f"The device {self.job.compute.device} has too little memory"
        if len(tasks) > 1:
            yield from self._told(index, f"{short}: windows are filled one at a time instead.")
            self._one_at_a_time = True
            patches: list[Patch] = []
            for offset, task in enumerate(tasks):
                patches += yield from self._fill([task], index + offset)
            return patches
        pieces = self._pieces(tasks[0])
        if pieces:
            yield from self._told(index, f"{short}: the hole is filled in pieces instead.")
            return [(yield from self._fill_pieces(tasks[0], pieces, index))]
        yield from self._move_to_cpu(problem, index)
        return (yield from self._fill(tasks, index))

    def _pieces(self, task: _Task) -> list[Region]:
        """Return smaller regions in place of one; empty if that would not help."""
        picture = self.job.picture
        pieces = halves(picture.hole, task.region)
        most = _SHRUNK * task.region.window.area
        helpful = all(
            piece.window.area <= most and not picture.missing(piece.window).all()
            for piece in pieces
        )
        return pieces if helpful else []

    def _fill_pieces(
        self, task: _Task, pieces: list[Region], index: int
    ) -> Generator[Event, None, Patch]:
        """Fill a region piece by piece, each seeing those before, and return it as a whole."""
        patches: list[Patch] = []
        for piece in pieces:
            patches += yield from self._fill([self._task(piece, (*task.seen, *patches))], index)
        plane = task.plane.copy()
        with_patches(plane, self.job.picture, task.region.window, tuple(patches))
        return own_core(task.region, plane, task.plane, task.hole)

    def _together(self, tasks: list[_Task], index: int) -> Generator[Event, None, list[Patch]]:
        inpainter = self.job.inpainter
        size = _common_size(tasks)
        padded = [pad_to(task.shown, task.shown_hole, size) for task in tasks]
        planes, holes = map(list, zip(*padded, strict=True))
        unknown = [self._unknown(task, size) for task in tasks]
        work = inpainter.run_together(planes, holes, unknown)
        self._beyond = inpainter.unit and any(task.scale.changes for task in tasks)
        if self._beyond:
            yield from self._told(index, BEYOND_RANGE)
        name = f"filling {'colour' if self.job.fills_colour else 'grey'}{self._in_region(index)}"
        while True:
            try:
                part = next(work)
            except StopIteration as stop:
                return [self._taken(*each) for each in zip(tasks, stop.value, strict=True)]
            self.job.compute.check()
            if self._progress.ready():
                yield Progress(name, self._fraction(index, part, len(tasks)))

    def _taken(self, task: _Task, fill: Fill) -> Patch:
        """Return the core of a filled window, and keep the error that is expected of it."""
        plane = task.whole(fill.plane)
        require_finite(plane, task.hole, self.job.method, self.job.inpainter.origin)
        if fill.expected_error is not None:
            self._expect(task, plane, fill.expected_error * task.scale.width)
        return self._core(task.region, plane, task.plane, task.hole)

    def _expect(self, task: _Task, plane: Plane, expected: float) -> None:
        """Keep the expected error of a window, which is never below what clipping it costs."""
        wanted = task.hole & self.job.picture.hole[task.region.window.slices]
        self._errors.append((max(expected, _cut(plane[wanted], self._limits)), task.wanted))


def _cut(values: Plane, limits: tuple[float, float]) -> float:
    """Return how far values are clipped to limits, root mean square."""
    beyond = values - np.clip(values, *limits)
    return float(np.sqrt(np.mean(beyond**2, dtype=np.float64))) if values.size else 0.0


def _common_size(tasks: Sequence[_Task]) -> tuple[int, ...]:
    """Return the size that all windows are padded to."""
    return tuple(int(side) for side in np.max([task.size for task in tasks], axis=0))
