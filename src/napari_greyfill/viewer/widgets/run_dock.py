"""What the docks Fill and Compare share: Run and Cancel, a bar, and a sentence beside them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from qtpy.QtCore import QTimer, Signal
from qtpy.QtGui import QHideEvent, QShowEvent
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_greyfill.compute.device import leave_a_core
from napari_greyfill.compute.time_left import TimeLeft
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.models import checksum
from napari_greyfill.viewer.settings import apply_weights_folder
from napari_greyfill.viewer.threads.runs import Runner
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.how_far import ShareBar, going_on
from napari_greyfill.viewer.widgets.keys import CANCEL, RUN, Keys
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.scroll import VerticalScroll
from napari_greyfill.viewer.widgets.sentence import Sentence

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Image, Labels, Layer

    from napari_greyfill.viewer.masks.hole_form import HoleForm

__all__ = ["MASK_CHANGED", "Painted", "RunDock", "removed"]


MASK_CHANGED = "Mask changed: Run to update."


@dataclass(frozen=True)
class Painted:
    """What is painted on a plane.

    Attributes
    ----------
    number : int
        Its checksum.
    """

    number: int


class RunDock(Dock):
    """A dock that runs one thing at a time.

    Subclasses say what can be run, and arrange the widgets that are made here. Closing the dock
    cancels what runs, and nothing comes of it.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
    runner : Runner
    texts : mapping of str to str
        Tooltips of "run" and "cancel".

    Signals
    -------
    run_ended
        A run is over: finished, failed or cancelled.
    """

    run_ended = Signal()
    form: HoleForm

    def __init__(
        self, viewer: napari.viewer.Viewer, runner: Runner, texts: Mapping[str, str]
    ) -> None:
        super().__init__()
        apply_weights_folder()
        leave_a_core()
        self.viewer = viewer
        runner.setParent(self)
        self.runner = runner
        self._outcome = ""  # what came of the last run
        self._run_of: Hashable = None  # what was chosen for it
        self._unchanged = False  # what is chosen now can run, and is the same
        self._out_of_sight = False
        self._complete = False  # it was neither cancelled nor did it fail
        self._watched: tuple[Layer | None, Layer | None] = (None, None)  # image and mask
        self.run_button = button("Run", texts["run"], self.run)
        self.cancel_button = button("Cancel", texts["cancel"], self.cancel)
        self.status = Sentence()
        self._time_left = TimeLeft()
        self.keys = Keys(self, {RUN: "run", CANCEL: "cancel"})
        self.progress = ShareBar()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(100)
        self._settle.timeout.connect(self.refresh)
        for name in ("current_step", "ndisplay", "order"):
            self._follow(getattr(viewer.dims.events, name), self._changed)
        self._follow(viewer.layers.selection.events.active, self._selected)
        runner.failed.connect(self._show_failure)
        runner.cancelled.connect(self._stop_short)
        runner.ended.connect(self._end)

    def _scrolled(self) -> QVBoxLayout:
        """Return the layout of what the dock shows, with a scroll bar where there is no room."""
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(6, 6, 6, 6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(inner))
        return layout

    def _changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Look again soon at whether a run can start; many events make one look."""
        if not self.closed:  # viewer and layers outlive a closed dock
            self._settle.start()

    def _selected(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Let image and mask follow the selected layer."""
        if not self.closed:
            self.form.following.soon()

    def _watch(self, image: Layer | None, mask: Layer | None) -> None:
        """Follow the painting of the mask in use, and replaced data of the image."""
        if (image, mask) == self._watched:
            return
        for layer in self._watched:
            for emitter in _told_by(layer):
                emitter.disconnect(self._changed)
        for layer in (image, mask):
            for emitter in _told_by(layer):
                emitter.connect(self._changed)
        self._watched = (image, mask)
        self._put_keys()

    def _put_keys(self) -> None:
        """Give the keys to image and mask, unless another dock lies in front of this one."""
        if not self._out_of_sight:
            self.keys.put_on(self._watched)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys of image and mask, which another dock may have had."""
        super().showEvent(event)
        self._out_of_sight = False
        self._put_keys()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the keys to the dock that is in front."""
        super().hideEvent(event)
        self._out_of_sight = True

    def reset_choices(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """List the layers anew; napari calls it when layers come, go or are renamed."""
        if not self.closed:
            self._list_layers()

    def _list_layers(self) -> None:
        raise NotImplementedError

    def _let_go(self) -> None:
        self.runner.leave()
        self._settle.stop()
        self.form.following.stop()
        self._watch(None, None)

    # ------------------------------------------------------------ readiness

    @property
    def running(self) -> bool:
        """Return whether a run is under way."""
        return self.runner.running

    @property
    def chosen_layers(self) -> tuple[Image | None, Labels | None]:
        """Return the chosen image and mask."""
        raise NotImplementedError

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        raise NotImplementedError

    def painted_plane(self) -> NDArray[Any]:
        """Return the labels painted on the plane in view."""
        image, mask = self.chosen_layers
        assert image is not None
        assert mask is not None
        return planes.plane_at(mask, planes.plane_index(image, self.viewer), image).read()

    def _chosen(self) -> Hashable:
        """Return what tells whether another run would be of the same things."""
        image, mask = self.chosen_layers
        if image is None or mask is None:
            return None
        painted = Painted(checksum(self.painted_plane()))
        index = planes.plane_index(image, self.viewer)
        return image.unique_id, id(image.data), mask.unique_id, index, painted

    def _last_outcome(self, now: Hashable) -> str:
        """Return what came of the last run if it was of what is chosen now.

        If only the mask was painted on since, that is said.
        """
        if not self._outcome:
            return ""
        if now == self._run_of:
            return self._outcome
        same = self._complete and _but_for_paint(now) == _but_for_paint(self._run_of)
        return MASK_CHANGED if same else ""

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        self._watch(*self.chosen_layers)
        reason = self.why_not()
        self.run_button.setEnabled(not reason)
        self.cancel_button.setEnabled(self.running and not self.runner.cancelling)
        self.progress.setVisible(self.running)
        # looked at once, because what is painted is read
        told = bool(self._outcome) and not reason
        now = self._chosen() if told else None
        self._unchanged = told and now == self._run_of
        if not self.running:
            self.status.setText(reason or self._last_outcome(now) or self._ready())

    def _ready(self) -> str:
        """Return what is said before a run."""
        return "Ready."

    # ------------------------------------------------------------ actions and news

    def run(self) -> None:
        """Start a run of what is chosen, in a thread of its own."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop what is running; what is finished stays."""
        if self.running:
            self.runner.cancel()
            self.cancel_button.setEnabled(False)
            self.status.setText("Cancelling…")

    def _show_start(self, *, continued: bool = False) -> None:
        self._outcome, self._complete = "", True
        self.progress.show_share(0)
        self._time_left.restart(continued=continued)
        self.refresh()
        self.status.setText("Starting…")

    def _show_share(self, fraction: float, text: str) -> None:
        self.progress.show_share(fraction)
        left = self._time_left.said(fraction)
        self.status.setText(going_on(text, left))

    def _show_failure(self, error: Exception) -> None:
        self._complete = False
        self._outcome = f"Failed: {error}"
        show_failure(error)

    def _stop_short(self) -> None:
        self._complete = False
        self._show_cancelled()

    def _show_cancelled(self) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        self.refresh()
        self.run_ended.emit()


def _but_for_paint(chosen: Hashable) -> Hashable:
    """Return what was chosen without what was painted."""
    if isinstance(chosen, Painted):
        return None
    return tuple(map(_but_for_paint, chosen)) if isinstance(chosen, tuple) else chosen


def removed(count: int) -> str:
    """Return a sentence about layers that made room, to follow others; empty if there are none."""
    if not count:
        return ""
    return f" {count} {'layer' if count == 1 else 'layers'} of an earlier run made room."


def _told_by(layer: Layer | None) -> list[Any]:
    """Return the events of a layer that may decide whether a run can start."""
    if layer is None:
        return []
    names = ("paint", "data", "set_data", "selected_label")  # set_data: Undo tells in no other way
    labels = hasattr(layer, "selected_label")
    return [getattr(layer.events, name) for name in (names if labels else ("data",))]
