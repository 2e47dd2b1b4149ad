import threading
from concurrent.futures import CancelledError

import pytest

from napari_greyfill.compute.detached import Handover


class StopError(Exception):
    pass


def nothing():
    pass


def stop():
    raise StopError


def test_callbacks_run_in_the_callers_thread_and_return():
    handover, seen = Handover(), []
    threads = []

    def callback(value, *, factor):
        threads.append(threading.current_thread())
        return value * factor

    def work():
        threads.append(threading.current_thread())
        seen.append(handover.lend(callback)(3, factor=2))
        seen.append(handover.lend(callback)(4, factor=2))

    handover.run(work, nothing)
    assert seen == [6, 8]
    here = threading.current_thread()
    assert threads[1:] == [here, here]
    assert threads[0] is not here
    assert threads[0].daemon


def test_the_functions_errors_are_the_callers():
    with pytest.raises(StopError):
        Handover().run(stop, nothing)


@pytest.mark.parametrize("error", [StopError, KeyboardInterrupt])
def test_an_error_of_a_callback_ends_both(error):
    handover, ended = Handover(), threading.Event()

    def refuse():
        raise error

    def work():
        with pytest.raises(CancelledError):
            handover.lend(refuse)()
        ended.set()

    with pytest.raises(error):
        handover.run(work, nothing)
    assert ended.wait(60)


def test_a_thread_that_waits_is_left_behind_and_calls_back_no_more():
    handover, begun, left, ended = Handover(), *(threading.Event() for _ in range(3))
    called = []

    def work():
        begun.set()
        assert left.wait(60)
        with pytest.raises(CancelledError):
            handover.lend(called.append)(1)
        ended.set()

    def meanwhile():
        if begun.is_set():
            raise StopError

    with pytest.raises(StopError):
        handover.run(work, meanwhile)
    left.set()
    assert ended.wait(60)
    assert called == []


def test_it_is_looked_whether_to_stop_before_it_waits_for_anything():
    handover, called = Handover(), []
    with pytest.raises(StopError):
        handover.run(lambda: handover.lend(called.append)(1), stop)
    assert called == []
