"""The dock Fill: choose image and mask, run, watch, compare, measure.

`FillDock` connects four parts that do not know each other: the form with the choices
(`FillForm`), the worker (`fill_the_hole`), the layers (`ResultLayers`) and the table
(`MetricsTable`).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.errors import GreyfillError
from napari_greyfill.masks import selected_labels
from napari_greyfill.viewer import layers
from napari_greyfill.viewer.fill_form import FillForm
from napari_greyfill.viewer.metrics_table import MetricsTable
from napari_greyfill.viewer.models import FillRequest, PlaneSource, RunRow, as_python
from napari_greyfill.viewer.settings import preferred_device
from napari_greyfill.viewer.texts import FILL as TEXTS
from napari_greyfill.viewer.worker import (
    Failed,
    Finished,
    Note,
    Preview,
    Progress,
    fill_the_hole,
)

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Layer
    from napari.qt.threading import GeneratorWorker

__all__ = ["FillDock"]

HOLD_KEY = "H"


class FillDock(QWidget):
    """Fills the painted hole of an image layer; the results come as new layers.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer
    """

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.form = FillForm(preferred_device())
        self.table = MetricsTable()
        self.results = layers.ResultLayers(napari_viewer)
        self._worker: GeneratorWorker | None = None
        self._request: FillRequest | None = None
        self._last_request: FillRequest | None = None
        self._placement: layers.Placement | None = None
        self._source: Layer | None = None
        self._run_layers: dict[int, Layer] = {}
        self._runs = 0
        self._holding = ExitStack()
        self._watched: Layer | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(100)
        self._build()
        self._connect()
        self.refresh()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.run_button = _button("Run", TEXTS["run"])
        self.cancel_button = _button("Cancel", TEXTS["cancel"])
        self.original_button = _button("Show original", TEXTS["original"])
        self.python_button = _button("Copy as Python", TEXTS["python"])
        self.defaults_button = _button("Restore defaults", "Set every choice but the layers back.")
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setToolTip(TEXTS["progress"])
        self.progress.setTextVisible(False)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.addWidget(self.form)
        self.form.advanced.addWidget(self.defaults_button)
        layout.addLayout(_row(self.run_button, self.cancel_button))
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addLayout(_row(self.original_button, self.python_button))
        layout.addWidget(self.table, stretch=1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = scroll.verticalScrollBar().sizeHint().width()
        scroll.setMinimumWidth(inner.minimumSizeHint().width() + bar)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        self.form.changed.connect(self._settle.start)
        self.form.new_mask_wanted.connect(self.new_mask)
        self._settle.timeout.connect(self.refresh)
        self.run_button.clicked.connect(lambda: self.run())
        self.cancel_button.clicked.connect(lambda: self.cancel())
        self.original_button.pressed.connect(self.hold_original)
        self.original_button.released.connect(self.release_original)
        self.python_button.clicked.connect(lambda: self.copy_as_python())
        self.defaults_button.clicked.connect(
            lambda: self.form.restore_defaults(preferred_device())
        )
        self.table.run_chosen.connect(self._select_run)
        self.viewer.dims.events.current_step.connect(self._changed)
        self.viewer.dims.events.ndisplay.connect(self._changed)
        self.viewer.dims.events.order.connect(self._changed)
        self.destroyed.connect(self._disconnect_viewer)

    def _disconnect_viewer(self) -> None:
        self.viewer.dims.events.disconnect(self._changed)

    def _changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Look again soon at whether a fill can start; many events make one look."""
        self._settle.start()

    def reset_choices(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """List the layers anew; napari calls it when layers come, go or are renamed."""
        self.form.reset_choices()

    # ------------------------------------------------------------ readiness

    @property
    def running(self) -> bool:
        """Return whether a fill is under way."""
        return self._worker is not None

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        if self.running:
            return "A fill is running."
        image, mask = self.form.image_layer, self.form.mask_layer
        reason = layers.not_ready(self.viewer, image, mask)
        return reason or self._why_not_mask()

    def _why_not_mask(self) -> str:
        image, mask = self.form.image_layer, self.form.mask_layer
        assert image is not None
        assert mask is not None
        plane = layers.plane_at(mask, layers.plane_index(image, self.viewer)).read()
        painted = selected_labels(plane, self.form.chosen_labels())
        if painted.all():
            return "Everything is painted: leave some of the picture to fill from."
        if painted.any():
            return ""
        if plane.any():
            return "The selected label is not painted here: paint it, or use all labels."
        return "The mask is empty here: paint over what is to be filled."

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        self._watch(self.form.mask_layer)
        reason = self.why_not()
        self.run_button.setEnabled(not reason)
        self.cancel_button.setEnabled(self.running)
        self.progress.setVisible(self.running)
        self.form.new_mask.setEnabled(self.form.image_layer is not None)
        self.original_button.setEnabled(self.form.image_layer is not None)
        self.python_button.setEnabled(self._last_request is not None)
        if not self.running:
            self.status.setText(reason or "Ready.")

    def _watch(self, mask: Layer | None) -> None:
        """Follow the painting of one mask."""
        if mask is self._watched:
            return
        for layer, connect in ((self._watched, False), (mask, True)):
            if layer is None:
                continue
            for emitter in (layer.events.paint, layer.events.data, layer.events.selected_label):
                (emitter.connect if connect else emitter.disconnect)(self._changed)
        self._watched = mask

    # ------------------------------------------------------------ actions

    def new_mask(self) -> None:
        """Add a mask to paint on and choose it."""
        image = self.form.image_layer
        if image is None:
            return
        mask = layers.new_mask(self.viewer, image)
        self.form.reset_choices()
        self.form.mask_choice.value = mask
        self.refresh()

    def run(self) -> None:
        """Start a fill of what is chosen, in a thread of its own."""
        if self.why_not():
            self.refresh()
            return
        from napari.qt.threading import create_worker

        image = self.form.image_layer
        self._request = self._make_request()
        self._source, self._placement = image, layers.Placement.of(image, self._request_index())
        worker: list[GeneratorWorker] = []

        def cancelled() -> bool:
            return bool(worker) and worker[0].abort_requested

        worker.append(
            create_worker(
                fill_the_hole,
                self._request,
                cancelled,
                _start_thread=False,
                _progress={"desc": f"Filling {image.name}"},
            )
        )
        self._worker = worker[0]
        self._worker.yielded.connect(self._on_message)
        self._worker.returned.connect(self._on_returned)
        self._worker.finished.connect(self._on_finished)
        self.progress.setValue(0)
        self.status.setText("Starting…")
        self.refresh()
        self._worker.start()

    def cancel(self) -> None:
        """Stop the running fill; nothing of it stays."""
        if self._worker is None:
            return
        self._worker.quit()
        self.cancel_button.setEnabled(False)
        self.status.setText("Cancelling…")

    def copy_as_python(self) -> None:
        """Put lines that repeat the last run on the clipboard."""
        if self._last_request is not None:
            QGuiApplication.clipboard().setText(as_python(self._last_request))

    def hold_original(self) -> None:
        """Show the image without what lies over it, until `release_original`."""
        image = self._source if self._source in self.viewer.layers else self.form.image_layer
        if image is not None and image in self.viewer.layers:
            self.release_original()
            self._holding.enter_context(layers.original_shown(self.viewer, image))

    def release_original(self) -> None:
        """Put the layers back as they were before `hold_original`."""
        self._holding.close()

    def _request_index(self) -> tuple[int, ...]:
        return layers.plane_index(self.form.image_layer, self.viewer)

    def _make_request(self) -> FillRequest:
        image, mask = self.form.image_layer, self.form.mask_layer
        reference = self.form.reference_layer
        index = self._request_index()
        painted = layers.plane_at(mask, index)
        return FillRequest(
            image=layers.plane_at(image, index),
            # a copy: painting goes on while the fill runs
            mask=PlaneSource(np.array(painted.read()), ()),
            mask_index=painted.index,
            rgb=bool(image.rgb),
            parameters=self.form.parameters(),
            image_name=image.name,
            mask_name=mask.name,
            reference=None if reference is None else layers.plane_at(reference, index),
            reference_name="" if reference is None else reference.name,
            intermediates=self.form.intermediates.isChecked(),
            preview=self.form.preview.isChecked(),
        )

    # ------------------------------------------------------------ worker's messages

    def _on_message(self, message: Progress | Preview | Note) -> None:
        from napari.utils.notifications import show_warning

        if isinstance(message, Note):
            show_warning(message.text)
        elif self._worker is None or self._worker.abort_requested:
            return
        elif isinstance(message, Progress):
            self.progress.setValue(round(1000 * message.fraction))
            self.status.setText(f"{message.text[:1].upper()}{message.text[1:]}…")
        else:
            assert self._placement is not None
            self.results.show_preview(message.image, self._placement)

    def _on_returned(self, outcome: Finished | Failed | None) -> None:
        self.results.remove_preview()
        if isinstance(outcome, Failed):
            self._show_failure(outcome.error)
        elif isinstance(outcome, Finished):
            self._show_result(outcome)

    def _show_result(self, outcome: Finished) -> None:
        assert self._request is not None
        assert self._placement is not None
        request = self._last_request = self._request
        provenance = {
            **outcome.provenance,
            "image": request.image_name,
            "mask": request.mask_name,
            "plane": list(self._placement.index),
        }
        layer = self.results.show(
            id(self._source),
            self._placement,
            outcome.images,
            outcome.hole,
            provenance,
            keep_earlier=self.form.keep.isChecked(),
        )
        layer.bind_key(HOLD_KEY, self._hold_by_key, overwrite=True)
        self._runs += 1
        self._run_layers[self._runs] = layer
        self.table.add(
            RunRow(
                run=self._runs,
                image=request.image_name,
                method=outcome.method,
                pipeline=outcome.pipeline if request.rgb else "grey",
                colorizer=outcome.colorizer,
                seconds=outcome.seconds,
                pixels=int(np.count_nonzero(outcome.hole)),
                metrics=outcome.metrics,
            )
        )

    def _show_failure(self, error: Exception) -> None:
        """Show a known error as its sentence; anything else as a bug, with its traceback."""
        from napari.utils.notifications import notification_manager, show_error

        if isinstance(error, GreyfillError):
            show_error(str(error))
        else:
            notification_manager.receive_error(type(error), error, error.__traceback__)

    def _on_finished(self) -> None:
        cancelled = self._worker is not None and self._worker.abort_requested
        self._worker = self._request = None
        self.results.remove_preview()
        self.refresh()
        if cancelled:
            self.status.setText("Cancelled; no layer was changed.")

    def _hold_by_key(self, layer: Layer) -> Generator[None, None, None]:
        """Show the original as long as the key is down."""
        self.hold_original()
        yield
        self.release_original()

    def _select_run(self, run: int) -> None:
        layer = self._run_layers.get(run)
        if layer is not None and layer in self.viewer.layers:
            layer.visible = True
            self.viewer.layers.selection.active = layer
        else:
            self.status.setText(f"The result of run {run} is no longer among the layers.")


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    return row
