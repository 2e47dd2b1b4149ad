"""One plane of a task: what is missing there, and how a fill of it becomes pixels of the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.inpaint.neighbours.base import NeighbourFill
from napari_greyfill.inpaint.neighbours.gain import Gain
from napari_greyfill.masks import feather
from napari_greyfill.pipeline.job import FillJob, make_job
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.run import Filled, coloured, filled_grey
from napari_greyfill.stack.masks import StackMask
from napari_greyfill.stack.reading import Around
from napari_greyfill.stack.seen import Witness
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import Source, StackPatch, Task

__all__ = ["PlaneWork", "StackWork"]

Hole = NDArray[np.bool_]
Plane = NDArray[np.float32]
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
    channels : int or None
        The axis of channels that may be filled from each other.
    quick : bool
        Whether neighbours are tried in the plane only.
    gains : mapping
        What was measured of static dust, by its group.
    """

    image: StackImage
    mask: StackMask
    options: FillOptions
    context: tuple[int, ...] = ()
    channels: int | None = None
    quick: bool = False
    gains: Mapping[str, Gain] = field(default_factory=dict)

    def watched(self, witness: Witness) -> StackWork:
        """Return the same with someone who is told what is read.

        Parameters
        ----------
        witness : Witness
            Of one task.
        """
        image = replace(self.image, witness=witness)
        return replace(self, image=image, mask=replace(self.mask, witness=witness))


