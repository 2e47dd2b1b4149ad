"""The controls of the Masks dock: which layers, four tabs, what to do with what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGroupBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.masks.sources import MaskBar
from napari_greyfill.viewer.masks.tabs import EditTab, HandTab, PictureTab, RandomTab
from napari_greyfill.viewer.widgets.following import Following
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.parts import button, form_layout, let_shrink, side_by_side
from napari_greyfill.viewer.widgets.sentence import Sentence
from napari_greyfill.viewer.widgets.texts import MASKS as TEXTS
from napari_greyfill.viewer.widgets.texts import STACK

if TYPE_CHECKING:
    from napari.viewer import Viewer

__all__ = ["MasksForm"]

_HOW = (("Replace the mask", "replace"), ("Add to the mask", "add"), ("Remove from it", "remove"))


class MasksForm(QWidget):
    """Image, mask, tabs, outputs.

    Signals
    -------
    layers_changed
        Another image or mask was chosen.
    found_changed
        What the tab in front finds is something else, or another tab is in front.
    new_mask_wanted, apply_wanted, grey_wanted, colour_wanted, save_wanted
    """

    layers_changed = Signal()
    found_changed = Signal()
    new_mask_wanted = Signal()
    apply_wanted = Signal()
    apply_all_wanted = Signal()
    grey_wanted = Signal()
    colour_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.image = LayerCombo(viewer, "Image", follows=True)
        self.image.setToolTip(TEXTS["image"])
        self.target = LayerCombo(viewer, "Labels", none="A new one", follows=True)
        self.target.setToolTip(TEXTS["mask"])
        self.following = Following(viewer, self.image, self.target, self)
        self.following.now()
        self.mask_bar = MaskBar()
        self.new_mask = button("New mask", TEXTS["new_mask"], self.new_mask_wanted.emit)
        self.each = QCheckBox("New mask for each plane")
        self.each.setToolTip(STACK["each"])
        self.hand = HandTab(viewer)
        self.picture = PictureTab()
        self.random = RandomTab(viewer)
        self.edit = EditTab(viewer)
        self.how = QComboBox()
        for title, name in _HOW:
            self.how.addItem(title, name)
        let_shrink(self.how)
        self.how.setToolTip(TEXTS["how"])
        self.apply = button("Apply", TEXTS["apply"], self.apply_wanted.emit)
        self.apply_all = button("To all planes", TEXTS["apply_all"], self.apply_all_wanted.emit)
        self.status = Sentence()
        self.hole = QComboBox()
        for name in ("black", "white", "mean"):
            self.hole.addItem(name.capitalize(), name)
        let_shrink(self.hole)
        self.hole.setToolTip(TEXTS["hole"])
        self.grey = button("Grey-masked", TEXTS["grey_masked"], self.grey_wanted.emit)
        self.colour = button("Colour-masked", TEXTS["colour_masked"], self.colour_wanted.emit)
        self.save = button("Save all…", TEXTS["save"], self.save_wanted.emit)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        choices = form_layout()
        choices.addRow("Image", self.image)
        choices.addRow("Mask", self.target)
        self.mask_bar.begin_with(self.new_mask)
        choices.addRow(self.each)
        choices.addRow(self.mask_bar)
        self.tabs = QTabWidget()
        self.tabs.setUsesScrollButtons(False)
        # Less room around the titles than napari gives them, for the dock to be narrow.
        self.tabs.setStyleSheet("QTabBar::tab { padding: 3px; }")
        for tab, title in (
            (self.hand, "By hand"),
            (self.picture, "Picture"),
            (self.random, "Random"),
            (self.edit, "Edit"),
        ):
            tab.layout().setContentsMargins(4, 6, 4, 6)
            self.tabs.addTab(tab, title)
        outputs = QGroupBox("Masked images")
        hole = form_layout()
        hole.addRow("Hole", self.hole)
        inside = QVBoxLayout(outputs)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addLayout(hole)
        inside.addLayout(side_by_side(self.grey, self.colour))
        inside.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 6, 4, 6)
        layout.addLayout(choices)
        layout.addWidget(self.tabs)
        layout.addLayout(side_by_side(self.how, self.apply))
        layout.addWidget(self.apply_all)
        layout.addWidget(self.status)
        layout.addWidget(outputs)
        layout.addStretch()

    def _connect(self) -> None:
        self.image.chosen.connect(self.layers_changed.emit)
        self.target.chosen.connect(self.layers_changed.emit)
        self.picture.changed.connect(self.found_changed.emit)
        self.random.changed.connect(self.found_changed.emit)
        self.tabs.currentChanged.connect(lambda _: self._turn_to_tab())

    @property
    def tab(self) -> QWidget:
        """Return the tab in front."""
        return self.tabs.currentWidget()

    def preview_wanted(self) -> bool:
        """Return whether the tab in front has a preview, and it is wanted."""
        return self.tab in (self.picture, self.random) and self.tab.preview.isChecked()

    def refresh_layers(self) -> None:
        """List the layers anew."""
        self.image.refresh()
        self.target.refresh()
        for tab in (self.hand, self.random, self.edit):
            tab.refresh()
        self.layers_changed.emit()

    def enable(self, ready: bool, *, has_mask: bool) -> None:
        """Offer only what can be done.

        Parameters
        ----------
        ready : bool
            Whether there is something to work on.
        has_mask : bool
            Whether there is a mask to change.
        """
        self.new_mask.setEnabled(self.image.layer is not None)
        self.tabs.setEnabled(ready)
        self.edit.setEnabled(ready and has_mask)
        self.how.setEnabled(ready and self.tab is not self.edit)
        finds = ready and self.tab in (self.picture, self.random)
        self.apply.setEnabled(finds)
        image = self.image.layer
        several = image is not None and len(planes.plane_indices(image)) > 1
        self.apply_all.setVisible(several)
        self.each.setVisible(several)
        self.apply_all.setEnabled(finds)
        for made in (self.hole, self.grey, self.colour, self.save):
            made.setEnabled(ready and has_mask)

    def _turn_to_tab(self) -> None:
        """Let go of the mouse that another tab held."""
        self.hand.rectangle.setChecked(False)
        if self.tab is not self.picture:
            self.picture.pick.setChecked(False)
        self.layers_changed.emit()
