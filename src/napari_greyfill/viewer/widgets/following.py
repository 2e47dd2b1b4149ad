"""Image and mask of a dock follow the selected layer, until they are chosen by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject, QTimer

from napari_greyfill.viewer.layers.planes import plane_size

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

    from napari_greyfill.viewer.widgets.layer_combo import LayerCombo

__all__ = ["Following"]


class Following(QObject):
    """Tells the choices of image and mask what is selected, once that has come to rest.

    Layers that are added select themselves, and what added them may put the selection back; so
    it is looked at after everything that goes on now.

    Parameters
    ----------
    viewer : Viewer
        Whose selection.
    image, mask : LayerCombo
        What follows.
    parent : QObject
        It goes with it.

    Attributes
    ----------
    leaves : callable
        Says of a layer that has just come, and selected itself, whether the chosen image stays.
    """

    def __init__(
        self, viewer: Viewer, image: LayerCombo, mask: LayerCombo, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._image, self._mask = image, mask
        self._seen = self._all()  # the layers that there were at the last look
        self.leaves: Callable[[Layer, Layer], bool] = lambda new, chosen: False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.now)

    def soon(self) -> None:
        """Look at the selection when all that goes on now is over."""
        self._later.start()

    def stop(self) -> None:
        """Look at nothing any more."""
        self._later.stop()

    def now(self) -> None:
        """Follow the selected layer, and let the other one of the two fit it."""
        selected = self._viewer.layers.selection.active
        seen, self._seen = self._seen, self._all()
        if selected is not None and selected.unique_id not in seen:
            chosen = self._image.layer
            if chosen not in (None, selected) and self.leaves(selected, chosen):
                return
        for choice, other in ((self._image, self._mask), (self._mask, self._image)):
            choice.follow(selected)
            if selected is not None and choice.layer == selected:
                _let_fit(other, selected)

    def _all(self) -> set[Any]:
        return {layer.unique_id for layer in self._viewer.layers}


def _let_fit(choice: LayerCombo, selected: Layer) -> None:
    """Choose a layer that fits a selected one, if the chosen one does not.

    One whose name has the other's in it comes first, as "photo mask" has "photo".
    """
    if choice.by_hand or choice.layer is None or _fits(choice.layer, selected):
        return
    fitting = [layer for layer in choice.layers if _fits(layer, selected)]
    named = [n for n in fitting if selected.name in n.name or n.name in selected.name]
    if fitting:
        choice.choose((named or fitting)[0])


def _fits(one: Layer, other: Layer) -> bool:
    return plane_size(one) == plane_size(other)
