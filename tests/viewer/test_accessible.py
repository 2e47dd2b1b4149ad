"""Every dock can be used from the keyboard, and by ear."""

import pytest
from npe2 import PluginManifest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLabel
from skimage import data

from napari_greyfill.viewer.widgets.naming import controls_of, name_of

NAME = "napari-greyfill"
TITLES = [
    widget.display_name for widget in PluginManifest.from_distribution(NAME).contributions.widgets
]


@pytest.fixture
def viewer(make_napari_viewer_proxy):
    return make_napari_viewer_proxy(show=True)


@pytest.fixture
def open_dock(viewer):
    def opened(title):
        dock = viewer.window.add_plugin_dock_widget(NAME, title)[1]
        QApplication.processEvents()
        return dock

    return opened


def described(control):
    return f"{type(control).__name__} {name_of(control)!r} {control.toolTip()!r}"


def every_form(dock):
    """Show what a dock has for each entry of each list, one after the other."""
    yield
    for combo in dock.findChildren(QComboBox):
        chosen = combo.currentIndex()
        for index in range(combo.count()):
            if combo.model().flags(combo.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled:
                combo.setCurrentIndex(index)
                QApplication.processEvents()
                yield
        combo.setCurrentIndex(chosen)


@pytest.mark.parametrize("title", TITLES)
def test_no_control_is_without_a_name(open_dock, title):
    dock = open_dock(title)
    assert len(controls_of(dock)) > 5
    for _ in every_form(dock):
        nameless = [described(each) for each in controls_of(dock) if not name_of(each)]
        assert nameless == []


@pytest.mark.parametrize("title", TITLES)
def test_every_control_takes_the_keyboard(open_dock, title):
    dock = open_dock(title)
    for _ in every_form(dock):
        for control in controls_of(dock):
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, described(control)


@pytest.mark.parametrize("title", TITLES)
def test_tab_goes_through_all_that_can_be_operated(viewer, open_dock, title):
    viewer.add_image(data.cell()[:64, :64])
    dock = open_dock(title)
    wanted = [each for each in controls_of(dock) if each.isVisible() and each.isEnabled()]
    wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    reached, now = set(), wanted[0]
    for _ in range(3 * len(controls_of(dock)) + 20):
        reached.update(_with_parents(now, dock))
        QTest.keyClick(now, Qt.Key.Key_Tab)
        now = dock.window().focusWidget()
        if not dock.isAncestorOf(now):
            break
    missing = [described(each) for each in wanted if each not in reached and not _empty(each)]
    assert missing == []


def _with_parents(widget, dock):
    """Yield a widget and what it is a part of: the line in a number's field has the focus."""
    while widget is not None and widget is not dock:
        yield widget
        widget = widget.parentWidget()


def _empty(control):
    """Return whether there is nothing in a list that could be operated."""
    return isinstance(control, QAbstractItemView) and control.model().rowCount() == 0


@pytest.mark.parametrize("title", TITLES)
def test_titles_of_rows_lead_to_their_controls(open_dock, title):
    dock = open_dock(title)
    for label in dock.findChildren(QLabel):
        buddy = label.buddy()
        if buddy is not None and controls_of(buddy):
            target = buddy.focusProxy() or buddy
            assert target in controls_of(dock) or controls_of(target), label.text()
