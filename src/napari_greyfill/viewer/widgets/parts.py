"""Small pieces that every dock is made of."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

__all__ = ["button", "form_layout", "let_shrink", "side_by_side"]


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


def form_layout() -> QFormLayout:
    """Return an empty form: fields grow, and stand below their titles where there is no room."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def let_shrink(combo: QComboBox) -> None:
    """Let a combo box become narrower than its longest entry, which may be a long layer name."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    combo.setMinimumSize(QSize(0, 0))
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
