"""A combo box of the viewer's layers of one kind, which leaves out previews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox

from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.widgets.parts import let_shrink

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["LayerCombo"]


class LayerCombo(QComboBox):
    """Lists layers by name, and remembers the chosen one by its unique id.

    Parameters
    ----------
    viewer : Viewer
    kind : str
        Name of the class of layers: "Image", "Labels" or "Shapes".
    none : str
        Title of an entry for no layer, which comes first; empty for no such entry.
    """

    chosen = Signal()

    def __init__(self, viewer: Viewer, kind: str, none: str = "") -> None:
        super().__init__()
        self._viewer = viewer
        self._kind = kind
        self._none = none
        let_shrink(self)
        self.refresh()
        self.currentIndexChanged.connect(lambda _: self.chosen.emit())

    @property
    def layer(self) -> Layer | None:
        """Return the chosen layer, if it is still there."""
        chosen = self.currentData()
        return next((layer for layer in self._viewer.layers if layer.unique_id == chosen), None)

    def choose(self, layer: Layer | None) -> None:
        """Choose a layer that is listed."""
        self.setCurrentIndex(self.findData(None if layer is None else layer.unique_id))

    def refresh(self) -> None:
        """List the layers anew and keep the choice; tell if it had to change."""
        import napari.layers

        kind = getattr(napari.layers, self._kind)
        before = self.currentData()
        self.blockSignals(True)
        self.clear()
        if self._none:
            self.addItem(self._none, None)
        for layer in self._viewer.layers:
            if isinstance(layer, kind) and PREVIEW not in layer.metadata:
                self.addItem(layer.name, layer.unique_id)
        if before is not None:
            self.setCurrentIndex(max(0, self.findData(before)))
        self.blockSignals(False)
        if self.currentData() != before:
            self.chosen.emit()
