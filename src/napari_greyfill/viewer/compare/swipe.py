"""A divider over the canvas, with one image layer on one side and another on the other.

napari clips layers in its three-dimensional view only, so the far side is a layer of its own here,
which shows a part of the second layer's array (a view of it, not a copy) up to the divider. The
divider is a Shapes layer. Both go away at the end, and what was visible before is visible again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QObject, QTimer, Signal

from napari_greyfill.errors import ShapeMismatchError, UnsupportedImageError
from napari_greyfill.viewer.layers.keeping import kept_visibility, same_plane
from napari_greyfill.viewer.layers.planes import Placement, find

if TYPE_CHECKING:
    from napari.layers import Image, Layer, Shapes
    from napari.viewer import Viewer

__all__ = ["Swipe"]

_REACH = 10  # pixels on the screen within which the divider can be taken
_INTERVAL = 25  # milliseconds between two drawings while it is dragged
_NAMES = ("swipe divider", "swipe")


class Swipe(QObject):
    """Compares two layers by a divider that can be dragged.

    Signals
    -------
    moved : float
        The divider has a new place, 0 to 1 along the picture.
    ended
        The layers are as they were before.
    """

    moved = Signal(float)
    ended = Signal()

    def __init__(self, viewer: Viewer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self.active = False
        self._fraction = 0.5
        self._across = False
        self._own: tuple[str, str] = ("", "")  # unique ids of divider and far side
        self._near_id = self._far_id = ""
        self._restore: Callable[[], None] | None = None
        self._selected = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._draw)

    # ------------------------------------------------------------ begin and end

    def start(self, near: Image, far: Image, *, across: bool = False) -> None:
        """Show `near` left of the divider and `far` right of it; above and below, if across.

        Raises
        ------
        ShapeMismatchError
            If the layers do not cover the same pixels.
        UnsupportedImageError
            For layers of several scales, and in the three-dimensional view.
        """
        self._check(near, far)
        self.stop()
        self._restore = kept_visibility(self.viewer)
        active = self.viewer.layers.selection.active
        self._selected = "" if active is None else active.unique_id
        self._near_id, self._far_id, self._across = near.unique_id, far.unique_id, across
        for layer in self.viewer.layers:
            layer.visible = layer.unique_id == near.unique_id
        with same_plane(self.viewer):
            shown = self._add_far_side(far)
            divider = self._add_divider(far)
        self._own = (divider.unique_id, shown.unique_id)
        self.viewer.layers.selection.active = shown
        self.active = True
        self.viewer.mouse_drag_callbacks.append(self._drag)
        self.viewer.layers.events.removed.connect(self._on_removed)
        self.viewer.scene.camera.events.zoom.connect(self._redraw_divider)
        self._draw()

    def stop(self) -> None:
        """Take the divider away and show what was shown before."""
        if not self.active:
            return
        self.active = False
        self._timer.stop()
        self.viewer.mouse_drag_callbacks.remove(self._drag)
        self.viewer.layers.events.removed.disconnect(self._on_removed)
        self.viewer.scene.camera.events.zoom.disconnect(self._redraw_divider)
        for unique_id in self._own:
            layer = find(self.viewer, unique_id)
            if layer is not None:
                self.viewer.layers.remove(layer)
        assert self._restore is not None  # set by start
        self._restore()
        selected = find(self.viewer, self._selected)
        if selected is not None:
            self.viewer.layers.selection.active = selected
        self.ended.emit()

    def _check(self, near: Image, far: Image) -> None:
        if near.multiscale or far.multiscale:
            raise UnsupportedImageError(
                "Layers of several scales cannot be swiped; choose others."
            )
        if self.viewer.dims.ndisplay != 2:
            raise UnsupportedImageError("Switch to the 2-D view to swipe.")
        if _size(near) != _size(far):
            raise ShapeMismatchError(
                f"{near.name} and {far.name} differ in size; choose two layers of one image."
            )
        if near.unique_id == far.unique_id:
            raise UnsupportedImageError("Both sides are the same layer; choose two.")

    def _on_removed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """End if a layer that is shown was removed."""
        if any(find(self.viewer, i) is None for i in (self._near_id, self._far_id, *self._own)):
            self.stop()

    # ------------------------------------------------------------ place

    @property
    def fraction(self) -> float:
        """Return where the divider is, 0 to 1 along the picture."""
        return self._fraction

    def move_to(self, fraction: float) -> None:
        """Move the divider; it is drawn soon, and many moves make one drawing."""
        fraction = float(np.clip(fraction, 0.0, 1.0))
        if fraction == self._fraction:
            return
        self._fraction = fraction
        self.moved.emit(fraction)
        if self.active and not self._timer.isActive():
            self._timer.start()

    def _place(self, far: Layer) -> int:
        """Return the first row or column on the far side; at least one is left on each side."""
        length = _size(far)[0 if self._across else 1]
        return int(np.clip(round(self._fraction * length), 1, max(1, length - 1)))

    def _draw(self) -> None:
        """Show the far side up to the divider, and the divider there."""
        far = find(self.viewer, self._far_id)
        divider, shown = (find(self.viewer, unique_id) for unique_id in self._own)
        if far is None or divider is None or shown is None:
            return
        place = self._place(far)
        shown.data = self._part(far, place)
        shown.translate = _moved(far, self._step(far.ndim) * place)
        self._move_divider(divider, far, place)

    def _step(self, ndim: int) -> Any:  # noqa: ANN401 - a vector
        step = np.zeros(ndim)
        step[-2 if self._across else -1] = 1.0
        return step

    def _part(self, far: Layer, place: int) -> Any:  # noqa: ANN401 - any array
        index: list[Any] = [slice(None)] * far.ndim
        index[-2 if self._across else -1] = slice(place, None)
        return far.data[tuple(index)]

    # ------------------------------------------------------------ layers

    def _add_far_side(self, far: Image) -> Image:
        placement = Placement.of(far, ())
        return self.viewer.add_image(
            self._part(far, self._place(far)),
            name=f"{_NAMES[1]}: {far.name}",
            rgb=bool(far.rgb),
            **placement.spatial,
            **placement.display,
        )

    def _add_divider(self, far: Layer) -> Shapes:
        return self.viewer.add_shapes(
            self._lines(far),
            shape_type=["line", "line", "ellipse"],
            edge_width=self._widths(far),
            edge_color=["black", "white", "black"],
            face_color=["black", "white", "white"],
            name=_NAMES[0],
            **_flat(far),
        )

    def _lines(self, far: Layer) -> list[Any]:
        """Return line, brighter line and handle, at the picture's edge before they are moved."""
        height, width = _size(far)
        length = width if self._across else height
        radius = 8 / self._magnification(far)
        middle = length / 2
        line = np.array([[-0.5, -0.5], [length - 0.5, -0.5]])
        handle = np.array(
            [
                [middle - 1.6 * radius, -0.5 - radius],
                [middle - 1.6 * radius, -0.5 + radius],
                [middle + 1.6 * radius, -0.5 + radius],
                [middle + 1.6 * radius, -0.5 - radius],
            ]
        )
        turned = slice(None, None, -1) if self._across else slice(None)
        return [points[:, turned] for points in (line, line, handle)]

    def _widths(self, far: Layer) -> list[float]:
        return [width / self._magnification(far) for width in (4.0, 1.5, 1.5)]

    def _magnification(self, far: Layer) -> float:
        """Return how many pixels of the screen a pixel of the picture takes."""
        return float(self.viewer.scene.camera.zoom * abs(far.scale[-1])) or 1.0

    def _redraw_divider(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """Keep the divider as wide on the screen as it was."""
        far, divider = find(self.viewer, self._far_id), find(self.viewer, self._own[0])
        if far is None or divider is None:
            return
        divider.data = self._lines(far)
        divider.edge_width = self._widths(far)
        self._move_divider(divider, far, self._place(far))

    def _move_divider(self, divider: Layer, far: Layer, place: int) -> None:
        flat = _flat(far)
        offset = _linear(divider) @ (self._step(2) * place)
        divider.translate = np.asarray(flat["translate"]) + offset

    # ------------------------------------------------------------ mouse

    def _drag(self, viewer: Viewer, event: Any) -> Generator[None, None, None]:  # noqa: ANN401
        """Take the divider, if the mouse is pressed near it, until it is released."""
        far = find(self.viewer, self._far_id)
        if far is None or event.button != 1 or abs(self._distance(far, event)) > _REACH:
            return
        event.handled = True
        yield
        while event.type == "mouse_move" and self.active:  # the dock may be closed meanwhile
            self.move_to(self._fraction_at(far, event))
            event.handled = True
            yield

    def _fraction_at(self, far: Layer, event: Any) -> float:  # noqa: ANN401 - napari's event
        axis = -2 if self._across else -1
        position = far.world_to_data(event.position[-far.ndim :])[axis] + 0.5
        return float(position / _size(far)[axis])

    def _distance(self, far: Layer, event: Any) -> float:  # noqa: ANN401 - napari's event
        """Return how far the mouse is from the divider, in pixels of the screen."""
        axis = -2 if self._across else -1
        pixels = self._fraction_at(far, event) * _size(far)[axis] - self._place(far)
        return pixels * self._magnification(far)


def _size(layer: Layer) -> tuple[int, int]:
    """Return height and width in pixels."""
    height, width = layer.data.shape[layer.ndim - 2 : layer.ndim]
    return int(height), int(width)


def _linear(layer: Layer) -> Any:  # noqa: ANN401 - a matrix
    from napari.utils.transforms import Affine

    return Affine(rotate=layer.rotate, shear=layer.shear, scale=layer.scale).linear_matrix


def _moved(layer: Layer, offset: Any) -> Any:  # noqa: ANN401 - vectors
    return np.array(layer.translate) + _linear(layer) @ offset


def _flat(layer: Layer) -> dict[str, Any]:
    """Return where the plane of a layer lies, for a layer of two dimensions."""
    if layer.ndim == 2:
        return Placement.of(layer, ()).spatial
    return {"scale": np.array(layer.scale)[-2:], "translate": np.array(layer.translate)[-2:]}
