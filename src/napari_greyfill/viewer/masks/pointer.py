"""The mouse over the picture: clicks that choose a pixel, drags that draw a rectangle."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.viewer.layers import planes

if TYPE_CHECKING:
    from napari.layers import Image, Layer
    from napari.viewer import Viewer

__all__ = ["Pointer"]

Pixel = tuple[int, int]


class Pointer:
    """Listens to the mouse while there is something to choose.

    Parameters
    ----------
    viewer : Viewer
    image : callable
        Returns the image layer in whose pixels to count.
    clicked : callable
        Gets the pixel of a click, if it lies in the picture.
    dragged : callable
        Gets two opposite corners, cut off at the picture, and whether the button is still down.
    """

    def __init__(
        self,
        viewer: Viewer,
        image: Callable[[], Image | None],
        clicked: Callable[[Pixel], None],
        dragged: Callable[[Pixel, Pixel, bool], None],
    ) -> None:
        self._viewer = viewer
        self._image = image
        self._clicked = clicked
        self._dragged = dragged
        self._held: list[Layer] = []  # layers that must not pan meanwhile
        self.picking = False
        self.drawing = False

    def listen(self, *, picking: bool = False, drawing: bool = False) -> None:
        """Choose what the mouse does from now on; the image gets selected for it.

        Parameters
        ----------
        picking : bool
            Whether a click chooses a pixel.
        drawing : bool
            Whether a drag draws a rectangle.
        """
        self.picking, self.drawing = picking, drawing
        callbacks = self._viewer.mouse_drag_callbacks
        if self._on_press in callbacks:
            callbacks.remove(self._on_press)
        for layer in self._held:
            layer.mouse_pan = True
        self._held.clear()
        image = self._image()
        if image is None or not (picking or drawing):
            return
        self._viewer.layers.selection.active = image  # a labels layer would paint as well
        if drawing:
            image.mouse_pan = False
            self._held.append(image)
        callbacks.append(self._on_press)

    @property
    def _listening(self) -> bool:
        return (self.picking or self.drawing) and self._image() is not None

    def _on_press(self, viewer: Any, event: Any) -> Generator[None, None, None]:  # noqa: ANN401
        start = self._pixel(event)
        end, moved = start, False
        yield
        while event.type == "mouse_move" and self._listening:
            moved = True
            end = self._pixel(event)
            if self.drawing:
                self._dragged(self._inside(start), self._inside(end), True)
            yield
        if not self._listening:  # the dock was closed, or another tab is in front
            return
        if self.drawing and moved:
            self._dragged(self._inside(start), self._inside(end), False)
        elif self.picking and not moved and self._inside(start) == start:
            self._clicked(start)

    def _pixel(self, event: Any) -> Pixel:  # noqa: ANN401 - napari's mouse event
        image = self._image()
        assert image is not None
        y, x = np.rint(image.world_to_data(event.position[-image.ndim :])[-2:])
        return int(y), int(x)

    def _inside(self, pixel: Pixel) -> Pixel:
        image = self._image()
        assert image is not None
        height, width = planes.plane_size(image)
        return min(max(pixel[0], 0), height - 1), min(max(pixel[1], 0), width - 1)
