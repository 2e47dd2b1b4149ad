"""How many random masks to compare on, and of which kind."""

from __future__ import annotations

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QComboBox, QSpinBox

from napari_greyfill.masks import RANDOM_KINDS
from napari_greyfill.viewer.widgets.parts import let_shrink
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

__all__ = ["RandomChoice"]

_MOST = 1000


class RandomChoice(QObject):
    """Two controls: a number of masks, off at first, and their kind, which shows if it matters.

    Attributes
    ----------
    number : QSpinBox
    kinds : QComboBox

    Signals
    -------
    changed
        Another number or kind is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.number = QSpinBox()
        self.number.setRange(0, _MOST)
        self.number.setSpecialValueText("Off")
        self.number.setToolTip(TEXTS["random"])
        self.kinds = QComboBox()
        for kind in RANDOM_KINDS.values():
            self.kinds.addItem(kind.title, kind.name)
        self.kinds.setToolTip(TEXTS["random_kind"])
        let_shrink(self.kinds)
        self.number.valueChanged.connect(lambda _: self._change())
        self.kinds.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.kinds.hide()

    @property
    def count(self) -> int:
        """Return how many masks are wanted; 0 for the painted one."""
        return self.number.value()

    @property
    def kind(self) -> str:
        """Return their kind, by its name."""
        return str(self.kinds.currentData())

    def _change(self) -> None:
        self.kinds.setVisible(bool(self.count))
        self.changed.emit()
