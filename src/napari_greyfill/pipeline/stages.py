"""What the two stages of a fill share, and the second one: bring back the colour.

Each stage works through all regions before the next begins, sees what earlier regions
filled, and takes from a method only the hole pixels of the region's core.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from typing import ClassVar

import numpy as np

from napari_greyfill.colorization import Colours, Level
from napari_greyfill.compute.events import Event, Note, Preview, Progress
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import OutOfMemoryError
from napari_greyfill.image.colour import chroma, luma, with_luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch
from napari_greyfill.image.regions import Region, neighbours
from napari_greyfill.pipeline.colour_specks import ColourSpecks
from napari_greyfill.pipeline.handover import handed_over_in_unit
from napari_greyfill.pipeline.intermediate import Intermediate, StageName
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
from napari_greyfill.pipeline.unchanged import Done, Memory, key_of

__all__ = ["BEYOND_RANGE", "Colouring", "Stage"]

BEYOND_RANGE = (
    "Known pixels near the hole leave the usual range of values of this picture, and this method "
    "needs a definite range: it was shown that of those pixels, so the rest has less contrast to "
    "it."
)
SPECK_WORK = 150  # pixels of a window that take about as long as a speck
_NO_CHROMA = 1e-5  # what rounding leaves of the chroma of a grey


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


class Stage(ABC):
    """What both stages share: the job, the part of the progress bar, the rate of steps."""

    _name: ClassVar[StageName]

    def __init__(self, job: FillJob, start: float, end: float) -> None:
        self.job = job
        picture = job.picture
        self._limits = picture.values.unit_limits(picture.original.dtype)
        self._start, self._end = start, end
        self.specks = self._specks_of(job)
        self.regions = job.plan.larger if self.specks else job.plan.regions
        self._neighbours = neighbours(self.regions)
        work = [len(self.specks) * SPECK_WORK, *(r.window.area for r in self.regions)]
        self._done = np.cumsum(work)  # before each region, and all
        self._progress = _Throttle(0.4)
        self._preview = _Throttle(0.7)

    @abstractmethod
    def run(self) -> Generator[Event, None, Patches]:
        """Work through every speck and region and return the patches."""

    @abstractmethod
    def _specks_of(self, job: FillJob) -> tuple[Window, ...]:
        """Return the specks that this stage does many at a time."""

    def _together_with_steps(
        self, work: Generator[float, None, Patches], doing: str
    ) -> Generator[Event, None, Patches]:
        """Do all specks, and say how far they are."""

        def told(part: float) -> Iterator[Event]:
            self.job.compute.check()
            if self._progress.ready():
                yield Progress(f"{doing} of {len(self.specks)} specks", at(part))

        def at(part: float) -> float:
            return self._overall(part * float(self._done[0]))

        return (yield from translated(work, told))

    def _overall(self, done: float) -> float:
        share = done / max(float(self._done[-1]), 1.0)
        return self._start + (self._end - self._start) * share

    def _fraction(self, index: int, part: float, count: int = 1) -> float:
        """Return the finished share of the whole fill, weighing regions by their area.

        Parameters
        ----------
        index : int
            The region that is worked on, or the first of several.
        part : float
            The finished share of it or them.
        count : int
            How many.
        """
        before, after = self._done[index], self._done[index + count]
        return self._overall(float(before + (after - before) * part))

    def _told(self, index: int, note: str) -> Generator[Event, None, None]:
        """Yield a note and keep it for the result, unless it was said before."""
        if note not in self.job.notes:
            self.job.notes.append(note)
            yield Note(note, self._fraction(index, 0.0))

    def _move_to_cpu(self, problem: OutOfMemoryError, index: int) -> Generator[Event, None, None]:
        """Leave the rest to the CPU; raises what led to it if that is where it was."""
        if self.job.compute.device == "cpu":
            raise problem
        device = self.job.compute.device
        yield from self._told(
            index, f"The device {device} has too little memory: the CPU goes on instead."
        )
        self.job = self.job.on_cpu()

    def _core(self, region: Region, filled: Plane, plane: Plane, hole: Hole) -> Patch:
        """Return the core of a filled window, within what the image's type can hold."""
        return own_core(region, np.clip(filled, *self._limits), plane, hole)

    def _in_region(self, index: int) -> str:
        count = len(self.regions)
        return f", region {index + 1}/{count}" if count > 1 else ""


