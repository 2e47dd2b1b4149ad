"""The controls of the dock Heal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.viewer.layers.own import source_of
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.parts import button, let_shrink, side_by_side
from napari_greyfill.viewer.widgets.texts import HEAL as TEXTS

if TYPE_CHECKING:
    from napari.viewer import Viewer

__all__ = ["CLONE", "HEAL", "RESTORE", "SMOOTH", "HealForm", "Tool"]

Tool = Literal["heal", "clone", "restore"]
HEAL: Tool = "heal"
CLONE: Tool = "clone"
RESTORE: Tool = "restore"
SMOOTH = ""  # the quick fill is all there is
_FILLS = {
    "correction": "Corrected (quick)",
    "blend": "Faithful blend",
    SMOOTH: "Smooth",
    "texture": "Texture, for looking",
}
_LARGEST = 500  # brush, in pixels


class HealForm(QWidget):
    """Image, tool, brush and fill.

    Signals
    -------
    image_chosen
    tool_chosen
    brush_sized : int
    outline_toggled
    """

    image_chosen = Signal()
    tool_chosen = Signal()
    brush_sized = Signal(int)
    outline_toggled = Signal()

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self.image = LayerCombo(viewer, "Image")
        self.image.setToolTip(TEXTS["image"])
        self.tools = {
            HEAL: _tool("Heal", TEXTS["heal"]),
            CLONE: _tool("Clone", TEXTS["clone"]),
            RESTORE: _tool("Restore", TEXTS["restore"]),
        }
        self._group = QButtonGroup(self)
        for each in self.tools.values():
            self._group.addButton(each)
        self.tools[HEAL].setChecked(True)
        self.brush = QSpinBox()
        self.brush.setRange(1, _LARGEST)
        self.brush.setSuffix(" px")
        self.brush.setToolTip(TEXTS["brush"])
        self.fill = QComboBox()
        for name, title in _FILLS.items():
            self.fill.addItem(title, name)
        self.fill.setToolTip(TEXTS["fill"])
        let_shrink(self.fill)
        self.blended = QCheckBox("Match brightness")
        self.blended.setChecked(True)
        self.blended.setToolTip(TEXTS["blended"])
        self.outline = QCheckBox("Outline of what is invented")
        self.outline.setToolTip(TEXTS["outline"])
        self._lay_out()
        self.image.activated.connect(lambda _: self.image_chosen.emit())  # by hand only
        self._group.buttonClicked.connect(lambda _: self.tool_chosen.emit())
        self.brush.valueChanged.connect(self.brush_sized)
        self.outline.toggled.connect(lambda _: self.outline_toggled.emit())

    def _lay_out(self) -> None:
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        rows.addRow("Image", self.image)
        rows.addRow("Brush", self.brush)
        rows.addRow("Fill", self.fill)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows)
        layout.addLayout(side_by_side(*self.tools.values()))
        layout.addWidget(self.blended)
        layout.addWidget(self.outline)

    def choose_first(self) -> None:
        """Choose the selected image, or else one that is seen; of a result, what was healed."""
        active, listed = self._viewer.layers.selection.active, self.image.layers
        if not listed:
            return
        seen = [layer for layer in listed if layer.visible]
        chosen = active if active in listed else (seen or listed)[-1]
        sources = {str(layer.unique_id): layer for layer in listed}
        self.image.choose(sources.get(source_of(chosen), chosen))

    @property
    def tool(self) -> Tool:
        """Return the chosen tool."""
        return next(name for name, each in self.tools.items() if each.isChecked())

    def choose_tool(self, tool: Tool) -> None:
        """Choose a tool."""
        self.tools[tool].setChecked(True)
        self.tool_chosen.emit()

    @property
    def method(self) -> str:
        """Return the method of the better fill, `SMOOTH` for none."""
        return cast("str", self.fill.currentData())

    def show_brush(self, size: float) -> None:
        """Show the size of the brush, which keys may have changed."""
        self.brush.blockSignals(True)
        self.brush.setValue(round(size))
        self.brush.blockSignals(False)


def _tool(text: str, tip: str) -> QPushButton:
    made = button(text, tip)
    made.setCheckable(True)
    return made
