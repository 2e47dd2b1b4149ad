"""The dock Compare: fill one hole in many ways, look at the results, and measure them.

`CompareDock` connects parts that do not know each other: the form (`CompareForm`), the runs
(`CompareRunner`), the layers (`ComparedLayers`), the table (`CompareTable`) and the viewing tools
(`LookBar`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.compat import isalive
from qtpy.QtCore import QTimer, Signal
from qtpy.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from napari_greyfill.evaluate import Combination, CompareStep, Comparison, Row
from napari_greyfill.evaluate.combinations import pipeline_title
from napari_greyfill.evaluate.comparing import polarity_warning
from napari_greyfill.viewer import layers
from napari_greyfill.viewer.compare_form import CompareForm
from napari_greyfill.viewer.compare_layers import ComparedLayers
from napari_greyfill.viewer.compare_run import CompareRequest, CompareRunner
from napari_greyfill.viewer.compare_table import CompareTable
from napari_greyfill.viewer.failures import show_failure
from napari_greyfill.viewer.look_bar import LookBar
from napari_greyfill.viewer.models import PlaneSource
from napari_greyfill.viewer.parts import button, side_by_side
from napari_greyfill.viewer.scroll import VerticalScroll
from napari_greyfill.viewer.settings import apply_weights_folder, preferred_device
from napari_greyfill.viewer.texts import COMPARE as TEXTS

if TYPE_CHECKING:
    import napari.viewer

__all__ = ["CompareDock"]


class CompareDock(QWidget):
    """Fills the painted hole of an image layer in every ticked way.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer

    Signals
    -------
    run_ended
        A run is over: finished, failed or cancelled.
    """

    run_ended = Signal()

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        apply_weights_folder()
        self.viewer = napari_viewer
        self.form = CompareForm()
        self.table = CompareTable()
        self.results = ComparedLayers(napari_viewer)
        self.runner = CompareRunner(self)
        self.look = LookBar(napari_viewer, self.results)
        self._request: CompareRequest | None = None
        self._placement: layers.Placement | None = None
        self._outcome = ""
        self._interrupted = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(100)
        self._build()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self.run_button = button("Run", TEXTS["run"], self.run)
        self.cancel_button = button("Cancel", TEXTS["cancel"], self.cancel)
        self.continue_button = button("Continue", TEXTS["continue"], self.go_on)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.addWidget(self.form)
        layout.addLayout(side_by_side(self.run_button, self.cancel_button, self.continue_button))
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(self.look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(inner))

    def _connect(self) -> None:
        self.form.changed.connect(self._settle.start)
        self._settle.timeout.connect(self.refresh)
        self.table.chosen.connect(self._show_chosen)
        self.viewer.dims.events.current_step.connect(self._changed)
        self.viewer.dims.events.ndisplay.connect(self._changed)
        self.runner.stepped.connect(self._show_step)
        self.runner.finished.connect(self._show_comparison)
        self.runner.failed.connect(self._show_failure)
        self.runner.cancelled.connect(self._show_cancelled)
        self.runner.ended.connect(self._end)

    def _changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Look again soon at whether a comparison can start."""
        if isalive(self):  # viewer and layers outlive a closed dock
            self._settle.start()

    def reset_choices(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """List the layers anew; napari calls it when layers come, go or are renamed."""
        self.form.reset_choices()
        self.look.reset_choices()

    def showEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Look again at which methods can run: weights may have arrived meanwhile."""
        super().showEvent(event)
        self.form.refresh_methods()

    # ------------------------------------------------------------ readiness

    @property
    def running(self) -> bool:
        """Return whether a comparison is under way."""
        return self.runner.running

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        if self.running:
            return "A comparison is running."
        image, mask = self.form.image_layer, self.form.mask_layer
        to_mask = "Add a labels layer and paint over what is to be filled."
        reason = layers.not_ready(self.viewer, image, mask, to_mask)
        if reason:
            return reason
        if self.form.reference_kind == "layer" and self.form.reference_layer is None:
            return "Choose the reference layer, or another kind of reference."
        if not self.form.methods.chosen():
            return "Tick a method."
        if image.rgb and not self.form.pipelines.chosen():
            return "Tick a pipeline."
        if image.rgb and not self.form.colorizers.chosen():
            return "Tick a colorizer."
        return self._why_not_mask()

    def _painted(self) -> Any:  # noqa: ANN401 - an array
        image, mask = self.form.image_layer, self.form.mask_layer
        return layers.plane_at(mask, layers.plane_index(image, self.viewer)).read() != 0

    def _why_not_mask(self) -> str:
        painted = self._painted()
        if painted.all():
            return "Everything is painted: leave some of the picture to fill from."
        return "" if painted.any() else "The mask is empty here: paint over what is to be filled."

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        self.form.enable_colour()
        reason = self.why_not()
        self.run_button.setEnabled(not reason)
        self.cancel_button.setEnabled(self.running and not self.runner.cancelling)
        self.continue_button.setEnabled(self._interrupted and not self.running)
        self.progress.setVisible(self.running)
        if not self.running:
            warning = "" if reason else polarity_warning(self._painted())
            self.status.setText(reason or self._outcome or warning or "Ready.")

    # ------------------------------------------------------------ actions

    def run(self) -> None:
        """Start a comparison of what is ticked; the rows before make room."""
        if self.why_not():
            self.refresh()
            return
        image = self.form.image_layer
        self.look.stop()
        self._request = self._make_request()
        self._placement = layers.Placement.of(image, self._request.image.index)
        self.results.begin(image.unique_id)
        self.table.clear()
        self._start(())

    def go_on(self) -> None:
        """Go on with the comparison that was cancelled; failed rows are tried again."""
        if self._interrupted and not self.running:
            self._start(tuple(row for row in self.table.rows if not row.error))

    def cancel(self) -> None:
        """Stop the running comparison; the rows that are finished stay."""
        if self.running:
            self.runner.cancel()
            self.status.setText("Cancelling…")
            self.cancel_button.setEnabled(False)

    def _start(self, done: tuple[Row, ...]) -> None:
        assert self._request is not None
        self._outcome, self._interrupted = "", False
        self.progress.setValue(0)
        self.runner.start(self._request, done)
        self.refresh()
        self.status.setText("Starting…")

    def _make_request(self) -> CompareRequest:
        form, image = self.form, self.form.image_layer
        index = layers.plane_index(image, self.viewer)
        reference = form.reference_layer
        return CompareRequest(
            image=layers.plane_at(image, index),
            # a copy: painting goes on while the comparison runs
            mask=PlaneSource(np.array(layers.plane_at(form.mask_layer, index).read()), ()),
            rgb=bool(image.rgb),
            image_name=image.name,
            mask_name=form.mask_layer.name,
            methods=form.methods.chosen(),
            pipelines=form.pipelines.chosen(),
            colorizers=form.colorizers.chosen(),
            reference=None if reference is None else layers.plane_at(reference, index),
            measured=form.reference_kind != "none",
            device=preferred_device(),
            grow=form.grow.value(),
        )

    def _show_chosen(self, combination: Combination) -> None:
        row = next(row for row in self.table.rows if row.combination == combination)
        if row.error:
            self.status.setText(f"{combination.title} failed: {row.error}")
            return
        layer = self.results.find(combination)
        if layer is None:
            self.status.setText("That result is no longer among the layers.")
        elif not self.look.put_right(layer):
            self.results.show_only(combination)

    # ------------------------------------------------------------ the run's news

    def _show_step(self, step: CompareStep) -> None:
        if step.row is not None:
            self._show_row(step.row)
        if self.runner.cancelling:
            return
        if step.note:
            from napari.utils.notifications import show_warning

            show_warning(step.name)
            return
        self.progress.setValue(round(1000 * step.fraction))
        self.status.setText(f"{step.name[:1].upper()}{step.name[1:]}…")

    def _show_row(self, row: Row) -> None:
        """Show a row even when cancelling: it is finished, and is not filled again."""
        assert self._placement is not None
        if row.image is not None:
            self.results.add(row, self._placement, self._name_of(row.combination))
        self.table.add(row)

    def _name_of(self, combination: Combination) -> str:
        """Return a short name, for the layer list and the grid have little room."""
        assert self._request is not None
        name = f"{combination.method}, {pipeline_title(combination.pipeline)}"
        several = len(self._request.colorizers) > 1 and combination.colorizer
        return f"{name}, {combination.colorizer}" if several else name

    def _show_comparison(self, comparison: Comparison) -> None:
        failed = sum(1 for row in comparison.rows if row.error)
        self._interrupted = failed > 0
        text = f"{len(comparison.rows)} results" + (f", {failed} failed" if failed else "")
        self._outcome = " ".join(part for part in (f"{text}.", comparison.why_no_metrics) if part)

    def _show_failure(self, error: Exception) -> None:
        self._outcome = f"Failed: {error}"
        show_failure(error)

    def _show_cancelled(self) -> None:
        self._interrupted = True
        self._outcome = f"Cancelled with {len(self.table.rows)} results; Continue goes on."

    def _end(self) -> None:
        self.refresh()
        self.run_ended.emit()