class Colouring(Stage):
    """Stage 2: the colorizer turns the filled luma into colour.

    Parameters
    ----------
    grey : tuple of Patch
        The filled luma of every region.
    """

    _name = "colour"

    def __init__(self, job: FillJob, grey: Patches, start: float, end: float) -> None:
        super().__init__(job, start, end)
        self._grey = PatchIndex(grey)
        self._confidences: list[Patch | None] = []
        self._colourless = True

    @property
    def confidences(self) -> Patches | None:
        """Return how sure the colours of each finished region are, if all of them say so."""
        found = tuple(patch for patch in self._confidences if patch is not None)
        return found if found and len(found) == len(self._confidences) else None

    def run(self) -> Generator[Event, None, Patches]:
        """Work through every region, return the patches, and say if there was no colour.

        A device that runs out of memory leaves the region, and the rest, to the CPU.
        """
        self._coloured = PatchIndex((yield from self._colour_specks()))
        patches: list[Patch] = []
        for index in range(len(self.regions)):
            try:
                patch = yield from self._work(index, tuple(patches))
            except OutOfMemoryError as problem:
                yield from self._move_to_cpu(problem, index)
                patch = yield from self._work(index, tuple(patches))
            patches.append(patch)
        if self._colourless:
            yield from self._told(
                len(patches) - 1,
                "The known pixels around the hole have no colour, so the fill is grey; "
                "give colour hints to have another.",
            )
        return (*self._coloured.patches, *patches)

    def _specks_of(self, job: FillJob) -> tuple[Window, ...]:
        return job.coloured_specks

    def _colour_specks(self) -> Generator[Event, None, Patches]:
        """Colour the specks, each from the pixels around it."""
        if not self.specks:
            return ()
        specks = ColourSpecks(self.job, self.specks, self._grey, self._limits)
        patches = yield from self._together_with_steps(specks.run(), "colours")
        self._confidences += specks.confidences or [None]
        self._colourless &= specks.colourless
        if specks.beyond:
            yield from self._told(-1, BEYOND_RANGE)
        return patches

    def _work(self, index: int, every: Patches) -> Generator[Event, None, Patch]:
        """Return the patch of one region; `every` are the finished ones."""
        colorizer, region = self.job.colorizer, self.regions[index]
        assert colorizer is not None  # the stage does not run without one
        picture, window = self.job.picture, region.window
        colour = picture.planes(window)
        grey = luma(colour)
        with_patches(grey, picture, window, self._grey.meeting(window))
        done = tuple(every[i] for i in self._neighbours[index] if i < index)
        hole = with_patches(colour, picture, window, (*self._coloured.meeting(window), *done))
        key = self._key(region, colour, grey, hole)
        known = None if self._memory is None else self._memory.find(key, region.core)
        if known is not None:
            return (yield from self._taken_over(known, index, every))
        wanted = hole & picture.hole[window.slices]
        seen, shown = handed_over_in_unit(colour, hole, grey)
        notes: list[str] = [BEYOND_RANGE] if seen.changes else []
        if seen.changes:
            yield from self._told(index, BEYOND_RANGE)
        tone = seen.shown(grey)
        hints = self._hinted(window, shown, tone, hole)
        given = seen.back(shown)  # with the hints
        colourless = bool(np.abs(chroma(shown[~hole])).max(initial=0.0) < _NO_CHROMA)
        self._colourless &= colourless
        levels: list[tuple[str, Patch]] = []
        work = colorizer.run(shown, tone, hole, hints)
        while True:
            try:
                level = next(work)
            except StopIteration as stop:
                found: Colours = stop.value
                sure = None
                if found.confidence is not None:
                    sure = own_core(region, found.confidence, np.ones_like(tone), wanted)
                self._confidences.append(sure)
                for note in found.notes:
                    yield from self._told(index, note)
                require_finite(found.plane, hole, self.job.colouring, "")
                patch = self._core(region, seen.back(found.plane), given, hole)
                if self._memory is not None:
                    told = (*notes, *found.notes)
                    kept = Done(patch, (), sure, told, colourless, tuple(levels))
                    self._memory.keep(key, kept)
                return patch
            self.job.compute.check()
            fraction = self._fraction(index, level.fraction)
            if level.preview is not None and (level.complete or self._preview.ready()):
                patch = self._core(region, seen.back(level.preview()), given, hole)
                if level.complete:
                    levels.append((level.name, patch))
                pieces = (*self._coloured.patches, *every, patch)
                yield self._preview_of(level, index, fraction, pieces)
            elif self._progress.ready():
                yield Progress(level.name + self._in_region(index), fraction)

    @property
    def _memory(self) -> Memory | None:
        """Return what earlier fills left; None where a region's colours may be others' again."""
        return self.job.memory if self.job.compute.device == "cpu" else None

    def _key(self, region: Region, colour: Plane, grey: Plane, hole: Hole) -> bytes:
        """Return what all that the colours of a region depend on come to."""
        job, picture, window = self.job, self.job.picture, region.window
        where, hints = (None, None) if job.hints is None else job.hints.planes(window)
        method = None if job.colouring is None else job.colouring.name
        how = (
            "colour",
            method,
            job.options.seed,
            picture.values,
            self._limits,
            region.core.within(window),
        )
        return key_of(how, colour, grey, hole, picture.hole[window.slices], where, hints)

    def _taken_over(
        self, known: Done, index: int, every: Patches
    ) -> Generator[Event, None, Patch]:
        """Take the colours of a region from an earlier fill, and say and show what that did."""
        self._confidences.append(known.confidence)
        self._colourless &= known.colourless
        for note in known.notes:
            yield from self._told(index, note)
        for name, patch in known.levels:
            level = Level(name, 1.0, complete=True)
            pieces = (*self._coloured.patches, *every, patch)
            yield self._preview_of(level, index, self._fraction(index, 1.0), pieces)
        return known.patch

    def _hinted(self, window: Window, colour: Plane, grey: Plane, hole: Hole) -> Hole | None:
        """Make the pixels with a hint known, with its chroma and the luma filled; say where."""
        if self.job.hints is None:
            return None
        where, colours = self.job.hints.planes(window)
        where &= hole
        colour[where] = with_luma(grey[where], chroma(colours[where]))
        hole[where] = False
        return where

    def _preview_of(self, level: Level, index: int, fraction: float, patches: Patches) -> Preview:
        keep = level.complete and len(self.regions) == 1 and not self.specks
        name = level.name if keep else level.name + self._in_region(index)
        source = Intermediate("colour", name, self.job.picture, patches)
        return Preview(name, fraction, source, complete=keep)
