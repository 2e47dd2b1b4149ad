"""The two stages of a fill, region by region: fill the plane, then bring back the colour.

Each stage works through all regions before the next begins, sees what earlier regions
filled, and takes from a method only the hole pixels of the region's core.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.colorization import Level
from napari_greyfill.colour import luma
from napari_greyfill.errors import OutOfMemory
from napari_greyfill.geometry import Window
from napari_greyfill.inpaint import fit_to_size
from napari_greyfill.job import FillJob
from napari_greyfill.picture import Patch
from napari_greyfill.result import FILLED_COLOUR, FILLED_GREY, Stage, Step
from napari_greyfill.windows import Region, neighbours

__all__ = ["Colouring", "Filling"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
Patches = tuple[Patch, ...]


class _Throttle:
    """Lets something through at most once per interval."""

    def __init__(self, seconds: float) -> None:
        self._interval = seconds
        self._last = time.perf_counter()

    def ready(self) -> bool:
        now = time.perf_counter()
        if now - self._last < self._interval:
            return False
        self._last = now
        return True


class _Stage(ABC):
    """What both stages share: the job, the part of the progress bar, the rate of steps."""

    _name: ClassVar[Stage]

    def __init__(self, job: FillJob, start: float, end: float) -> None:
        self.job = job
        self._start, self._end = start, end
        self._neighbours = neighbours(job.regions)
        self._progress = _Throttle(0.4)
        self._preview = _Throttle(0.7)

    def _fraction(self, index: int, part: float) -> float:
        """Return the finished share of the whole fill, weighing regions by their area."""
        areas = [region.window.area for region in self.job.regions]
        done = (sum(areas[:index]) + areas[index] * part) / sum(areas)
        return self._start + (self._end - self._start) * done

    def run(self) -> Generator[Step, None, Patches]:
        """Work through every region and return the patches.

        A device that runs out of memory leaves the region, and the rest, to the CPU.
        """
        patches: list[Patch] = []
        for index, others in enumerate(self._neighbours):
            done = tuple(patches[i] for i in others if i < index)
            try:
                patch = yield from self._work(index, done, tuple(patches))
            except OutOfMemory as error:
                if self.job.compute.device == "cpu":
                    raise
                self.job.notes.append(f"{error} The CPU goes on instead.")
                yield Step(self._name, self.job.notes[-1], self._fraction(index, 0.0), "note")
                self.job = self.job.on_cpu()
                patch = yield from self._work(index, done, tuple(patches))
            patches.append(patch)
        return tuple(patches)

    @abstractmethod
    def _work(self, index: int, done: Patches, every: Patches) -> Generator[Step, None, Patch]:
        """Return the patch of one region.

        Parameters
        ----------
        index : int
            Which region.
        done : tuple of Patch
            Finished patches that its window may overlap.
        every : tuple of Patch
            All finished patches.
        """

    def _in_region(self, index: int) -> str:
        count = len(self.job.regions)
        return f", region {index + 1}/{count}" if count > 1 else ""


class Filling(_Stage):
    """Stage 1: the inpainter fills luma, or colour, depending on the pipeline."""

    _name = "grey"

    def __init__(self, job: FillJob, start: float, end: float) -> None:
        super().__init__(job, start, end)
        self._errors: dict[int, float] = {}  # expected ones, by region

    def result(self, patches: Patches) -> Step:
        """Return the step that shows what this stage filled."""
        name = FILLED_COLOUR if self.job.fills_colour else FILLED_GREY
        picture = self.job.picture
        grey = not self.job.fills_colour
        return Step(
            "grey",
            name,
            self._end,
            "result",
            picture,
            patches,
            as_grey=grey,
            expected_error=self._expected_error(),
        )

    def _expected_error(self) -> float | None:
        """Return the expected error over the regions that have one, in the image's units."""
        if not self._errors:
            return None
        picture, regions = self.job.picture, self.job.regions
        pixels = [np.count_nonzero(picture.hole[regions[i].core.slices]) for i in self._errors]
        squares = [error**2 for error in self._errors.values()]
        return float(np.sqrt(np.average(squares, weights=pixels))) * picture.values.width

    def _work(self, index: int, done: Patches, every: Patches) -> Generator[Step, None, Patch]:
        inpainter, region = self.job.inpainter, self.job.regions[index]
        plane = self.job.picture.planes(region.window)
        if not self.job.fills_colour and plane.ndim == 3:
            plane = luma(plane)
        hole = _with_patches(plane, self.job.picture.hole, region.window, done)
        large, large_hole = fit_to_size(
            plane, hole, minimum=inpainter.minimum, multiple_of=inpainter.multiple_of
        )
        work = inpainter.run(large, large_hole)
        name = f"filling {'colour' if self.job.fills_colour else 'grey'}{self._in_region(index)}"
        while True:
            try:
                part = next(work)
            except StopIteration as stop:
                if inpainter.expected_error is not None:
                    self._errors[index] = inpainter.expected_error
                return _own(region, stop.value, plane, hole)
            self.job.compute.check()
            if self._progress.ready():
                yield Step("grey", name, self._fraction(index, part))


