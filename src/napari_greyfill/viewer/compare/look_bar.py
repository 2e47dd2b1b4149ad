"""Ways to look at results: grid, swipe between two layers, their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QPushButton, QSlider, QVBoxLayout, QWidget

from napari_greyfill.errors import GreyfillError
from napari_greyfill.viewer.compare.layers import ComparedLayers, add_difference
from napari_greyfill.viewer.compare.swipe import Swipe
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.parts import button, form_layout, side_by_side
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["LookBar"]

_STEPS = 1000


class LookBar(QWidget):
    """Buttons that change how layers are seen, and put everything back.

    Parameters
    ----------
    viewer : Viewer
    results : ComparedLayers
        What the grid shows.
    """

    def __init__(self, viewer: Viewer, results: ComparedLayers) -> None:
        super().__init__()
        self.viewer = viewer
        self.results = results
        self.swipe = Swipe(viewer, self)
        self.left = LayerCombo(viewer, "Image")
        self.right = LayerCombo(viewer, "Image")
        self.grid_button = _toggle("Grid", TEXTS["grid"])
        self.swipe_button = _toggle("Swipe", TEXTS["swipe"])
        self.difference_button = button("Difference", TEXTS["difference"], self.add_difference)
        self.across = QCheckBox("Divider across")
        self.across.setToolTip(TEXTS["across"])
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setValue(_STEPS // 2)
        self.slider.setToolTip(TEXTS["divider"])
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        form = form_layout()
        for title, choice, tip in (("Left", self.left, "left"), ("Right", self.right, "right")):
            form.addRow(title, choice)
            choice.setToolTip(TEXTS[tip])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addLayout(side_by_side(self.grid_button, self.swipe_button, self.difference_button))
        layout.addLayout(side_by_side(self.across, self.slider))

    def _connect(self) -> None:
        self.grid_button.clicked.connect(lambda checked: self._toggle_grid(checked))
        self.swipe_button.clicked.connect(lambda checked: self._toggle_swipe(checked))
        self.across.toggled.connect(lambda _: self._swipe_anew())
        self.slider.valueChanged.connect(lambda value: self.swipe.move_to(value / _STEPS))
        self.swipe.moved.connect(self._follow)
        self.swipe.ended.connect(lambda: self.swipe_button.setChecked(False))
        for choice in (self.left, self.right):
            choice.chosen.connect(self._swipe_anew)

    def reset_choices(self) -> None:
        """List the layers anew."""
        if self.swipe.active:  # its own layers come and go
            return
        for choice in (self.left, self.right):
            choice.refresh()

    def put_right(self, layer: Layer) -> bool:
        """Choose the right layer; return whether the swipe shows it."""
        if layer in self.right.layers:
            self.right.choose(layer)
        return self.swipe.active

    def stop(self) -> None:
        """Put everything back as it was."""
        self.stop_swipe()
        self.results.end_grid()
        self.grid_button.setChecked(False)

    def stop_swipe(self) -> None:
        """Put back what the swipe has changed."""
        self.swipe.stop()

    def add_difference(self) -> None:
        """Add the difference of the two layers."""
        first, second = self.left.layer, self.right.layer
        if first is None or second is None:
            return
        self.stop()
        try:
            add_difference(self.viewer, first, second)
        except GreyfillError as error:
            show_failure(error)

    def _toggle_grid(self, wanted: bool) -> None:
        self.stop_swipe()
        if not wanted:
            self.results.end_grid()
        elif not self.results.show_grid():
            self.grid_button.setChecked(False)

    def _toggle_swipe(self, wanted: bool) -> None:
        self.stop()
        if wanted:
            self._start_swipe()

    def _start_swipe(self) -> None:
        near, far = self.left.layer, self.right.layer
        if near is None or far is None:
            self.swipe_button.setChecked(False)
            return
        try:
            self.swipe.start(near, far, across=self.across.isChecked())
        except GreyfillError as error:
            show_failure(error)
        self.swipe_button.setChecked(self.swipe.active)

    def _swipe_anew(self) -> None:
        if self.swipe.active:
            self.swipe.stop()
            self._start_swipe()

    def _follow(self, fraction: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(_STEPS * fraction))
        self.slider.blockSignals(False)


def _toggle(text: str, tip: str) -> QPushButton:
    made = button(text, tip)
    made.setCheckable(True)
    return made
