"""Runs one comparison at a time in a worker thread and tells about it by signals.

`compare_the_ways` is the generator that runs in the thread; it never touches viewer, layers or
widgets.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from qtpy.QtCore import Signal

from napari_greyfill.comparison import Comparison, Row, compare_masks_steps, compare_steps
from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.viewer.layers.models import PlaneSource
from napari_greyfill.viewer.threads.runs import Runner

__all__ = ["CompareRequest", "CompareRunner", "compare_the_ways"]


@dataclass(frozen=True, eq=False)
class CompareRequest:
    """Everything a comparison needs, taken from the viewer at the moment Run was pressed.

    Attributes
    ----------
    reference : PlaneSource or None
        None unless another layer is the reference.
    measured : bool
        Whether there is a reference at all.
    options : FillOptions
        Those that all methods share.
    random : int
        How many random masks; 0 for the painted one.
    kind : str
        Their kind.
    """

    image: PlaneSource
    mask: PlaneSource
    rgb: bool
    image_name: str
    mask_name: str
    methods: tuple[str, ...]
    pipelines: tuple[str, ...]
    colorizers: tuple[str, ...]
    reference: PlaneSource | None = None
    measured: bool = True
    options: FillOptions = field(default_factory=FillOptions)
    random: int = 0
    kind: str = "free-form"

    @property
    def truth(self) -> PlaneSource | None:
        """Return what fills are measured against; None if nothing is."""
        return (self.reference or self.image) if self.measured else None


def compare_the_ways(
    request: CompareRequest, done: tuple[Row, ...], cancelled: CancelCheck
) -> Generator[Event, None, Comparison]:
    """Run a request, but for the rows that are done.

    Parameters
    ----------
    request : CompareRequest
        What was chosen in the dock.
    done : tuple of Row
        Rows of an earlier run.
    cancelled : callable
        Returns whether to stop.
    """
    if request.random:
        return (yield from _on_random_masks(request, done, cancelled))
    reference = "image" if request.measured else None
    return (
        yield from compare_steps(
            request.image.read(),
            request.mask.read(),
            methods=request.methods,
            pipelines=request.pipelines,
            colorizers=request.colorizers,
            reference=reference if request.reference is None else request.reference.read(),
            rgb=request.rgb,
            done=done,
            cancelled=cancelled,
            **request.options.shared(),
        )
    )


def _on_random_masks(
    request: CompareRequest, done: tuple[Row, ...], cancelled: CancelCheck
) -> Generator[Event, None, Comparison]:
    painted = request.mask.read()
    return (
        yield from compare_masks_steps(
            request.image.read(),
            painted if (painted != 0).any() else None,
            count=request.random,
            kind=request.kind,
            methods=request.methods,
            pipelines=request.pipelines,
            colorizers=request.colorizers,
            rgb=request.rgb,
            done=done,
            cancelled=cancelled,
            **request.options.shared(),
        )
    )


class CompareRunner(Runner):
    """Starts, cancels and follows comparisons.

    Signals
    -------
    stepped : Event
        What is no `Progress`, also while it stops: a row is finished then.
    finished : Comparison
    """

    stepped = Signal(object)

    def start(self, request: CompareRequest, done: tuple[Row, ...] = ()) -> None:
        """Start a comparison, or go on after these rows; there must be none running.

        Parameters
        ----------
        request : CompareRequest
            What was chosen in the dock.
        done : tuple of Row
            Rows of an earlier run.
        """
        self._start(compare_the_ways(request, done, self._asked_to_stop))

    def _on_step(self, event: Event) -> None:
        if isinstance(event, Progress):
            super()._on_step(event)
        else:
            self.stepped.emit(event)
