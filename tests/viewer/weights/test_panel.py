"""What the dock Weights shows, without a folder of weights."""

from pathlib import Path

import pytest

from napari_greyfill.viewer.weights.panel import WeightsPanel
from napari_greyfill.weights import StoredCheckpoint
from tests.weights.conftest import entry


def stored(state, **changes):
    return StoredCheckpoint(entry(**changes), state, Path("net_faces.pth"))


@pytest.fixture
def panel(qtbot):
    panel = WeightsPanel()
    qtbot.addWidget(panel)
    return panel


def test_without_a_row_nothing_can_be_got_or_removed(panel):
    panel.show_rows([stored("download", url="https://example.org/net.pth")])
    panel.show_chosen(busy=False)
    assert panel.chosen is None
    enabled = [each.isEnabled() for each in (panel.get_button, panel.remove_button)]
    assert enabled == [False, False]
    assert panel.add_button.isEnabled()


@pytest.mark.parametrize(
    ("state", "get", "remove"),
    [
        ("ready", False, True),
        ("by hand", True, False),
        ("damaged", True, True),
        ("unconfirmed", True, True),
        ("unreadable", True, False),
    ],
)
def test_buttons_go_by_the_state_of_the_row(panel, state, get, remove):
    row = stored(state)
    panel.show_rows([row])
    panel.select(row)
    panel.show_chosen(busy=False)
    assert panel.chosen == row
    assert [panel.get_button.isEnabled(), panel.remove_button.isEnabled()] == [get, remove]


def test_while_something_is_under_way_only_cancel_is_left(panel):
    row = stored("damaged", url="https://example.org/net.pth")
    panel.show_rows([row])
    panel.select(row)
    panel.show_chosen(busy=True)
    buttons = (panel.get_button, panel.add_button, panel.remove_button, panel.all_button)
    assert not any(each.isEnabled() for each in buttons)
    assert panel.cancel_button.isVisibleTo(panel)
    panel.show_chosen(busy=False)
    assert not panel.cancel_button.isVisibleTo(panel)


def test_choosing_a_row_and_pressing_a_button_are_told(panel, qtbot):
    row = stored("by hand")
    panel.show_rows([row])
    with qtbot.waitSignal(panel.chose):
        panel.select(row)
    panel.show_chosen(busy=False)
    with qtbot.waitSignal(panel.get):
        panel.get_button.click()


def test_a_download_of_unknown_length_shows_no_share(panel):
    panel.show_arrived(500, 1000)
    assert (panel.progress.value(), panel.progress.maximum()) == (500, 1000)
    panel.show_arrived(500, 0)
    assert panel.progress.maximum() == 0
