"""Error bars in the dock Fill, on demand: the interval of the last fill, and draws of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.viewer.layers.bars import show_bars
from napari_greyfill.viewer.layers.planes import Placement
from napari_greyfill.viewer.threads.runs import Runner
from napari_greyfill.viewer.widgets.how_far import ShareBar, going_on
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.sentence import Sentence
from napari_greyfill.viewer.widgets.texts import BARS as TEXTS

if TYPE_CHECKING:
    from napari.viewer import Viewer

__all__ = ["BarRow"]

LEVEL = 0.9
DRAWS = 20  # to begin with


@dataclass(frozen=True, eq=False)
class _Found:
    """What came of a wish: arrays for layers, by what they are, and a sentence."""

    layers: dict[str, NDArray[Any]]
    window: Window
    sentence: str


class BarRunner(Runner):
    """Works out one interval, or one set of draws, at a time."""

    def start(self, result: FillResult, draws: int = 0) -> None:
        """Start; there must be nothing running.

        Parameters
        ----------
        result : FillResult
            Of the fill.
        draws : int
            How many; 0 for the interval.
        """
        work = partial(_interval, result) if not draws else partial(_draws, result, draws)
        self._start(work(self._asked_to_stop))


def _interval(result: FillResult, cancelled: Any) -> Generator[Event, None, _Found]:  # noqa: ANN401
    from time import process_time

    started = process_time()
    low, high = yield from result.interval_steps(LEVEL, cancelled)
    seconds = process_time() - started
    window = result.steps[-1].frame()
    ends = [_part(result, each, window) for each in (low, high)]
    half = (ends[1].astype(np.float64) - ends[0]) / 2
    half = half if half.ndim == 2 else half[..., :3].mean(axis=-1)
    inside = result.hole[window.slices]
    names = f"{100 * LEVEL:g} %"
    layers = {
        f"{names} low": ends[0],
        f"{names} high": ends[1],
        f"± {names}": half.astype(np.float32),
    }
    sentence = (
        f"{100 * LEVEL:g} of 100 true values are within ± {half[inside].mean():.3g}, on average "
        f"over the hole. It took {seconds:.1f} s of the processor."
    )
    return _Found(layers, window, sentence)


def _draws(result: FillResult, count: int, cancelled: Any) -> Generator[Event, None, _Found]:  # noqa: ANN401
    draws = yield from result.draw_steps(count, 0, cancelled)
    window = result.steps[-1].frame()
    images = np.stack([_part(result, image, window) for image in draws])
    sentence = f"{count} plausible fills: move through them with the first slider."
    return _Found({"draws": images}, window, sentence)


def _part(result: FillResult, image: NDArray[Any], window: Window) -> NDArray[Any]:
    """Return a part of an image of the result's shape, (h, w) or (h, w, C)."""
    height, width = result.hole.shape
    plane = image.reshape(height, width, -1)[window.slices]
    return np.ascontiguousarray(plane[..., 0] if plane.shape[-1] == 1 else plane)


class BarRow(QWidget):
    """Two buttons, what they are doing, and what came of it.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
        Where layers are added.
    """

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._result: FillResult | None = None
        self._where: tuple[str, Placement, dict[str, Any]] | None = None
        self.runner = BarRunner(self)
        self.interval_button = button("Interval", TEXTS["interval"], self.show_interval)
        self.draws_button = button("Draws", TEXTS["draws"], self.show_draws)
        self.count = QSpinBox()
        self.count.setRange(2, 500)
        self.count.setValue(DRAWS)
        self.count.setMinimumWidth(60)
        self.count.setToolTip(TEXTS["count"])
        self.stop_button = button("Stop", TEXTS["stop"], self.stop)
        self.progress = ShareBar()
        self.status = Sentence()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(side_by_side(self.interval_button, self.draws_button, self.count))
        layout.addLayout(side_by_side(self.progress, self.stop_button))
        layout.addWidget(self.status)
        self.runner.progressed.connect(self._show_progress)
        self.runner.finished.connect(self._show)
        self.runner.failed.connect(self._show_failure)
        self.runner.cancelled.connect(self._show_stopped)
        self.runner.ended.connect(self._refresh)
        self._refresh()

    def offer(
        self, result: FillResult, source: str, placement: Placement, metadata: dict[str, Any]
    ) -> None:
        """Offer error bars of a fill; what runs for an earlier one is stopped.

        Parameters
        ----------
        result : FillResult
            The fill.
        source : str
            Unique id of the image layer.
        placement : Placement
            Where the plane lies.
        metadata : dict
            Provenance of the layers.
        """
        self.runner.cancel()
        self._result, self._where = result, (source, placement, metadata)
        self._say("")
        self._refresh()

    def leave(self) -> None:
        """Stop, and tell nothing any more: the dock is being closed."""
        self.runner.leave()
        self._result = None

    def show_interval(self) -> None:
        """Work out the interval of the last fill, and add its layers."""
        self._start(0)

    def show_draws(self) -> None:
        """Draw plausible fills, and add them as one layer."""
        self._start(self.count.value())

    def stop(self) -> None:
        """Stop what is running; no layer is added."""
        self.runner.cancel()
        self._say("Stopping…")

    def _start(self, draws: int) -> None:
        if self._result is None or self.runner.running:
            return
        self.progress.show_share(0)
        self._say("Starting…")
        self.runner.start(self._result, draws)
        self._refresh()

    def _show_progress(self, news: Progress) -> None:
        self.progress.show_share(news.fraction)
        self._say(going_on(news.text))

    def _show(self, found: _Found) -> None:
        if self._where is None:
            return
        source, placement, metadata = self._where
        show_bars(self._viewer, source, placement, found.layers, found.window, metadata)
        self._say(found.sentence)

    def _say(self, sentence: str) -> None:
        self.status.setText(sentence)
        self.status.setVisible(bool(sentence))

    def _show_failure(self, error: Exception) -> None:
        self._say(str(error))

    def _show_stopped(self) -> None:
        self._say("Stopped.")

    def _refresh(self) -> None:
        running = self.runner.running
        for each in (self.interval_button, self.draws_button):
            each.setEnabled(self._result is not None and not running)
        self.progress.setVisible(running)
        self.stop_button.setVisible(running)
        self.status.setVisible(bool(self.status.text()))
