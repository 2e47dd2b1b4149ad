import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from napari_greyfill.viewer.widgets.fold import Fold


@pytest.fixture
def window(qtbot):
    """Return a window with a line before a fold, one in it, and one behind it."""
    window = QWidget()
    window.before, window.inside, window.behind = QLineEdit(), QLineEdit(), QLineEdit()
    window.fold = Fold("More", "What only some need.", window.inside)
    layout = QVBoxLayout(window)
    for widget in (window.before, window.fold, window.behind):
        layout.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    return window


def reached_by_tab(window):
    """Return what has the focus after each press of Tab, once around."""
    window.before.setFocus()
    reached = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget() or window.before, Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
        if reached[-1] is window.before:
            break
    return reached


def test_tab_passes_by_what_is_folded_up(window):
    assert window.inside not in reached_by_tab(window)
    window.fold.expand()
    assert window.inside in reached_by_tab(window)
    window.fold.collapse()
    assert window.inside not in reached_by_tab(window)


def test_a_click_and_the_space_bar_open_and_close_it(window):
    told = []
    window.fold.toggled.connect(told.append)
    QTest.mouseClick(window.fold.button, Qt.MouseButton.LeftButton)
    assert window.fold.isExpanded()
    assert window.inside.isVisible()
    QTest.keyClick(window.fold.button, Qt.Key.Key_Space)
    assert not window.fold.isExpanded()
    assert not window.inside.isVisible()
    assert told == [True, False]


def test_the_button_shows_how_it_is(window):
    closed = window.fold.button.text()
    window.fold.expand()
    assert window.fold.button.text() != closed
    assert closed.endswith("More")
    assert window.fold.button.toolTip() == "What only some need."


def test_to_open_it_twice_is_told_once(window):
    told = []
    window.fold.toggled.connect(told.append)
    window.fold.expand()
    window.fold.expand()
    assert told == [True]


def test_it_grows_with_what_is_in_it(window):
    window.fold.expand()
    before = window.fold.sizeHint().height()
    window.inside.setMinimumHeight(200)
    assert window.fold.sizeHint().height() >= before + 100
