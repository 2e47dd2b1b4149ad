"""The controls of what finds dust in the dock Heal."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.masks.candidates import BLEMISHES, Blemish
from napari_greyfill.masks.detectors import Side
from napari_greyfill.viewer.masks.option_form import percent_slider
from napari_greyfill.viewer.widgets.parts import button, form_layout, let_shrink
from napari_greyfill.viewer.widgets.sentence import Sentence
from napari_greyfill.viewer.widgets.texts import HEAL as TEXTS

__all__ = ["DustForm"]

_SIDES: tuple[Side, ...] = ("both", "bright", "dark")
_LARGEST = 50  # pixels
_SIZE = 9
_CONTRAST = 0.15


class DustForm(QWidget):
    """What to look for, how clearly it must show, and what was found.

    Signals
    -------
    toggled : bool
        Whether candidates are to be shown.
    changed
        Something else is looked for.
    """

    toggled = Signal(bool)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown = QCheckBox("Show dust")
        self.shown.setToolTip(TEXTS["dust"])
        self.blemish = _choice(BLEMISHES, TEXTS["blemish"])
        self.side = _choice(_SIDES, TEXTS["side"])
        self.largest = QSpinBox()
        self.largest.setRange(1, _LARGEST)
        self.largest.setValue(_SIZE)
        self.largest.setSuffix(" px")
        self.largest.setToolTip(TEXTS["size"])
        self.contrast = percent_slider(0.01, 0.5, _CONTRAST)
        self.contrast.setToolTip(TEXTS["contrast"])
        self.count = Sentence()
        self.heal: QPushButton = button("Heal all", TEXTS["heal_all"])
        self.inner = QWidget()
        self._lay_out()
        self.shown.toggled.connect(self.inner.setVisible)
        self.shown.toggled.connect(self.toggled)
        for combo in (self.blemish, self.side):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.largest.valueChanged.connect(lambda _: self.changed.emit())
        self.contrast.valueChanged.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        rows = form_layout()
        rows.addRow("Find", self.blemish)
        rows.addRow("Side", self.side)
        rows.addRow("Size", self.largest)
        rows.addRow("Contrast %", self.contrast)
        inner = QVBoxLayout(self.inner)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(rows)
        inner.addWidget(self.count)
        inner.addWidget(self.heal)
        self.inner.setVisible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.shown)
        layout.addWidget(self.inner)

    def chosen(self) -> tuple[Blemish, Side, int, float]:
        """Return what to look for: the blemish, its side, its size in pixels, its contrast."""
        contrast = self.contrast.value() / 100
        return self.blemish.currentData(), self.side.currentData(), self.largest.value(), contrast


def _choice(names: tuple[str, ...], tip: str) -> QComboBox:
    combo = QComboBox()
    for name in names:
        combo.addItem(name.capitalize(), name)
    combo.setToolTip(tip)
    let_shrink(combo)
    return combo
