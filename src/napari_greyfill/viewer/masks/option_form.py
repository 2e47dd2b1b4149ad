"""Sliders and boxes for the options of a detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget
from superqt import QLabeledDoubleSlider, QLabeledSlider

from napari_greyfill.options import Option
from napari_greyfill.viewer.widgets.naming import name_controls
from napari_greyfill.viewer.widgets.parts import let_shrink

__all__ = ["OptionForm", "form_layout", "percent_slider"]


class OptionForm(QWidget):
    """One row for each option.

    Signals
    -------
    changed
        An option has another value.
    """

    changed = Signal()

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.widgets: dict[str, QWidget] = {}
        self._read: dict[str, Callable[[], Any]] = {}
        form = form_layout()
        for option in options:
            widget = self._made(option)
            widget.setToolTip(option.tip)
            self.widgets[option.name] = widget
            title = f"{option.title} ({option.unit})" if option.unit else option.title
            form.addRow("" if isinstance(widget, QCheckBox) else title, widget)
        self.setLayout(form)
        name_controls(self)  # the dock has done so for what it began with

    def values(self) -> dict[str, Any]:
        """Return the options as a detector takes them."""
        return {name: read() for name, read in self._read.items()}

    def _made(self, option: Option) -> QWidget:
        if option.choices:
            return self._choice(option)
        if isinstance(option.default, bool):
            return self._check(option)
        return self._share(option) if option.unit == "%" else self._number(option)

    def _choice(self, option: Option) -> QComboBox:
        combo = QComboBox()
        for choice in option.choices:
            combo.addItem(choice.capitalize(), choice)
        combo.setCurrentIndex(combo.findData(option.default))
        let_shrink(combo)
        combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._read[option.name] = combo.currentData
        return combo

    def _check(self, option: Option) -> QCheckBox:
        box = QCheckBox(option.title)
        box.setChecked(bool(option.default))
        box.toggled.connect(lambda _: self.changed.emit())
        self._read[option.name] = box.isChecked
        return box

    def _share(self, option: Option) -> QLabeledDoubleSlider:
        slider = percent_slider(option.low, option.high, float(option.default))
        slider.valueChanged.connect(lambda _: self.changed.emit())
        self._read[option.name] = lambda: slider.value() / 100
        return slider

    def _number(self, option: Option) -> QLabeledSlider:
        slider = QLabeledSlider(Qt.Orientation.Horizontal)
        slider.setRange(int(option.low), int(option.high))
        slider.setValue(int(option.default))
        slider.valueChanged.connect(lambda _: self.changed.emit())
        self._read[option.name] = slider.value
        return slider


def percent_slider(low: float, high: float, value: float) -> QLabeledDoubleSlider:
    """Return a slider for a share, shown in per cent with one decimal.

    Parameters
    ----------
    low, high, value : float
        Shares, 0 to 1.
    """
    slider = QLabeledDoubleSlider(Qt.Orientation.Horizontal)
    slider.setRange(100 * low, 100 * high)
    slider.setDecimals(1)
    slider.setSingleStep(1)
    slider.setValue(100 * value)
    return slider


def form_layout() -> QFormLayout:
    """Return an empty form whose fields grow and whose titles stand on the left."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form
