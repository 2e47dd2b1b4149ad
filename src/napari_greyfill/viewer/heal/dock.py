"""The dock Heal: each stroke is filled when the brush is lifted; one stroke, one fill, one undo.

`HealDock` connects what one sees of it (`HealPanel`), the layers (`HealLayers`), the mouse and the
keys (`Hand`) and the fills in a thread (`Queue`). What is healed is in a `Healing` for each plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer

from napari_greyfill.compute.events import Progress
from napari_greyfill.errors import GreyfillError
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.edits import Edit
from napari_greyfill.pipeline.healing import Healing
from napari_greyfill.viewer.heal.dust import Dust
from napari_greyfill.viewer.heal.form import CLONE, HEAL, RESTORE, Tool
from napari_greyfill.viewer.heal.hand import Hand
from napari_greyfill.viewer.heal.layers import HealLayers
from napari_greyfill.viewer.heal.panel import HealPanel
from napari_greyfill.viewer.heal.queue import Waiting
from napari_greyfill.viewer.heal.strokes import LARGE
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.widgets.how_far import going_on

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Image

__all__ = ["HealDock"]

_REST = 300  # milliseconds without a stroke, after which the result's layer is drawn anew
Index = tuple[int, ...]


class HealDock(HealPanel):
    """Heals an image layer as one paints.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer
    """

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__(napari_viewer)
        self.dust = Dust(self)
        self._image = ""  # unique id of the image that is healed
        self._index: Index = ()
        self._waiting: dict[Index, NDArray[np.uint8]] = {}  # large strokes of other planes
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._come_to_rest)
        self._soon = QTimer(self)  # napari selects a layer after it told of it
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.arm)
        self._build(self.dust)
        self._connect()
        self.form.choose_first()
        self.arm()

    def _connect(self) -> None:
        self.form.image_chosen.connect(self.arm)
        self.form.tool_chosen.connect(self._tool_changed)
        self.form.brush_sized.connect(self._size_brush)
        self.form.outline_toggled.connect(self.draw_outline)
        self.dust.drawn.connect(self.draw_outline)
        self.dust.form.heal.clicked.connect(lambda: self.heal_dust())
        self.queue.settled.connect(self._show_better)
        self.queue.moved.connect(self.refresh)
        self.queue.progressed.connect(self._show_progress)
        for name in ("current_step", "ndisplay", "order"):
            self._follow(getattr(self.viewer.dims.events, name), self._plane_changed)
        self._follow(self.viewer.layers.events.removed, self._layer_removed)

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
        self.queue.stop()
        self.dust.start_anew()
        self._waiting.clear()
        self._rest.stop()
        hand, layers, self.hand, self.layers = self.hand, self.layers, None, None
        if hand is not None:
            hand.let_go()
        if layers is not None and hand is not None:
            layers.close(hand.unbind)

    def _let_go(self) -> None:
        self.queue.leave()
        self.dust.leave()
        self.background.leave()
        self._soon.stop()
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

    @property
    def _outdated(self) -> bool:
        image = self.image
        return image is not None and self.layers is not None and self.layers.outdated(image)

    def take_brush(self) -> None:
        """Select the brush's layer and paint; arm again if it or the pixels are gone."""
        if self.layers is None or self._outdated:
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
        if self._outdated:
            return "The image has other pixels now: press Take the brush to heal these."
        return planes.not_ready(self.viewer, image, self.layers.brush)

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
            self.queue.add(Waiting(self._index, session, edit, method, not small))
        return edit

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
        method = self.form.method or "biharmonic"
        self.queue.add(Waiting(self._index, session, edit, method, slow=True))
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

    def _show_better(self, done: Waiting) -> None:
        """Show the better fill of a stroke if its plane is in view."""
        if done.index == self._index:
            self._show(done.edit.window)

    def _show_progress(self, news: Progress) -> None:
        self.progress.show_share(news.fraction)
        self.status.setText(going_on(news.text))

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
        self.queue.forget(edit)
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
        stopped = self.queue.stop()
        for each in reversed(stopped):
            each.session.remove(each.edit)
            if each.index == self._index:
                self._show(each.edit.window)
        if not stopped and self.hand is not None:
            self.hand.clear_waiting()
        self.refresh()
        if stopped:
            self.status.setText("Cancelled: the strokes that were not finished are taken back.")

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
