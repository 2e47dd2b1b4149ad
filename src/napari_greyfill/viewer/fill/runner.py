"""Runs one fill at a time in a worker thread and tells about it by signals."""

from __future__ import annotations

from qtpy.QtCore import Signal

from napari_greyfill.viewer.fill.worker import (
    Chosen,
    Finished,
    Message,
    Note,
    Progress,
    fill_the_hole,
)
from napari_greyfill.viewer.layers.models import FillRequest
from napari_greyfill.viewer.threads.runs import Runner

__all__ = ["FillRunner"]


class FillRunner(Runner):
    """Starts, cancels and follows fills.

    Signals
    -------
    progressed : Progress
    previewed : Preview
    noted : str
        A sentence the user must see.
    chosen : Chosen
    finished : Finished
        A method has its result; once for each of several.
    """

    progressed = Signal(object)
    previewed = Signal(object)
    noted = Signal(str)
    chosen = Signal(object)

    def start(self, request: FillRequest) -> None:
        """Start a fill; there must be none running."""
        self._start(fill_the_hole(request, self._asked_to_stop))

    def _on_step(self, message: Message) -> None:
        if self.cancelling:
            return
        if isinstance(message, Finished):
            self.finished.emit(message)
        elif isinstance(message, Chosen):
            self.chosen.emit(message)
        elif isinstance(message, Note):
            self.noted.emit(message.text)
        elif isinstance(message, Progress):
            self.progressed.emit(message)
        else:
            self.previewed.emit(message)
