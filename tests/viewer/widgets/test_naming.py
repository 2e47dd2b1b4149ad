import pytest
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from superqt import QLabeledSlider

from napari_greyfill.viewer.widgets.naming import controls_of, name_controls, name_of


@pytest.fixture
def form(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    return root, QFormLayout(root)


def named(root):
    name_controls(root)
    return [name_of(control) for control in controls_of(root)]


def test_a_control_is_called_by_the_title_of_its_row(form):
    root, rows = form
    rows.addRow("&Image:", QComboBox())
    rows.addRow("Seed", QSpinBox())
    assert named(root) == ["Image", "Seed"]


def test_several_in_a_row_are_told_apart_and_keep_their_own_texts(form):
    root, rows = form
    row = QHBoxLayout()
    for widget in (QSpinBox(), QSpinBox(), QPushButton("New &mask")):
        row.addWidget(widget)
    rows.addRow("Range", row)
    assert named(root) == ["Range, 1 of 2", "Range, 2 of 2", "New mask"]


def test_without_a_row_the_tooltip_or_the_box_around_gives_the_name(qtbot):
    root = QGroupBox("From labels")
    qtbot.addWidget(root)
    layout = QVBoxLayout(root)
    line = QLineEdit()
    line.setToolTip("Which labels to use: e.g. 1. All, if it is empty.")
    line.setClearButtonEnabled(True)
    for widget in (QComboBox(), line, QCheckBox("Preview")):
        layout.addWidget(widget)
    assert named(root) == ["From labels", "Which labels to use", "Preview"]


def test_a_tooltip_may_be_rich_text(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    box = QSpinBox(root)
    box.setToolTip("<qt>Bright &amp; dark.<br>In pixels.</qt>")
    assert named(root) == ["Bright & dark"]


def test_the_parts_of_a_slider_are_called_as_it_is(form):
    root, rows = form
    slider = QLabeledSlider()
    rows.addRow("Level", slider)
    assert named(root) == ["Level"]
    assert slider._slider.accessibleName() == "Level"


def test_tabs_are_called_by_their_titles(qtbot):
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    tabs.addTab(QWidget(), "By hand")
    tabs.addTab(QWidget(), "Random")
    assert named(tabs) == ["By hand, Random"]


def test_what_stands_nowhere_has_no_name_and_a_name_is_kept(form):
    root, rows = form
    nameless, own = QSpinBox(), QSpinBox()
    own.setAccessibleName("Mine")
    rows.addRow(nameless)
    rows.addRow("Other", own)
    assert named(root) == ["", "Mine"]
