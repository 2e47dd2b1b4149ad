"""Runs one fill at a time in a worker thread and tells about it by signals."""

from __future__ import annotations

from qtpy.QtCore import Signal

from napari_greyfill.compute.events import Event, Note, Preview, Result
from napari_greyfill.viewer.fill.stack_worker import StackRequest, fill_the_stack
from napari_greyfill.viewer.fill.worker import fill_the_hole
from napari_greyfill.viewer.layers.models import FillRequest
from napari_greyfill.viewer.threads.runs import Runner

__all__ = ["FillRunner"]


class FillRunner(Runner):
    """Starts, cancels and follows fills.

    Signals
    -------
    previewed : Part
        Of a stack a `Canvas` or `Stored`, and then a `FilledPlane` for each plane.
    noted : str
        A sentence the user must see.
    finished : Finished or StackResult
        A method has its result; once for each of several.
    """

    previewed = Signal(object)
    noted = Signal(str)

    def start(self, request: FillRequest | StackRequest) -> None:
        """Start a fill; there must be none running."""
        if isinstance(request, StackRequest):
            self._start(fill_the_stack(request, self._asked_to_stop))
        else:
            self._start(fill_the_hole(request, self._asked_to_stop))

    def _on_step(self, event: Event) -> None:
        if self.cancelling:
            return
        if isinstance(event, Result):
            self.finished.emit(event.value)
        elif isinstance(event, Note):
            self.noted.emit(event.text)
        elif isinstance(event, Preview):
            self.progressed.emit(event)
            self.previewed.emit(event.source)
        else:
            self.progressed.emit(event)
