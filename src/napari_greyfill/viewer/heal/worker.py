"""The better fills of strokes, one after the other in a worker thread."""

from __future__ import annotations

from napari_greyfill.pipeline.heal_fills import Refinement
from napari_greyfill.viewer.threads.runs import Runner

__all__ = ["HealRunner"]


class HealRunner(Runner):
    """Runs one refinement at a time; `finished` brings its pixels."""

    def start(self, refinement: Refinement) -> None:
        """Start; there must be none running."""
        self._start(refinement.steps(self._asked_to_stop))
