"""Runs one comparison at a time in a worker thread and tells about it by signals.

`compare_the_ways` is the generator that runs in the thread; it never touches viewer, layers or
widgets.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from qtpy.QtCore import Signal

from napari_greyfill.comparison import Comparison, Row, compare_steps
from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event
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


class CompareRunner(Runner):
    """Starts, cancels and follows comparisons.

    Signals
    -------
    stepped : Event
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
        self.stepped.emit(event)
