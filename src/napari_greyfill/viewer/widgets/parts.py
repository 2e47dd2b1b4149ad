"""Small pieces that every dock is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from magicgui.widgets import ComboBox, create_widget
from qtpy.QtCore import QSize
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.layers.results import REGION

if TYPE_CHECKING:
    from napari.layers import Layer

__all__ = ["button", "layer_choice", "let_shrink", "side_by_side"]


def button(text: str, tip: str, action: Callable[[], object] | None = None) -> QPushButton:
    """Return a push button with a tooltip, and what it does when clicked.

    Parameters
    ----------
    text : str
        What it shows.
    tip : str
        Its tooltip.
    action : callable, optional
        What it does when clicked.
    """
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

    Neither previews nor the outlines of what was filled are a choice.

    Parameters
    ----------
    kind : str
        Such as "Image".
    nullable : bool
        Whether no layer is a choice.
    """
    choice = cast(ComboBox, create_widget(annotation=kind, options={"nullable": nullable}))
    listed = choice.options["choices"]
    choice.choices = lambda combo: [layer for layer in listed(combo) if _is_choice(layer)]
    let_shrink(choice.native)
    return choice


def _is_choice(layer: Layer) -> bool:
    outline = layer.metadata.get("greyfill", {}).get("role") == REGION
    return PREVIEW not in layer.metadata and not outline


def let_shrink(combo: QComboBox) -> None:
    """Let a combo box become narrower than its longest entry, which may be a long layer name."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    combo.setMinimumSize(QSize(0, 0))
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
