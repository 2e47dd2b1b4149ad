"""What the hand does while healing: strokes of the brush, the source of clones, keys."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer

from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.pipeline.edits import Edit
from napari_greyfill.viewer.heal.form import CLONE, HEAL, RESTORE
from napari_greyfill.viewer.heal.layers import SOURCE, STROKE, WAITING, HealLayers
from napari_greyfill.viewer.heal.strokes import LARGE, dashed, window_of
from napari_greyfill.viewer.widgets.keys import once

if TYPE_CHECKING:
    from napari.layers import Layer

    from napari_greyfill.viewer.heal.dock import HealDock

__all__ = ["Hand"]

Pixel = tuple[int, int]
_KEYS: dict[str, str] = {
    "Control-Z": "undo",
    "Control-Shift-Z": "redo",
    "Escape": "cancel",
    "Control-Enter": "run",
    "O": "outline",
    "H": HEAL,
    "C": CLONE,
    "R": RESTORE,
}
_REPEATED = ("undo", "redo")  # again and again while their keys are down, as elsewhere
_ON_RESULT = ("Control-Z", "Control-Shift-Z", "O")


class Hand:
    """Follows the brush and the keys of the brush's layer for a dock.

    Parameters
    ----------
    dock : HealDock
        Is told of strokes.
    layers : HealLayers
        With a brush.

    Attributes
    ----------
    offset : tuple of int
        From painted pixels to the source of clones.
    down : bool
        Whether the mouse is down.
    """

    def __init__(self, dock: HealDock, layers: HealLayers) -> None:
        self._dock, self._layers = dock, layers
        self._writing = False
        self.down = False
        self.offset: Pixel = (0, 0)
        self._picked: Pixel | None = None  # a source that no stroke has used yet
        self._clone: Edit | None = None  # the last one, whose source can be dragged
        self._drawn: Window | None = None  # where the source is drawn
        self._pressed: Pixel = (0, 0)
        self._waits = 0
        brush = layers.brush
        assert brush is not None  # just made
        self._shape = (brush.data.shape[0], brush.data.shape[1])
        brush.events.paint.connect(self._on_paint)
        brush.events.brush_size.connect(self._on_size)
        dock.viewer.mouse_drag_callbacks.append(self._on_press)
        held = weakref.ref(dock)
        for key, name in _KEYS.items():
            brush.bind_key(key, _key(held, name), overwrite=True)
        for result in layers.results:
            for key in _ON_RESULT:
                result.bind_key(key, _key(held, _KEYS[key]), overwrite=True)

    def let_go(self) -> None:
        """Follow nothing any more."""
        callbacks = self._dock.viewer.mouse_drag_callbacks
        if self._on_press in callbacks:
            callbacks.remove(self._on_press)
        brush = self._layers.brush
        if brush is not None:
            brush.events.paint.disconnect(self._on_paint)
            brush.events.brush_size.disconnect(self._on_size)

    def unbind(self, layer: Layer) -> None:
        """Take the keys off a layer."""
        for key in _ON_RESULT:
            layer.bind_key(key, None)

    # ------------------------------------------------------------ the brush

    def _on_size(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        brush = self._layers.brush
        if brush is not None:
            self._dock.form.show_brush(brush.brush_size)

    def _on_paint(self, event: Any) -> None:  # noqa: ANN401 - napari's event
        """Take a stroke off the brush's layer, and have done to it what the tool does."""
        brush = self._layers.brush
        if self._writing or brush is None:
            return
        window = window_of(event.value, self._shape)
        if window is None:
            return
        if not self._take(window):  # polygons tell of themselves before they are painted
            QTimer.singleShot(0, lambda: self._look_again(window))

    def _look_again(self, window: Window) -> None:
        """Take what was painted meanwhile; what was erased may have been an outline."""
        if not self._dock.closed and self._layers.brush is not None and not self._take(window):
            self.draw(window)

    def _take(self, window: Window) -> bool:
        """Use what is painted in a window; return whether anything is."""
        brush = self._layers.brush
        assert brush is not None  # the caller has looked
        painted = brush.data[window.slices] == STROKE
        box = tight_box(painted)
        if box is None:
            return False
        painted, window = painted[box.slices], box.moved(window.y0, window.x0)
        self._used(window, painted)
        return True

    def _used(self, window: Window, painted: NDArray[np.bool_]) -> None:
        dock, tool = self._dock, self._dock.form.tool
        reason = dock.why_not()
        if not reason and tool == CLONE and not self.has_source:
            reason = "Hold Alt and click a place to copy from first."
        if reason:
            self.draw(window)
            dock.refresh()
            dock.status.setText(reason)
            return
        if tool == HEAL and np.count_nonzero(painted) > LARGE:
            self._keep_waiting(window, painted)
            dock.refresh()
            return
        if tool == CLONE and self._picked is not None:
            self.offset = _minus(self._picked, self._pressed)
            self._picked = None
        edit = dock.stroke(window, painted, tool)
        if edit is None:
            self.draw(window)
        elif tool == CLONE:
            self._clone = edit
            self.draw_source()

    # ------------------------------------------------------------ large strokes

    @property
    def waits(self) -> bool:
        """Return whether a large stroke waits for Run."""
        return self._waits > 0

    def _keep_waiting(self, window: Window, painted: NDArray[np.bool_]) -> None:
        labels = self._labels(window)
        self._waits += int(np.count_nonzero(painted & (labels != WAITING)))
        labels[painted] = WAITING
        self._put(window, labels)

    def waiting(self) -> NDArray[np.uint8]:
        """Return where large strokes wait, as an array of the plane."""
        brush = self._layers.brush
        if brush is None or not self._waits:
            return np.zeros((0, 0), dtype=np.uint8)
        return np.asarray(brush.data == WAITING, dtype=np.uint8)

    def take_waiting(self) -> tuple[Window, NDArray[np.bool_]] | None:
        """Return the large strokes that wait, and have them wait no more."""
        painted = self.waiting().astype(bool)
        box = tight_box(painted)
        if box is None:
            return None
        self.clear_waiting()
        return box, painted[box.slices]

    def clear_waiting(self) -> None:
        """Have no stroke wait."""
        if self._waits:
            self._waits = 0
            self.draw_all()

    # ------------------------------------------------------------ drawing

    def draw(self, window: Window) -> None:
        """Draw what belongs on the brush's layer in a window: outlines, what waits, the source."""
        wide = window.expanded(1, self._shape)
        self._put(wide, self._labels(wide))

    def draw_all(self, waiting: NDArray[np.uint8] | None = None) -> None:
        """Draw all of the plane.

        Parameters
        ----------
        waiting : (H, W) array, optional
            Where large strokes wait on a plane that was not in view; empty for nowhere.
        """
        self._drawn = None
        whole = Window(0, self._shape[0], 0, self._shape[1])
        labels = self._labels(whole)
        labels[labels == WAITING] = 0
        if waiting is None and self._waits:
            waiting = self.waiting()
        self._waits = 0
        if waiting is not None and waiting.size:
            labels[waiting > 0] = WAITING
            self._waits = int(np.count_nonzero(waiting))
        self._layers.put_all(labels)
        self.draw_source()

    def _labels(self, window: Window) -> NDArray[np.uint8]:
        """Return what belongs in a window, but for the source."""
        labels = np.zeros(window.shape, dtype=np.uint8)
        session, brush = self._dock.session, self._layers.brush
        if session is not None and self._dock.form.outline.isChecked():
            rim = session.outline(window)
            labels[rim] = session.origins[window.slices][rim] + 1
        self._dock.dust.draw(labels, window)
        if brush is not None and self._waits:
            labels[brush.data[window.slices] == WAITING] = WAITING
        return labels

    def _put(self, window: Window, labels: NDArray[np.uint8]) -> None:
        self._writing = True
        try:
            self._layers.put(window, labels)
        finally:
            self._writing = False

    # ------------------------------------------------------------ the source of clones

    @property
    def has_source(self) -> bool:
        """Return whether a place to copy from was chosen."""
        return self._picked is not None or self.offset != (0, 0)

    def forget(self, edit: Edit) -> None:
        """Drag the source of an edit no more, for it was taken back."""
        if self._clone is edit:
            self._clone = None
            self.draw_source()

    def draw_source(self) -> None:
        """Draw where the last clone comes from, dashed, as long as one clones."""
        if self._drawn is not None:
            drawn, self._drawn = self._drawn, None
            self.draw(drawn)
        if self._dock.form.tool != CLONE:
            return
        found = self._source_shape()
        if found is None:
            return
        window, mask = found
        common = window.intersection(Window(0, self._shape[0], 0, self._shape[1]))
        if common is None:
            return
        labels = self._labels(common)
        labels[dashed(mask)[common.within(window)]] = SOURCE
        self._put(common, labels)
        self._drawn = common

    def _source_shape(self) -> tuple[Window, NDArray[np.bool_]] | None:
        """Return where the source is: a disk where one clicked, or the shape of the last clone."""
        brush = self._layers.brush
        if self._picked is not None and brush is not None:
            radius = max(3, int(brush.brush_size) // 2)
            y, x = self._picked
            steps = np.arange(-radius, radius + 1)
            disk = np.add.outer(steps**2, steps**2) <= radius**2
            return Window(y - radius, y + radius + 1, x - radius, x + radius + 1), disk
        edit = self._clone
        if edit is None or edit.offset is None:
            return None
        return edit.window.moved(*edit.offset), edit.painted

    def _on_press(self, viewer: Any, event: Any) -> Generator[None, None, None]:  # noqa: ANN401
        """Follow the mouse before the brush does: it may choose or drag the source."""
        brush = self._layers.brush
        active = viewer.layers.selection.active
        if brush is None or active is None or event.button != 1:
            return
        if active.unique_id != brush.unique_id or brush.mode != "paint":
            return
        if brush.selected_label != STROKE:  # the others are outlines
            brush.selected_label = STROKE
        pixel = self._pixel(event)
        candidate = 0 if "Alt" in event.modifiers else self._dock.dust.at(pixel)
        sourcing = self._dock.form.tool == CLONE and self._on_source(pixel)
        if candidate or sourcing or "Alt" in event.modifiers:
            painting = list(brush.mouse_drag_callbacks)
            brush.mouse_drag_callbacks.clear()  # the brush would paint as well
            try:
                if candidate:
                    yield from self._choose_candidate(event, candidate)
                else:
                    yield from self._choose_source(event, pixel)
            finally:
                brush.mouse_drag_callbacks.extend(painting)
            return
        self._pressed, self.down = pixel, True
        try:
            yield
            while event.type == "mouse_move":
                yield
        finally:
            self.down = False

    def _choose_candidate(self, event: Any, number: int) -> Generator[None, None, None]:  # noqa: ANN401
        """Drop a candidate or keep it again, when the button is lifted."""
        yield
        while event.type == "mouse_move":
            yield
        self._dock.dust.toggle(number)

    def _choose_source(self, event: Any, pixel: Pixel) -> Generator[None, None, None]:  # noqa: ANN401
        if "Alt" not in event.modifiers:
            yield from self._drag(event, pixel)
            return
        self._pick(pixel)
        yield
        while event.type == "mouse_move":
            self._pick(self._pixel(event))
            yield

    def _pick(self, pixel: Pixel) -> None:
        self._clone, self._picked = None, pixel
        if self._dock.form.tool != CLONE:
            self._dock.form.choose_tool(CLONE)
        self.draw_source()
        self._dock.refresh()

    def _on_source(self, pixel: Pixel) -> bool:
        """Return whether a pixel lies in the dashed outline of the last clone."""
        found = self._source_shape()
        if self._clone is None or self._picked is not None or found is None:
            return False
        window, mask = found
        y, x = pixel[0] - window.y0, pixel[1] - window.x0
        return 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and bool(mask[y, x])

    def _drag(self, event: Any, start: Pixel) -> Generator[None, None, None]:  # noqa: ANN401
        edit = self._clone
        assert edit is not None  # the source was hit
        assert edit.offset is not None
        first = edit.offset
        yield
        while event.type == "mouse_move" and self._clone is edit:
            step = _minus(self._pixel(event), start)
            self.offset = first[0] + step[0], first[1] + step[1]
            self._dock.move_source(edit, self.offset)
            self.draw_source()
            yield

    def _pixel(self, event: Any) -> Pixel:  # noqa: ANN401 - napari's mouse event
        brush = self._layers.brush
        assert brush is not None  # the caller has looked
        y, x = np.rint(brush.world_to_data(event.position[-2:]))
        return int(y), int(x)


def _minus(one: Pixel, other: Pixel) -> Pixel:
    return one[0] - other[0], one[1] - other[1]


def _key(held: weakref.ref[HealDock], name: str) -> Callable[[Layer], Any]:
    """Return what a key does; it does not hold the dock."""

    def pressed(layer: Layer) -> None:
        dock = held()
        if dock is None or dock.closed:
            return
        if name == "outline":
            dock.form.outline.toggle()
        elif name in (HEAL, CLONE, RESTORE):
            dock.form.choose_tool(name)
        else:
            getattr(dock, name)()

    return pressed if name in _REPEATED else once(pressed)
