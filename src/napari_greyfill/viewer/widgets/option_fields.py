"""A field for an option: a list, a number with its unit, or a line for one that may be missing."""

from __future__ import annotations

from typing import Any, TypeVar

from qtpy.QtCore import Signal
from qtpy.QtGui import QDoubleValidator
from qtpy.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from napari_greyfill.options import Option
from napari_greyfill.viewer.widgets.parts import let_shrink

__all__ = ["OptionField"]

Box = TypeVar("Box", QSpinBox, QDoubleSpinBox)


class OptionField(QWidget):
    """Shows one option and holds its value.

    Parameters
    ----------
    option : Option
        With choices, or with a number as its default; None stands for a number that may be
        missing.

    Signals
    -------
    changed
        It has another value.
    """

    changed = Signal()

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.widget = self._made()
        self.widget.setToolTip(option.tip)
        self.widget.setAccessibleName(option.title)
        self.setFocusProxy(self.widget)  # for the title that stands beside it
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever the option takes
        """Return the value as `FillOptions` takes it."""
        widget = self.widget
        if isinstance(widget, QComboBox):
            return widget.currentData()
        if isinstance(widget, QLineEdit):
            return float(widget.text()) if widget.hasAcceptableInput() else None
        return widget.value()

    @value.setter
    def value(self, value: Any) -> None:  # noqa: ANN401
        widget = self.widget
        if isinstance(widget, QComboBox):
            widget.setCurrentIndex(max(0, widget.findData(value)))
        elif isinstance(widget, QLineEdit):
            widget.setText("" if value is None else f"{value:g}")
            self.changed.emit()
        else:
            widget.setValue(value)

    def reset(self) -> None:
        """Set the default."""
        self.value = self.option.default

    def _made(self) -> QComboBox | QDoubleSpinBox | QSpinBox | QLineEdit:
        if self.option.choices:
            return self._combo()
        if self.option.default is None:
            return self._line()
        return self._whole() if isinstance(self.option.default, int) else self._number()

    def _combo(self) -> QComboBox:
        combo = QComboBox()
        for name, title in self.option.entries.items():
            combo.addItem(title, name)
        combo.setCurrentIndex(combo.findData(self.option.default))
        let_shrink(combo)
        combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        return combo

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText("none")
        line.setValidator(QDoubleValidator(line))
        line.textChanged.connect(lambda _: self.changed.emit())
        return line

    def _whole(self) -> QSpinBox:
        box = QSpinBox()
        box.setRange(int(self.option.low), int(self.option.high))
        return self._numbered(box)

    def _number(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(self.option.low, self.option.high)
        box.setDecimals(1)
        box.setSingleStep(1.0)
        return self._numbered(box)

    def _numbered(self, box: Box) -> Box:
        if self.option.unit:
            box.setSuffix(f" {self.option.unit}")
        box.setValue(self.option.default)  # type: ignore[arg-type]  # a number
        box.valueChanged.connect(lambda _: self.changed.emit())
        return box
