"""Which planes of a stack to fill, and from where: the rows of the Fill dock for stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.viewer.fill.stack_store import StoreRow
from napari_greyfill.viewer.widgets.option_fields import OptionField
from napari_greyfill.viewer.widgets.parts import let_shrink
from napari_greyfill.viewer.widgets.texts import STACK as TEXTS

if TYPE_CHECKING:
    from napari.layers import Layer

__all__ = ["StackForm"]

ALONE, THIS, ALL, RANGE = "alone", "this", "all", "range"


class StackForm(QWidget):
    """Planes, context and dust; hidden for single pictures.

    Signals
    -------
    changed
        A choice changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axes: Axes | None = None
        self.planes = QComboBox()
        for name, title in (
            (ALONE, "This one, by itself"),
            (THIS, "This one, from its neighbours too"),
            (ALL, "All"),
            (RANGE, "From – to"),
        ):
            self.planes.addItem(title, name)
        let_shrink(self.planes)
        self.first, self.last = QSpinBox(), QSpinBox()
        for box in (self.first, self.last):
            box.setToolTip(TEXTS["range"])
        self.range = QWidget()
        row = QHBoxLayout(self.range)
        row.setContentsMargins(0, 0, 0, 0)
        for each in (self.first, QLabel("to"), self.last):
            row.addWidget(each)
        row.addStretch(1)
        self.fields = {o.name: OptionField(o) for o in StackOptions.options(("context", "dust"))}
        self.store = StoreRow()
        self.each = QCheckBox("New mask for each plane")
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        tips = {o.name: o for o in StackOptions.options()}
        self._add("Planes", TEXTS["planes"], self.planes)
        self._add("", TEXTS["range"], self.range)
        for name, field in self.fields.items():
            self._add(tips[name].title, tips[name].tip, field)
        self._add("Keep in", TEXTS["store"], self.store)
        self._layout.addRow(self.each)  # in both columns, for narrow docks
        self.each.setToolTip(TEXTS["each"])
        self.planes.currentIndexChanged.connect(lambda _: self._choose())
        for box in (self.first, self.last):
            box.valueChanged.connect(lambda _: self.changed.emit())
        for field in self.fields.values():
            field.changed.connect(lambda: self.changed.emit())
        self.store.changed.connect(self.changed.emit)
        self.follow(None)

    def _add(self, title: str, tip: str, field: QWidget) -> None:
        self._layout.addRow(title, field)
        field.setToolTip(tip)
        label = self._layout.labelForField(field)
        if label is not None:
            label.setToolTip(tip)

    def follow(self, axes: Axes | None, image: Layer | None = None) -> None:
        """Offer the planes of a stack; hide all of it for None, a single picture.

        Parameters
        ----------
        axes : Axes or None
            Of the stack.
        image : Layer, optional
            Its layer.
        """
        together = axes is not None and self.planes.currentData() != ALONE
        self.store.follow(image if together else None)
        label = self._layout.labelForField(self.store)
        if label is not None:
            label.setVisible(not self.store.isHidden())
        if axes == self.axes and (axes is not None) == (not self.isHidden()):
            return
        self.axes = axes
        self.setVisible(axes is not None)
        if axes is not None:
            self.planes.setItemText(self.planes.findData(ALL), f"All ({axes.planes})")
            last = axes.stack_shape[self.range_axis] - 1
            old = self.last.value() in (0, self.last.maximum())
            for box in (self.first, self.last):
                box.setRange(0, last)
            if old:
                self.last.setValue(last)
            name = axes.stack_names[self.range_axis] or "plane"
            self.first.setPrefix(f"{name} ")
        self._enable()

    @property
    def range_axis(self) -> int:
        """Return the axis that from and to count along: the first one with several planes."""
        assert self.axes is not None
        lengths = self.axes.stack_shape
        return next((axis for axis, length in enumerate(lengths) if length > 1), 0)

    @property
    def together(self) -> bool:
        """Return whether the planes are filled as a stack, and not the one in view by itself."""
        return self.axes is not None and self.planes.currentData() != ALONE

    @property
    def one(self) -> bool:
        """Return whether only the plane in view is filled."""
        return self.planes.currentData() in (ALONE, THIS)

    def options(self, index: tuple[int, ...]) -> StackOptions:
        """Return the choices as the engine takes them.

        Parameters
        ----------
        index : tuple of int
            The plane in view.
        """
        return StackOptions(
            planes=self._planes(index), **{name: each.value for name, each in self.fields.items()}
        )

    def choose(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Show what an earlier run on a stack had, but its planes, and return what is left.

        Parameters
        ----------
        parameters : mapping
            Those of a fill, as its provenance has them.
        """
        for name, field in self.fields.items():
            if name in parameters:
                field.value = parameters[name]
        own = {each.name for each in fields(StackOptions)}
        return {name: value for name, value in parameters.items() if name not in own}

    def why_not(self) -> str:
        """Return why the choices cannot be run, or an empty string."""
        if self.planes.currentData() == RANGE and self.first.value() > self.last.value():
            return "The range of planes ends before it begins: raise its second number."
        return ""

    def restore_defaults(self) -> None:
        """Set what was set when the dock opened."""
        self.planes.setCurrentIndex(0)
        self.first.setValue(0)
        self.last.setValue(self.last.maximum())
        self.each.setChecked(False)
        self.store.restore_default()
        for field in self.fields.values():
            field.reset()

    def _planes(self, index: tuple[int, ...]) -> Any:  # noqa: ANN401 - as the engine takes it
        chosen = self.planes.currentData()
        if chosen == THIS:
            return dict(enumerate(index))
        if chosen == RANGE:
            return {self.range_axis: slice(self.first.value(), self.last.value() + 1)}
        return "all"

    def _choose(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        self.range.setVisible(self.planes.currentData() == RANGE)
        self.fields["context"].setEnabled(self.together)
        timed = self.axes is not None and self.axes.axis_named("T") is not None
        dust = self.fields["dust"]
        dust.setVisible(timed)
        dust.setEnabled(self.together)
        label = self._layout.labelForField(dust)
        if label is not None:
            label.setVisible(timed)