class Colouring(_Stage):
    """Stage 2: the colorizer turns the filled luma into colour.

    Parameters
    ----------
    grey : tuple of Patch
        The filled luma of every region.
    """

    _name = "colour"

    def __init__(self, job: FillJob, grey: Patches, start: float, end: float) -> None:
        super().__init__(job, start, end)
        self._grey = grey

    def _work(self, index: int, done: Patches, every: Patches) -> Generator[Step, None, Patch]:
        colorizer, region = self.job.colorizer, self.job.regions[index]
        assert colorizer is not None  # the stage does not run without one
        picture, window = self.job.picture, region.window
        colour = picture.planes(window)
        grey = luma(colour)
        _with_patches(grey, picture.hole, window, self._overlapping_grey(index))
        hole = _with_patches(colour, picture.hole, window, done)
        work = colorizer.run(colour, grey, hole)
        while True:
            try:
                level = next(work)
            except StopIteration as stop:
                return _own(region, stop.value, colour, hole)
            self.job.compute.check()
            fraction = self._fraction(index, level.fraction)
            if level.preview is not None and (level.complete or self._preview.ready()):
                patch = _own(region, level.preview(), colour, hole)
                yield self._picture_step(level, index, fraction, (*every, patch))
            elif self._progress.ready():
                yield Step("colour", level.name + self._in_region(index), fraction)

    def _overlapping_grey(self, index: int) -> Patches:
        return tuple(self._grey[i] for i in (*self._neighbours[index], index))

    def _picture_step(self, level: Level, index: int, fraction: float, patches: Patches) -> Step:
        keep = level.complete and len(self.job.regions) == 1
        name = level.name if keep else level.name + self._in_region(index)
        return Step(
            "colour",
            name,
            fraction,
            "result" if keep else "preview",
            self.job.picture,
            patches,
        )


def _with_patches(plane: Plane, hole: Hole, window: Window, patches: Patches) -> Hole:
    """Paste finished patches into a window's plane; return what is left of its hole."""
    left = hole[window.slices].copy()
    for patch in patches:
        common = window.intersection(patch.window)
        if common is None:
            continue
        here, there = common.within(window), common.within(patch.window)
        inside = left[here]
        plane[here][inside] = patch.planes[there][inside]
        left[here] = False
    return left


def _own(region: Region, filled: Plane, plane: Plane, hole: Hole) -> Patch:
    """Return the core of a filled window: the fill in the hole, the given plane elsewhere."""
    core = region.core.within(region.window)
    inside = hole[core] if plane.ndim == 2 else hole[core][..., None]
    height, width = hole.shape
    planes = np.where(inside, filled[:height, :width][core], plane[core])
    return Patch(region.core, np.clip(planes, 0.0, 1.0).astype(np.float32))
