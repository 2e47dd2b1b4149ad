"""What lies where in forms and layouts."""

import pytest
from qtpy.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from napari_greyfill.viewer.widgets.laid_out import rows_of, widgets_in


@pytest.fixture
def lines(qtbot):
    lines = [QLineEdit() for _ in range(4)]
    for each in lines:
        qtbot.addWidget(each)
    return lines


@pytest.fixture
def pane(qtbot):
    pane = QWidget()
    qtbot.addWidget(pane)
    return pane


def test_widgets_come_as_they_lie_those_of_layouts_inside_too(pane, lines):
    outer, inner = QVBoxLayout(pane), QHBoxLayout()
    outer.addWidget(lines[0])
    inner.addWidget(lines[1])
    inner.addStretch()
    inner.addWidget(lines[2])
    outer.addLayout(inner)
    outer.addWidget(lines[3])
    assert list(widgets_in(outer)) == lines
    assert list(widgets_in(outer.itemAt(1))) == lines[1:3]
    assert list(widgets_in(None)) == []


def test_rows_have_a_title_or_none(pane, lines):
    form, beside = QFormLayout(pane), QHBoxLayout()
    for each in lines[1:3]:
        beside.addWidget(each)
    form.addRow("Name", lines[0])
    form.addRow("Size", beside)
    form.addRow(lines[3])
    form.addRow(QLabel("Alone"), QLabel("text"))
    titles, widgets = zip(*rows_of(form), strict=True)
    assert titles[:2] == ("Name", "Size")
    assert widgets[:2] == ([lines[0]], lines[1:3])
    assert titles[3] == "Alone"
    assert titles[2] == ""
