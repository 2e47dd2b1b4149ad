"""Work of the dock Weights in a thread."""

import threading

import pytest

from napari_greyfill.viewer.threads.runs import Failed
from napari_greyfill.viewer.weights.runner import WeightsRunner


@pytest.fixture
def runner(qtbot):
    return WeightsRunner()


def test_what_work_returns_is_told_before_it_is_over(runner, qtbot):
    told = []
    runner.returned.connect(told.append)
    runner.ended.connect(lambda: told.append(runner.running))
    with qtbot.waitSignal(runner.ended):
        runner.start(lambda arrivals, stop: "done")
    assert told == ["done", False]


def test_errors_are_values(runner, qtbot):
    with qtbot.waitSignal(runner.returned) as waited:
        runner.start(lambda arrivals, stop: 1 // 0)
    (outcome,) = waited.args
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ZeroDivisionError)
    qtbot.waitUntil(lambda: not runner.running)


def test_arrivals_are_passed_on_to_this_thread(runner, qtbot):
    heard = []
    runner.arrived.connect(lambda *each: heard.append((each, threading.current_thread())))

    def work(arrivals, stop):
        arrivals.named.emit("net")
        arrivals.arrived.emit(1, 2)

    with qtbot.waitSignals([runner.named, runner.arrived, runner.ended]):
        runner.start(work)
    assert heard == [((1, 2), threading.main_thread())]


def waiting(arrivals, stop):
    while not stop():
        threading.Event().wait(0.01)
    return "stopped"


def test_work_is_asked_to_stop(runner, qtbot):
    runner.start(waiting)
    assert runner.running
    with qtbot.waitSignal(runner.returned) as waited:
        runner.cancel()
    assert waited.args == ["stopped"]
    qtbot.waitUntil(lambda: not runner.running)


def test_nothing_is_told_once_the_dock_is_left(runner, qtbot):
    told = []
    runner.returned.connect(told.append)
    runner.start(waiting)
    runner.leave()
    qtbot.waitUntil(lambda: not runner.running)
    assert told == []
