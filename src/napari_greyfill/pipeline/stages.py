"""What the two stages of a fill share, and the second one: bring back the colour.

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
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import OutOfMemoryError, UnusableFillError
from napari_greyfill.image.colour import chroma, luma, with_luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.regions import Region, neighbours
from napari_greyfill.pipeline.handover import handed_over_in_unit
from napari_greyfill.pipeline.job import FillJob
from napari_greyfill.pipeline.result import StageName, Step

__all__ = [
    "Colouring",
    "Hole",
    "Patches",
    "Plane",
    "Stage",
    "own_core",
    "require_finite",
    "with_patches",
]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
Patches = tuple[Patch, ...]
BEYOND_RANGE = (
    "Known pixels near the hole leave the usual range of values of this picture, and this method "
    "needs a definite range: it was shown that of those pixels, so the rest has less contrast to "
    "it."
)
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
        self._neighbours = neighbours(job.regions)
        self._progress = _Throttle(0.4)
        self._preview = _Throttle(0.7)

    @abstractmethod
    def run(self) -> Generator[Step, None, Patches]:
        """Work through every region and return the patches."""

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
        areas = [region.window.area for region in self.job.regions]
        done = (sum(areas[:index]) + sum(areas[index : index + count]) * part) / sum(areas)
        return self._start + (self._end - self._start) * done

    def _told(self, index: int, note: str) -> Generator[Step, None, None]:
        """Yield a note and keep it for the result, unless it was said before."""
        if note not in self.job.notes:
            self.job.notes.append(note)
            yield Step(self._name, note, self._fraction(index, 0.0), "note")

    def _move_to_cpu(self, problem: OutOfMemoryError, index: int) -> Generator[Step, None, None]:
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
        count = len(self.job.regions)
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
        self._grey = grey
        self._confidences: list[Patch | None] = []
        self._colourless = True

    @property
    def confidences(self) -> Patches | None:
        """Return how sure the colours of each finished region are, if all of them say so."""
        found = tuple(patch for patch in self._confidences if patch is not None)
        return found if found and len(found) == len(self._confidences) else None

    def run(self) -> Generator[Step, None, Patches]:
        """Work through every region, return the patches, and say if there was no colour.

        A device that runs out of memory leaves the region, and the rest, to the CPU.
        """
        patches: list[Patch] = []
        for index in range(len(self.job.regions)):
            try:
                patch = yield from self._work(index, tuple(patches))
            except OutOfMemoryError as problem:
                yield from self._move_to_cpu(problem, index)
                patch = yield from self._work(index, tuple(patches))
            patches.append(patch)
        if self._colourless:
            yield from self._told(
                len(patches),
                "The known pixels around the hole have no colour, so the fill is grey; "
                "give colour hints to have another.",
            )
        return tuple(patches)

    def _work(self, index: int, every: Patches) -> Generator[Step, None, Patch]:
        """Return the patch of one region; `every` are the finished ones."""
        colorizer, region = self.job.colorizer, self.job.regions[index]
        assert colorizer is not None  # the stage does not run without one
        picture, window = self.job.picture, region.window
        colour = picture.planes(window)
        grey = luma(colour)
        with_patches(grey, picture, window, self._overlapping_grey(index))
        done = tuple(every[i] for i in self._neighbours[index] if i < index)
        hole = with_patches(colour, picture, window, done)
        wanted = hole & picture.hole[window.slices]
        seen, shown = handed_over_in_unit(colour, hole, grey)
        if seen.changes:
            yield from self._told(index, BEYOND_RANGE)
        tone = seen.shown(grey)
        colorizer.hints = self._hinted(window, shown, tone, hole)
        given = seen.back(shown)  # with the hints
        self._colourless &= np.abs(chroma(shown[~hole])).max(initial=0.0) < _NO_CHROMA
        work = colorizer.run(shown, tone, hole)
        while True:
            try:
                level = next(work)
            except StopIteration as stop:
                sure = colorizer.confidence
                self._confidences.append(
                    None if sure is None else own_core(region, sure, np.ones_like(tone), wanted)
                )
                for note in colorizer.notes:
                    yield from self._told(index, note)
                colorizer.notes.clear()
                require_finite(stop.value, hole, self.job.colouring, "")
                return self._core(region, seen.back(stop.value), given, hole)
            self.job.compute.check()
            fraction = self._fraction(index, level.fraction)
            if level.preview is not None and (level.complete or self._preview.ready()):
                patch = self._core(region, seen.back(level.preview()), given, hole)
                yield self._picture_step(level, index, fraction, (*every, patch))
            elif self._progress.ready():
                yield Step("colour", level.name + self._in_region(index), fraction)

    def _hinted(self, window: Window, colour: Plane, grey: Plane, hole: Hole) -> Hole | None:
        """Make the pixels with a hint known, with its chroma and the luma filled; say where."""
        if self.job.hints is None:
            return None
        where, colours = self.job.hints.planes(window)
        where &= hole
        colour[where] = with_luma(grey[where], chroma(colours[where]))
        hole[where] = False
        return where

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


def with_patches(plane: Plane, picture: Picture, window: Window, patches: Patches) -> Hole:
    """Paste finished patches into a window's plane; return what is left that is no source."""
    left = picture.hole[window.slices].copy()
    for patch in patches:
        common = window.intersection(patch.window)
        if common is None:
            continue
        here, there = common.within(window), common.within(patch.window)
        inside = left[here]
        plane[here][inside] = patch.planes[there][inside]
        left[here] = False
    return left if picture.unknown is None else left | picture.unknown[window.slices]


def require_finite(filled: Plane, hole: Hole, method: MethodInfo | None, origin: str) -> None:
    """Refuse a fill that is not made of numbers; nothing could be made of it later.

    Parameters
    ----------
    filled : (H, W) or (H, W, 3) float array
        What a method returned, at least as large as the hole.
    hole : (H, W) bool array
    method : MethodInfo or None
        The method.
    origin : str
        The files its weights come from; empty without any.

    Raises
    ------
    UnusableFillError
    """
    height, width = hole.shape
    if np.isfinite(filled[:height, :width][hole]).all():
        return
    title = "The method" if method is None else method.title
    if origin:
        raise UnusableFillError(
            f"{title} computed values that are no numbers with the weights in {origin}, so "
            "nothing was filled; get the weights again or choose another method."
        )
    raise UnusableFillError(
        f"{title} computed values that are no numbers, so nothing was filled; choose another "
        "method."
    )


def own_core(region: Region, filled: Plane, plane: Plane, hole: Hole) -> Patch:
    """Return the core of a filled window: the fill in the hole, the given plane elsewhere."""
    core = region.core.within(region.window)
    inside = hole[core] if plane.ndim == 2 else hole[core][..., None]
    height, width = hole.shape
    planes = np.where(inside, filled[:height, :width][core], plane[core])
    return Patch(region.core, planes.astype(np.float32))
