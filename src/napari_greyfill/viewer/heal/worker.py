"""The better fills of strokes, one after the other in a worker thread."""

from __future__ import annotations

from qtpy.QtCore import Signal

from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.pipeline.heal_fills import Refinement
from napari_greyfill.viewer.threads.runs import Runner

__all__ = ["HealRunner"]


class HealRunner(Runner):
    """Runs one refinement at a time; `finished` brings its pixels.

    Signals
    -------
    progressed : Progress
    """

    progressed = Signal(object)

    def start(self, refinement: Refinement) -> None:
        """Start; there must be none running."""
        self._start(refinement.steps(self._asked_to_stop))

    def _on_step(self, event: Event) -> None:
        if isinstance(event, Progress) and not self.cancelling:
            self.progressed.emit(event)