class PlaneWork:
    """One plane of a task.

    Parameters
    ----------
    task : Task
    number : int
        Of the plane among those of the task.
    work : StackWork
    cancelled : callable
        Asked inside long computations.

    Attributes
    ----------
    own : (h, w) bool array
        What is filled, on the window of the task.
    missing : (h, w) bool array
        What is unknown: that, other holes, and pixels without a value.
    values : (h, w) or (h, w, C) array
        What was read.
    """

    def __init__(self, task: Task, number: int, work: StackWork, cancelled: CancelCheck) -> None:
        self.task, self.index, self.work = task, task.planes[number], work
        self._cancelled = cancelled
        self.own = _own_hole(task, number, work.mask)
        self.values = work.image.read(self.index, task.window)
        every = work.mask.hole(work.mask.own(self.index), task.window)
        self.missing = every | work.image.invalid(self.values)

    @property
    def name(self) -> str:
        """Return which plane it is, for people."""
        return self.work.image.axes.words(self.index) or "0"

    def require_known(self) -> None:
        """Check that there is something to fill from; raises `NothingKnownError`."""
        if self.missing.all():
            raise NothingKnownError(
                f"Nothing is known around a hole of plane {self.name}, so it was left as it is; "
                "leave some of the plane unpainted, or name the axes of its neighbours."
            )

    def around(self, axis: int | None) -> Around:
        """Return what reads the planes around it along an axis, on the scale of the window.

        Parameters
        ----------
        axis : int or None
            None if there is no other plane.
        """
        found = Around(self.work.image, self.work.mask, self.index, self.task.window, axis)
        return found if self.missing.all() else found.on_own_scale()

    def alone(self) -> StackPatch:
        """Return the plane filled from itself, by whichever method."""
        result = exhaust(coloured(exhaust(filled_grey(self.job())), 0.5))
        return self._patch(result.image, Source.OWN, result.expected_error, 0.0, Source.OWN.words)

    def from_fill(self, fill: NeighbourFill, around: Around, source: Source) -> StackPatch:
        """Return the plane with its grey filled as members for stacks did; colour is recovered.

        Parameters
        ----------
        fill : NeighbourFill
            Of the window.
        around : Around
            What its planes were read by.
        source : Source
            What it is made of, as far as other planes count.
        """
        scale = around.scale.width * self.work.image.values.width
        error = None if fill.expected_error is None else fill.expected_error * scale
        if not fill.share:
            source = Source.OWN
        image = self.coloured(self.on_stack(fill.plane, around))
        return self._patch(image, source, error, fill.share, _words(fill, source))

    def on_stack(self, plane: Plane, around: Around) -> Plane:
        """Return a filled window on the scale of the stack, within what its type can hold.

        Parameters
        ----------
        plane : (h, w) float32 array
            On the scale of the reader.
        around : Around
            Which reader.
        """
        limits = self.work.image.values.unit_limits(self.work.image.dtype)
        return np.clip(around.scale.back(plane), *limits).astype(np.float32)

    def coloured(self, plane: Plane) -> NDArray[np.generic]:
        """Return the values of the window with a filled grey, and its colour recovered.

        Parameters
        ----------
        plane : (h, w) float32 array
            On the scale of the stack.
        """
        height, width = plane.shape
        patches = (Patch(Window(0, height, 0, width), plane),)
        found: NDArray[np.generic] = exhaust(coloured(Filled(self.job(), patches, ()), 0.5)).image
        return found

    def as_values(self, planes: Plane) -> NDArray[np.generic]:
        """Return planes, (h, w) or (h, w, 3), as values of the stack; alpha stays.

        Parameters
        ----------
        planes : float32 array
            On the scale of the stack.
        """
        values = self.work.image.values.from_unit(planes, self.work.image.dtype)
        if values.ndim == 2 or self.values.shape[-1] == values.shape[-1]:
            return values
        return np.concatenate([values, self.values[..., 3:]], axis=-1)

    def made(
        self,
        values: NDArray[np.generic],
        source: Source,
        error: float | None,
        words: str,
        share: float = 1.0,
    ) -> StackPatch:
        """Return a patch of values that were made.

        Parameters
        ----------
        values : (h, w) or (h, w, C) array
            Of the window.
        source : Source
            What they are made of.
        error : float or None
            In the units of the image.
        words : str
            What was done, for people.
        share : float
            How much is from other planes.
        """
        return self._patch(values, source, error, share, words)

    def job(self) -> FillJob:
        """Return the job of filling the window as a picture of its own."""
        others = self.missing & ~self.own
        void = self.work.image.invalid(self.values) & self.own
        picture = Picture(
            np.asarray(self.values),
            self.own,
            self.work.image.kind,
            self.work.image.values,
            unknown=others if others.any() else None,
            void=void if void.any() else None,
        )
        if self.work.options.feather:
            picture = picture.with_blend(feather(self.own, self.work.options.feather))
        plan = Plan(self.own, picture.unknown)
        return make_job(picture, self.work.options, plan=plan, cancelled=self._cancelled)

    def _patch(
        self,
        values: NDArray[np.generic],
        source: Source,
        error: float | None,
        share: float,
        words: str,
    ) -> StackPatch:
        core = self.task.core.within(self.task.window)
        return StackPatch(
            self.index,
            self.task.core,
            np.ascontiguousarray(values[core]),
            np.ascontiguousarray(self.own[core]),
            int(source),
            error,
            share,
            words,
        )


def _words(fill: NeighbourFill, source: Source) -> str:
    if not fill.share or source is Source.OWN:
        return Source.OWN.words
    if source is Source.CHANNEL:
        return f"{round(100 * fill.share)} % from {source.words}"
    planes = ", ".join(f"{offset:+d}" for offset in fill.used)
    return f"{round(100 * fill.share)} % from {source.words}" + (f": {planes}" if planes else "")


def _own_hole(task: Task, number: int, mask: StackMask) -> Hole:
    """Return what a task fills of a plane, on its window."""
    hole = np.zeros(task.window.shape, dtype=bool)
    core = task.core.within(task.window)
    hole[core] = mask.of(task.part).hole(mask.own(task.planes[number]), task.core)
    for plane, window in task.taken:
        common = window.intersection(task.core)
        if plane == number and common is not None:
            hole[common.within(task.window)] = False
    return hole
