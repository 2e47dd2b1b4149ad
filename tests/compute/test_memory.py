import time

import numpy as np
import pytest

from napari_greyfill.compute import memory
from napari_greyfill.compute.memory import Cost, Meter
from napari_greyfill.compute.progress import exhaust

MEGABYTES = 60


@pytest.fixture(params=["the system's mark", "a thread"])
def either_way(request, monkeypatch):
    if request.param == "a thread":
        monkeypatch.setattr(memory, "_reset_high_water_mark", lambda: False)


def work():
    block = np.ones(MEGABYTES * 125_000)
    time.sleep(0.05)
    yield block.size
    del block
    return "done"


def test_the_peak_is_seen_though_it_is_gone_at_the_end(either_way):
    meter = Meter()
    assert exhaust(meter.steps(work())) == "done"
    assert 0.9 * MEGABYTES < meter.cost.peak / 1e6 < 3 * MEGABYTES


def test_time_between_steps_does_not_count():
    meter, started = Meter(), time.perf_counter()
    for _ in meter.steps(work()):
        time.sleep(0.1)
    taken = time.perf_counter() - started
    assert 0.05 <= meter.cost.seconds <= taken - 0.1


def test_a_failure_is_measured_and_goes_through():
    meter = Meter()
    with pytest.raises(ValueError, match="oh"), meter.watching():
        time.sleep(0.01)
        raise ValueError("oh")
    assert meter.cost.seconds >= 0.01


def test_costs_add_up():
    assert Cost(1.0, 5) + Cost(2.0, 3) == Cost(3.0, 5)
