"""A combo box of the viewer's layers of one kind, which may follow the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QComboBox

from napari_greyfill.viewer.layers.choosing import is_choice, is_made_here
from napari_greyfill.viewer.widgets.parts import let_shrink
from napari_greyfill.viewer.widgets.texts import LAYERS as TEXTS
from napari_greyfill.viewer.widgets.tips import wrapped

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["FOLLOW", "LayerCombo"]

FOLLOW = "follow"  # what the entry that follows again holds in place of an id


class LayerCombo(QComboBox):
    """Lists layers by name, and remembers the chosen one by its unique id.

    Parameters
    ----------
    viewer : Viewer
    kind : str
        Name of the class of layers: "Image", "Labels", "Points" or "Shapes".
    none : str
        Title of an entry for no layer, which comes first; empty for no such entry.
    follows : bool
        Whether it may be told to `follow` the selected layer. A choice by hand ends that, and a
        last entry of the list begins it anew.

    Signals
    -------
    chosen
        Another layer is chosen, by hand or not.
    """

    chosen = Signal()

    def __init__(
        self, viewer: Viewer, kind: str, none: str = "", *, follows: bool = False
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._kind = kind
        self._none = none
        self._follows = follows
        self._by_hand = False
        self._last: str | None = None  # what was chosen last, which is no entry to follow
        let_shrink(self)
        self.refresh()
        self.currentIndexChanged.connect(lambda _: self._tell())
        self.activated.connect(lambda _: self._choose_by_hand())

    @property
    def layer(self) -> Layer | None:
        """Return the chosen layer, if it is still there."""
        chosen = self.currentData()
        return next((layer for layer in self._viewer.layers if layer.unique_id == chosen), None)

    @property
    def layers(self) -> list[Layer]:
        """Return the layers that are listed."""
        listed = {self.itemData(index) for index in range(self.count())}
        return [layer for layer in self._viewer.layers if layer.unique_id in listed]

    @property
    def by_hand(self) -> bool:
        """Return whether the choice was made by hand, and stays whatever is selected."""
        return self._by_hand

    def choose(self, layer: Layer | None) -> None:
        """Choose a layer that is listed."""
        self.setCurrentIndex(self.findData(None if layer is None else layer.unique_id))

    def follow(self, layer: Layer | None) -> None:
        """Choose a layer that was selected, unless one was chosen by hand.

        Results are not followed: they are selected to be looked at.
        """
        if self._by_hand or not self._follows or layer is None or is_made_here(layer):
            return
        if not self._lists(layer):
            return
        if self.findData(layer.unique_id) < 0:
            self.refresh()
        self.choose(layer)

    def refresh(self) -> None:
        """List the layers anew and keep the choice; tell if it had to change."""
        before = self._last
        self.blockSignals(True)
        self.clear()
        if self._none:
            self.addItem(self._none, None)
        for layer in self._viewer.layers:
            if self._lists(layer):
                self.addItem(layer.name, layer.unique_id)
        index = self.findData(before)
        if before is not None:
            self._by_hand = self._by_hand and index >= 0
            self.setCurrentIndex(max(0, index))
        self._list_following()
        self.blockSignals(False)
        if self.currentData() != before:
            self._tell()

    def _lists(self, layer: Layer) -> bool:
        import napari.layers

        return isinstance(layer, getattr(napari.layers, self._kind)) and is_choice(layer)

    def _list_following(self) -> None:
        """Offer to follow the selected layer again, where that was ended by hand."""
        if not (self._follows and self._by_hand):
            return
        self.addItem(TEXTS["follow"], FOLLOW)
        tip = wrapped(TEXTS["follow_tip"])
        self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _tell(self) -> None:
        if self.currentData() != FOLLOW:
            self._last = self.currentData()
            self.chosen.emit()

    def _choose_by_hand(self) -> None:
        """Keep what was chosen in the list, or follow the selected layer again."""
        self._by_hand = self._follows and self.currentData() != FOLLOW
        self.refresh()
        self.follow(self._viewer.layers.selection.active)
