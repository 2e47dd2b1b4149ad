"""The dock Heal: each stroke is filled when the brush is lifted; one stroke, one fill, one undo.

`HealDock` connects the controls (`HealForm`), the layers (`HealLayers`), the mouse and the keys
(`Hand`) and the thread (`HealRunner`). What is healed is in a `Healing` for each plane.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from napari_greyfill.compute.events import Progress
from napari_greyfill.errors import GreyfillError
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.healing import Edit, Healing
from napari_greyfill.viewer.heal.dust import Dust
from napari_greyfill.viewer.heal.form import CLONE, HEAL, RESTORE, HealForm, Tool
from napari_greyfill.viewer.heal.hand import Hand
from napari_greyfill.viewer.heal.layers import HealLayers
from napari_greyfill.viewer.heal.strokes import LARGE
from napari_greyfill.viewer.heal.worker import HealRunner
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.own import source_of
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.scroll import VerticalScroll
from napari_greyfill.viewer.widgets.texts import HEAL as TEXTS

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Image

__all__ = ["HealDock"]

_DRAWN = 10  # milliseconds, which end once the quick fill is drawn
_REST = 300  # milliseconds without a stroke, after which the result's layer is drawn anew
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Pending:
    """A stroke whose better fill is still to come."""

    index: Index
    session: Healing
    edit: Edit
    method: str
    slow: bool = False  # nothing is there of it yet


class HealDock(Dock):
    """Heals an image layer as one paints.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer
    """

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.form = HealForm(napari_viewer)
        self.dust = Dust(self)
        self.runner = HealRunner(self)
        self.layers: HealLayers | None = None
        self.hand: Hand | None = None
        self._image = ""  # unique id of the image that is healed
        self._index: Index = ()
        self._pending: deque[_Pending] = deque()  # the first one is being filled
        self._waiting: dict[Index, NDArray[np.uint8]] = {}  # large strokes of other planes
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._come_to_rest)
        self._begin = QTimer(self)  # a thread that works would delay the first pixels
        self._begin.setSingleShot(True)
        self._begin.setInterval(_DRAWN)
        self._begin.timeout.connect(self._next)
        self._soon = QTimer(self)  # napari selects a layer after it told of it
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.arm)
        self._build()
        self._connect()
        self._choose_first()
        self.arm()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.take_button = button("Take the brush", TEXTS["take"], self.take_brush)
        self.undo_button = button("Undo", TEXTS["undo"], self.undo)
        self.redo_button = button("Redo", TEXTS["redo"], self.redo)
        self.run_button = button("Run", TEXTS["run"], self.run)
        self.cancel_button = button("Cancel", TEXTS["cancel"], self.cancel)
        self.mask_button = button("Mask as layer", TEXTS["mask"], self.add_mask)
        self.status, self.count = QLabel(), QLabel()
        for label in (self.status, self.count):
            label.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setToolTip(TEXTS["progress"])
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.addWidget(self.form)
        layout.addWidget(self.take_button)
        layout.addLayout(side_by_side(self.undo_button, self.redo_button))
        layout.addLayout(side_by_side(self.run_button, self.cancel_button))
        layout.addWidget(self.dust.form)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self.count)
        layout.addWidget(self.mask_button)
        layout.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(inner))

    def _connect(self) -> None:
        self.form.image_chosen.connect(self.arm)
        self.form.tool_chosen.connect(self._tool_changed)
        self.form.brush_sized.connect(self._size_brush)
        self.form.outline_toggled.connect(self.draw_outline)
        self.dust.drawn.connect(self.draw_outline)
        self.dust.form.heal.clicked.connect(lambda: self.heal_dust())
        self.runner.finished.connect(self._settle)
        self.runner.failed.connect(self._fail)
        self.runner.progressed.connect(self._show_progress)
        self.runner.ended.connect(self._next)
        for name in ("current_step", "ndisplay", "order"):
            self._follow(getattr(self.viewer.dims.events, name), self._plane_changed)
        self._follow(self.viewer.layers.events.removed, self._layer_removed)

    def _choose_first(self) -> None:
        """Choose the selected image, or else the one on top."""
        active = self.viewer.layers.selection.active
        listed = [self.form.image.itemData(i) for i in range(self.form.image.count())]
        wanted = getattr(active, "unique_id", None)
        chosen = listed.index(wanted) if wanted in listed else len(listed) - 1
        layer = planes.find(self.viewer, listed[chosen]) if listed else None
        source = "" if layer is None else source_of(layer)  # of a result, what was healed
        sources = [str(unique_id) for unique_id in listed]
        self.form.image.setCurrentIndex(sources.index(source) if source in sources else chosen)

    def reset_choices(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """List the layers anew; napari calls it when layers come, go or are renamed."""
        if self.closed:
            return
        self.form.image.refresh()
        if self.layers is None and not self._image:
            self._soon.start()

    # ------------------------------------------------------------ arming

    @property
    def image(self) -> Image | None:
        """Return the image that is healed, unless it is gone."""
        return planes.find(self.viewer, self._image)

    @property
    def index(self) -> Index:
        """Return the plane in view."""
        return self._index

    @property
    def zoom(self) -> float:
        """Return how many pixels of the screen one unit of the scene takes."""
        scene = getattr(self.viewer, "scene", self.viewer)  # napari 0.10 and before
        return float(scene.camera.zoom)

    @property
    def session(self) -> Healing | None:
        """Return the healing of the plane in view."""
        image = self.image
        if self.layers is None or image is None or not self.layers.complete:
            return None
        return self.layers.session(image, self._index)

    def arm(self) -> None:
        """Make ready to heal the chosen image: its layers, and the brush in hand."""
        image = self.form.image.layer
        if self.layers is not None and image is not None and image.unique_id == self._image:
            return
        self._disarm()
        self._image = ""
        if image is not None and not _unfit(image):
            self._image = image.unique_id
            self._index = planes.plane_index(image, self.viewer)
            layers = HealLayers(self.viewer, image, self._index)
            layers.session(image, self._index)  # takes a moment, which the first stroke spares
            self.layers = layers
            self.hand = Hand(self, layers)
            self.form.show_brush(layers.brush.brush_size)
            self.dust.start_anew()
            self.dust.look()
        self.refresh()

    def _disarm(self) -> None:
        """Stop, and take away what only healing needs."""
        self._pending.clear()
        self.runner.cancel()
        self.dust.start_anew()
        self._waiting.clear()
        self._rest.stop()
        hand, layers, self.hand, self.layers = self.hand, self.layers, None, None
        if hand is not None:
            hand.let_go()
        if layers is not None and hand is not None:
            layers.close(hand.unbind)

    def _let_go(self) -> None:
        self.runner.leave()
        self.dust.leave()
        self._soon.stop()
        self._begin.stop()
        self._disarm()

    def _layer_removed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """End healing if one of its layers is gone; what was healed stays."""
        layers = self.layers
        if layers is None or (layers.complete and self.image is not None):
            return
        self._disarm()
        self.refresh()

    def take_up(self, image: Image) -> None:
        """Heal an image from now on, with the brush in hand.

        Parameters
        ----------
        image : Image
            One of the viewer.
        """
        self.form.image.refresh()
        place = self.form.image.findData(image.unique_id)
        if place >= 0:
            self.form.image.setCurrentIndex(place)
            self.arm()
        self.take_brush()

    def take_brush(self) -> None:
        """Select the brush's layer and paint; arm again if it is gone."""
        if self.layers is None:
            self._image = ""
            self.arm()
        if self.layers is not None and self.layers.brush is not None:
            self.viewer.layers.selection.active = self.layers.brush
            self.layers.brush.mode = "paint"
        self.refresh()

    # ------------------------------------------------------------ what is said

    def why_not(self) -> str:
        """Return why nothing can be healed now, or an empty string."""
        image = self.form.image.layer if self.layers is None else self.image
        if image is None:
            return "Open an image first."
        if _unfit(image):
            return _unfit(image)
        if self.layers is None:
            return "One of the layers was removed: press Take the brush to go on."
        return planes.not_ready(self.viewer, image, self.layers.brush)

    def refresh(self) -> None:
        """Bring buttons and sentences up to date."""
        reason, session = self.why_not(), self.session
        waiting = self.hand is not None and self.hand.waits
        self.take_button.setEnabled(self.form.image.layer is not None)
        self.undo_button.setEnabled(waiting or (session is not None and bool(session.edits)))
        self.redo_button.setEnabled(session is not None and session.can_redo)
        self.mask_button.setEnabled(session is not None and session.invented > 0)
        self.run_button.setEnabled(waiting and not reason)
        self.cancel_button.setEnabled(bool(self._pending) or waiting)
        self.progress.setVisible(any(each.slow for each in self._pending))
        self.count.setText("" if session is None else _counted(session))
        self.form.blended.setVisible(self.form.tool == CLONE)
        if reason:
            self.status.setText(reason)
        elif waiting:
            self.status.setText("A large stroke waits: press Run (Ctrl+Enter) to fill it.")
        else:
            self.status.setText(self._hint())

    def _hint(self) -> str:
        if self.form.tool == RESTORE:
            return "Paint to bring the original back."
        if self.form.tool == CLONE:
            sourced = self.hand is not None and self.hand.has_source
            return (
                "Paint to clone. Drag the dashed outline to copy from another place."
                if sourced
                else "Hold Alt and click a place to copy from."
            )
        return "Paint over a blemish: it is filled when the brush is lifted."

    def _tool_changed(self) -> None:
        if self.hand is not None:
            self.hand.draw_source()
        self.refresh()

    def _size_brush(self, size: int) -> None:
        if self.layers is not None and self.layers.brush is not None:
            self.layers.brush.brush_size = size

    # ------------------------------------------------------------ strokes

    def stroke(self, window: Window, painted: NDArray[np.bool_], tool: Tool) -> Edit | None:
        """Do what the tool does to a stroke on the plane in view; return the edit, None if none.

        Parameters
        ----------
        window : Window
            Where the stroke lies.
        painted : (h, w) bool array
            The stroke.
        tool : {"heal", "clone", "restore"}
            What to do.
        """
        session = self.session
        if session is None or self.hand is None or self.why_not():
            return None
        try:
            edit = self._edited(session, window, painted, tool)
        except GreyfillError as error:
            self.status.setText(str(error))
            return None
        self._show(edit.window)
        return edit

    def _edited(
        self, session: Healing, window: Window, painted: NDArray[np.bool_], tool: Tool
    ) -> Edit:
        if tool == RESTORE:
            return session.restore(painted, window)
        if tool == CLONE:
            assert self.hand is not None  # the caller has looked
            blended = self.form.blended.isChecked()
            return session.clone(painted, self.hand.offset, window, blended=blended)
        method = self.form.method
        small = int(np.count_nonzero(painted)) <= LARGE
        edit = session.heal(painted, window, fill=small or not method)
        if method:
            self._put_off(session, edit, method, slow=not small)
        return edit

    def _put_off(self, session: Healing, edit: Edit, method: str, *, slow: bool) -> None:
        """Have the better fill of a stroke come after those that are still to come."""
        self._pending.append(_Pending(self._index, session, edit, method, slow))
        if not self.runner.running:
            self._begin.start()

    def heal_dust(self) -> None:
        """Heal all candidates that were not dropped, as one step of undo."""
        session, kept = self.session, self.dust.kept()
        if session is None or kept is None or self.why_not():
            return
        window, mask = kept
        try:
            edit = session.heal(mask, window, fill=False)
        except GreyfillError as error:
            self.status.setText(str(error))
            return
        self._put_off(session, edit, self.form.method or "biharmonic", slow=True)
        self.dust.form.shown.setChecked(False)
        self.refresh()

    def move_source(self, edit: Edit, offset: tuple[int, int]) -> None:
        """Clone a stroke anew, from another place.

        Parameters
        ----------
        edit : Edit
            A clone on the plane in view.
        offset : tuple of int
            From painted pixels to their source, in rows and columns.
        """
        session = self.session
        if session is not None:
            session.move_source(edit, offset, blended=self.form.blended.isChecked())
            self._show(edit.window)

    def _next(self) -> None:
        """Begin the better fill of the next stroke."""
        if self.closed or self.runner.running:
            return
        if self._pending:
            first = self._pending[0]
            self.runner.start(first.session.refinement(first.edit, first.method))
        self.refresh()

    def _settle(self, pixels: NDArray[Any]) -> None:
        """Take the better fill of a stroke, unless it was taken back meanwhile."""
        if not self._pending or self.runner.cancelling:
            return
        done = self._pending.popleft()
        done.session.settle(done.edit, pixels, done.method)
        if done.index == self._index:
            self._show(done.edit.window)

    def _fail(self, error: Exception) -> None:
        """Show why the better fill failed; a stroke without any fill is taken back."""
        if self._pending:
            failed = self._pending.popleft()
            if failed.slow:
                failed.session.remove(failed.edit)
        show_failure(error)

    def _show_progress(self, news: Progress) -> None:
        self.progress.setValue(round(1000 * news.fraction))
        if self._pending and self._pending[0].slow:
            self.status.setText(f"{news.text[:1].upper()}{news.text[1:]}…")

    def _show(self, window: Window) -> None:
        """Show what was done in a window of the plane in view."""
        if self.layers is None or self.hand is None:
            return
        self.layers.show(self._index, window)
        self.dust.stale = True
        self.hand.draw(window)
        self._rest.start()
        self.refresh()

    def _come_to_rest(self) -> None:
        if self.hand is not None and self.hand.down:
            self._rest.start()
        elif self.layers is not None:
            self.layers.refresh()
            if self.dust.on and self.dust.stale:
                self.dust.forget()
                self.dust.look()

    # ------------------------------------------------------------ taking back

    def undo(self) -> None:
        """Take back what was done last to the plane in view."""
        session = self.session
        if session is None or self.hand is None:
            return
        if self.hand.waits:
            self.hand.clear_waiting()
            self.refresh()
            return
        edit = session.undo()
        if edit is None:
            self.status.setText("There is nothing to take back on this plane.")
            return
        self._forget(edit)
        self.hand.forget(edit)
        self._show(edit.window)

    def redo(self) -> None:
        """Do again what was taken back last."""
        session = self.session
        edit = None if session is None else session.redo()
        if edit is not None:
            self._show(edit.window)

    def cancel(self) -> None:
        """Stop the fills that are running or wait, and take their strokes back."""
        stopped = list(self._pending)
        self._pending.clear()
        self.runner.cancel()
        for each in reversed(stopped):
            each.session.remove(each.edit)
            if each.index == self._index:
                self._show(each.edit.window)
        if not stopped and self.hand is not None:
            self.hand.clear_waiting()
        self.refresh()
        if stopped:
            self.status.setText("Cancelled: the strokes that were not finished are taken back.")

    def _forget(self, edit: Edit) -> None:
        """Stop what is still to come of an edit."""
        running = self._pending[0] if self._pending else None
        kept = [each for each in self._pending if each.edit is not edit]
        if running is not None and running.edit is edit:
            self.runner.cancel()
        self._pending = deque(kept)

    def run(self) -> None:
        """Fill the large strokes that wait."""
        if self.hand is None or self.why_not():
            return
        found = self.hand.take_waiting()
        if found is not None:
            self.stroke(*found, HEAL)
        self.refresh()

    # ------------------------------------------------------------ what is invented

    def draw_outline(self) -> None:
        """Draw the outline of what is invented, or take it away, as the check box says."""
        if self.hand is not None:
            self.hand.draw_all()

    def add_mask(self) -> None:
        """Add a labels layer that says where the pixels of the plane in view come from."""
        session, image = self.session, self.image
        if session is None or image is None:
            return
        place = planes.flat(image, self._index)
        name = f"{image.name} invented"
        mask = self.viewer.add_labels(session.origins.copy(), name=name, **place)
        mask.opacity = 0.5

    def _plane_changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Go on with another plane."""
        image = self.image
        if self.closed or image is None or self.layers is None or self.hand is None:
            return
        index = planes.plane_index(image, self.viewer)
        if index != self._index and self.layers.complete:
            self.layers.refresh()
            self._waiting[self._index] = self.hand.waiting()
            self._index = index
            self.dust.forget()
            self.hand.draw_all(self._waiting.pop(index, None))
            self.dust.look()
        self.refresh()


def _unfit(image: Image) -> str:
    """Return why an image cannot be healed, or an empty string."""
    if getattr(image, "multiscale", False):
        return "Pyramids cannot be healed as one paints: use the dock Fill."
    return ""


def _counted(session: Healing) -> str:
    """Return how much of a plane is invented."""
    percent = 100 * session.share
    share = f"{percent:.1f}" if percent >= 1 or not percent else f"{percent:.1g}"
    return f"{session.invented:,} invented pixels, {share} % of this plane."
