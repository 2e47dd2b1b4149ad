import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QLabel, QListWidget, QVBoxLayout, QWidget

from napari_greyfill.viewer.widgets.tips import is_wrapped, wrap_tips, wrapped

DOCKS = ("Fill", "Masks", "Compare", "Weights", "Heal")
LONG = 60  # characters; what is shorter needs no second line
TIP = Qt.ItemDataRole.ToolTipRole


def test_a_text_is_wrapped_once_and_its_signs_are_shown_as_they_are():
    assert wrapped("a < b & c\nd") == "<qt>a &lt; b &amp; c<br>d</qt>"
    assert wrapped(wrapped("a < b")) == wrapped("a < b")
    assert wrapped("") == ""


def test_all_that_is_in_a_widget_is_wrapped_and_described(qtbot):
    outer, inner, own = QWidget(), QLabel("x"), QLabel("y")
    qtbot.addWidget(outer)
    layout = QVBoxLayout(outer)
    for each in (inner, own):
        layout.addWidget(each)
        each.setToolTip("Says something.")
    own.setAccessibleDescription("Says it in another way.")
    wrap_tips(outer)
    wrap_tips(outer)
    assert inner.toolTip() == own.toolTip() == "<qt>Says something.</qt>"
    assert inner.accessibleDescription() == "Says something."
    assert own.accessibleDescription() == "Says it in another way."


def items(widget):
    """Return the tooltips of the items of a list."""
    if isinstance(widget, QComboBox):
        return [widget.itemData(index, TIP) or "" for index in range(widget.count())]
    if isinstance(widget, QListWidget):
        return [widget.item(index).toolTip() for index in range(widget.count())]
    return []


@pytest.mark.parametrize("name", DOCKS)
def test_every_tooltip_of_a_dock_is_wrapped(name, viewer):
    viewer.add_image(np.zeros((20, 30), np.uint8), name="picture")
    viewer.add_labels(np.zeros((20, 30), np.uint8), name="mask")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
    widgets = [dock, *dock.findChildren(QWidget)]
    tips = [widget.toolTip() for widget in widgets]
    tips += [tip for widget in widgets for tip in items(widget)]
    long = [tip for tip in tips if len(tip) > LONG]
    assert long
    assert [tip for tip in long if not is_wrapped(tip)] == []
