"""What the forms of the docks Fill and Compare share: image, mask and options of a fill."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QWidget

from napari_greyfill.compute.device import present_devices
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.viewer.masks.sources import MaskBar
from napari_greyfill.viewer.widgets.following import Following
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.option_fields import OptionField
from napari_greyfill.viewer.widgets.texts import HOLE as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image, Labels
    from napari.viewer import Viewer

__all__ = ["HoleForm"]


class HoleForm(QWidget):
    """Image and mask, and a field for each option that has no control of its own.

    Parameters
    ----------
    viewer : Viewer
        Whose layers there are to choose from.
    names : iterable of str
        The options that get fields.
    device : str
        Which device is chosen at first.

    Signals
    -------
    changed
        A choice changed that may decide whether a run can start.
    """

    changed = Signal()

    def __init__(
        self,
        viewer: Viewer,
        names: Iterable[str],
        device: str = "auto",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.image_choice = LayerCombo(viewer, "Image", follows=True)
        self.mask_choice = LayerCombo(viewer, "Labels", follows=True)
        self.following = Following(viewer, self.image_choice, self.mask_choice, self)
        self.following.now()
        self.mask_bar = MaskBar()
        offered = {"device": present_devices}
        self.fields = {
            o.name: OptionField(o, offered=offered.get(o.name)) for o in FillOptions.options(names)
        }
        self.fields["device"].value = device
        if len(present_devices()) == 2:  # auto, and the CPU
            only = " ".join((self.fields["device"].widget.toolTip(), TEXTS["only_cpu"]))
            self.fields["device"].widget.setToolTip(only)
        for choice in (self.image_choice, self.mask_choice):
            choice.chosen.connect(self.changed.emit)
        for each in self.fields.values():
            each.changed.connect(lambda: self.changed.emit())

    @property
    def image_layer(self) -> Image | None:
        """Return the chosen image layer."""
        return self.image_choice.layer

    @property
    def mask_layer(self) -> Labels | None:
        """Return the chosen mask layer."""
        return self.mask_choice.layer

    def choose_mask(self, mask: Labels) -> None:
        """Choose a labels layer as the mask."""
        self.reset_choices()
        self.mask_choice.choose(mask)

    def reset_choices(self) -> None:
        """List the layers anew; napari calls it through the dock when layers change."""
        for choice in self._layer_choices():
            choice.refresh()
        self.changed.emit()

    def _layer_choices(self) -> tuple[LayerCombo, ...]:
        return self.image_choice, self.mask_choice
