import threading

from napari_greyfill.viewer.threads.runs import Runner


class Counting(Runner):
    """Counts steps until it is stopped."""

    def __init__(self):
        super().__init__()
        self.steps = 0

    def start(self, work):
        self._start(work)

    def _on_step(self, step):
        self.steps += 1


def test_a_cancelled_generator_is_closed_in_its_thread_before_the_run_has_ended(qtbot):
    closed = []

    def work():
        try:
            while True:
                threading.Event().wait(0.01)
                yield 1
        finally:
            closed.append(threading.current_thread())

    runner = Counting()
    runner.start(work())
    qtbot.waitUntil(lambda: runner.steps > 0, timeout=10_000)
    with qtbot.waitSignal(runner.ended, timeout=10_000):
        runner.cancel()
    assert len(closed) == 1
    assert closed[0] is not threading.main_thread()
