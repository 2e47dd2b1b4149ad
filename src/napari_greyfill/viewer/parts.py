"""Small pieces that every dock is made of."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtWidgets import QHBoxLayout, QPushButton, QWidget

__all__ = ["button", "side_by_side"]


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
