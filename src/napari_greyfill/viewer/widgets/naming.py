"""Names for screen readers: every control of a dock is called what stands beside it.

Buttons and boxes to tick are called by their own text. Lists, numbers, lines and tables have
none: they take the title of their row in a form, else the first sentence of their tooltip, else
the title of the box around them. Docks do this when they show (`Dock`), so that a new control gets
its name by itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from napari_greyfill.viewer.widgets.laid_out import rows_of

__all__ = ["CONTROLS", "controls_of", "name_controls", "name_of"]

# What can be operated.
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
)
_NUMBERS = (QAbstractSlider, QAbstractSpinBox)
# Parts of other controls, or no controls for somebody who cannot see.
_PARTS = (QHeaderView, QScrollBar)
_INSIDE = (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
)


def controls_of(root: QWidget) -> list[QWidget]:
    """Return what can be operated in a widget, shown or not, itself included."""
    found = [root, *root.findChildren(QWidget)]
    return [each for each in found if isinstance(each, CONTROLS) and _stands_alone(each, root)]


def name_of(control: QWidget) -> str:
    """Return what a screen reader calls a control; empty if it has no name."""
    if control.accessibleName():
        return control.accessibleName()
    if isinstance(control, QAbstractButton):
        return _plain(control.text())
    if isinstance(control, QTabBar):
        return ", ".join(_plain(control.tabText(index)) for index in range(control.count()))
    return ""


def name_controls(root: QWidget) -> None:
    """Give every control in a widget that has no name yet the one that stands beside it."""
    for form in root.findChildren(QFormLayout):
        for title, widgets in rows_of(form):
            if title:
                _name_row(_plain(title), widgets)
    for control in controls_of(root):
        if not name_of(control):
            _call(control, _first_sentence(control.toolTip()) or _title_around(control))


def _name_row(title: str, widgets: Iterable[QWidget]) -> None:
    controls = [
        control for widget in widgets for control in controls_of(widget) if not name_of(control)
    ]
    for number, control in enumerate(controls, 1):
        of_several = f", {number} of {len(controls)}" if len(controls) > 1 else ""
        _call(control, f"{title}{of_several}")


def _call(control: QWidget, name: str) -> None:
    """Name a control, and the slider and the number that it may be made of."""
    parts = [each for each in control.findChildren(QWidget) if isinstance(each, _NUMBERS)]
    for each in (control, *parts):
        each.setAccessibleName(name)


def _stands_alone(control: QWidget, root: QWidget) -> bool:
    """Return whether a control is not a part of another one, as the line in a number's field."""
    if isinstance(control, _PARTS):
        return False
    parent = control.parentWidget()
    while control is not root and parent is not None and parent is not root.parentWidget():
        if isinstance(parent, _INSIDE):
            return False
        parent = parent.parentWidget()
    return True


def _title_around(control: QWidget) -> str:
    """Return the title of the box that a control stands in, if any."""
    parent = control.parentWidget()
    while parent is not None and not isinstance(parent, QGroupBox):
        parent = parent.parentWidget()
    return "" if parent is None else _plain(parent.title())


def _plain(text: str) -> str:
    """Return a text without its mark for a key, and without a colon."""
    return re.sub("&(?=.)", "", text).strip().removesuffix(":")


def _first_sentence(tip: str) -> str:
    """Return how a tooltip begins, plain or rich text."""
    tip = html.unescape(re.sub("<[^>]*>", " ", tip))
    return re.split(r"(?<=[.:;])\s", tip.strip(), maxsplit=1)[0].rstrip(".:;")
