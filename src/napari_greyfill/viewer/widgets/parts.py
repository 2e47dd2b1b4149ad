"""Small pieces that every dock is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from magicgui.widgets import ComboBox, create_widget
from qtpy.QtCore import QSize
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from napari_greyfill.viewer.layers.planes import PREVIEW

__all__ = ["button", "layer_choice", "let_shrink", "side_by_side"]


def button(text: str, tip: str, action: Callable[[], object] | None = None) -> QPushButton:
    """Return a push button with a tooltip, and what it does when clicked."""
    made = QPushButton(text)
    made.setToolTip(tip)
    if action is not None:
        made.clicked.connect(lambda: action())
    return made


def side_by_side(*widgets: QWidget) -> QHBoxLayout:
    """Return widgets side by side."""
    layout = QHBoxLayout()
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def layer_choice(kind: str, *, nullable: bool = False) -> ComboBox:
    """Return a combo box that lists the viewer's layers of a kind, and may become narrow.

    Previews are no choice.
    """
    choice = cast(ComboBox, create_widget(annotation=kind, options={"nullable": nullable}))
    listed = choice.options["choices"]
    choice.choices = lambda combo: [x for x in listed(combo) if PREVIEW not in x.metadata]
    let_shrink(choice.native)
    return choice


def let_shrink(combo: QComboBox) -> None:
    """Let a combo box become narrower than its longest entry, which may be a long layer name."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    combo.setMinimumSize(QSize(0, 0))
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
