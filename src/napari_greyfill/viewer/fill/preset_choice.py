"""The choice of a preset, which shows what method, look and colorizer are together."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QComboBox

from napari_greyfill.pipeline.presets import CUSTOM, PRESETS
from napari_greyfill.viewer.widgets.parts import let_shrink
from napari_greyfill.viewer.widgets.tips import wrapped

__all__ = ["PresetChoice"]


class PresetChoice(QComboBox):
    """A list of presets; "Custom" stands in it only where none fits what is chosen.

    Signals
    -------
    taken : str
        A preset was chosen; what it stands for is to be set.
    """

    taken = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        for name, preset in PRESETS.items():
            self.addItem(preset.title, name)
            self.setItemData(self.count() - 1, wrapped(preset.tip), Qt.ItemDataRole.ToolTipRole)
        let_shrink(self)
        self.currentIndexChanged.connect(lambda _: self._take())

    def show_choice(self, name: str) -> None:
        """Show the preset that stands for what is chosen, or `CUSTOM`."""
        self.blockSignals(True)
        custom = self.findData(CUSTOM)
        if name == CUSTOM and custom < 0:
            self.addItem("Custom", CUSTOM)
        elif name != CUSTOM and custom >= 0:
            self.removeItem(custom)
        self.setCurrentIndex(self.findData(name))
        self.blockSignals(False)

    def _take(self) -> None:
        if self.currentData() in PRESETS:
            self.taken.emit(self.currentData())
