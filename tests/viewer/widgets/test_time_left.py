import pytest

from napari_greyfill.viewer.widgets.time_left import TimeLeft


@pytest.mark.parametrize(
    ("passed", "fraction", "said"),
    [
        (2, 0.5, ""),
        (10, 0.01, ""),
        (10, 1.0, ""),
        (10, 0.5, "about 10 s left"),
        (21, 0.5, "about 20 s left"),
        (5, 0.5, "about 5 s left"),
        (10, 0.95, "nearly done"),
        (60, 0.1, "about 9 min left"),
        (1800, 0.1, "about 4.5 h left"),
    ],
)
def test_it_goes_on_at_the_pace_it_had(passed, fraction, said):
    now = [100.0]
    left = TimeLeft(lambda: now[0])
    now[0] += passed
    assert left.said(fraction) == said


def test_a_restart_counts_from_then():
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    now[0] = 50.0
    left.restart()
    assert left.said(0.5) == ""


def test_what_was_done_before_does_not_count_into_the_pace():
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    left.restart(continued=True)
    assert left.said(0.0) == ""
    now[0] = 1.0
    assert left.said(0.5) == ""
    now[0] = 11.0
    assert left.said(0.75) == "about 10 s left"
