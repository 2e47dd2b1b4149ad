import pytest

from napari_greyfill.errors import EmptyMaskError
from napari_greyfill.viewer.widgets.failures import outcome_shown, show_failure


@pytest.fixture
def told(monkeypatch):
    from napari.utils import notifications

    told = []
    monkeypatch.setattr(notifications, "show_error", told.append)
    receive = notifications.notification_manager
    monkeypatch.setattr(
        type(receive), "receive_error", lambda self, kind, error, trace: told.append((kind, error))
    )
    return told


def test_what_we_know_is_a_sentence(told):
    show_failure(EmptyMaskError("Paint a mask first."))
    assert told == ["Paint a mask first."]


def test_everything_else_is_a_bug_with_its_traceback(told):
    bug = ZeroDivisionError("oh")
    show_failure(bug)
    assert told == [(ZeroDivisionError, bug)]


def test_work_goes_on_after_a_failure_we_know(told):
    def fail():
        raise EmptyMaskError("Paint a mask first.")

    assert outcome_shown(lambda: 3) == 3
    assert outcome_shown(fail) is None
    assert told == ["Paint a mask first."]
    with pytest.raises(ZeroDivisionError):
        outcome_shown(lambda: 1 / 0)
