import re

import numpy as np
import pytest

from napari_greyfill.colorization import published
from napari_greyfill.colorization.published import PUBLISHED_SCHEDULES, Published, Schedule
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError, OutOfMemoryError
from napari_greyfill.image.colour import chroma, luma
from tests.colorization.cases import case, run, truth

pytestmark = pytest.mark.usefixtures("short_schedules")


def test_the_seed_decides_every_pixel():
    first, again, other = (run(Published(Compute(seed=s)), *case(40, 48))[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


@pytest.mark.parametrize("seed", [2**40, 2**64])
def test_any_seed_will_do(seed):
    result, _ = run(Published(Compute(seed=seed)), *case(16, 16))
    assert np.isfinite(result).all()


def test_published_returns_what_the_network_made_in_8_bits():
    colour, grey, hole = case(64, 64)
    result, _ = run(Published(), colour, grey, hole)
    assert np.abs(luma(result) - grey).max() > 0.02
    np.testing.assert_allclose(result * 255, np.rint(result * 255), atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "levels"),
    [((64, 64), 3), ((63, 90), 2), ((90, 63), 2), ((32, 200), 2), ((31, 64), 1), ((1, 7), 1)],
)
def test_the_shorter_side_decides_how_many_levels_there_are(shape, levels, short_schedules):
    result, seen = run(Published(), *case(*shape))
    assert result.shape == (*shape, 3)
    assert np.isfinite(result).all()
    names = [level.name.split(",")[0] for level, _ in seen]
    assert sorted(set(names)) == [f"colour scale {n + 1}/{levels}" for n in range(levels)]
    steps = short_schedules[levels].steps
    assert len(seen) == sum(steps) + levels - 1


def test_every_level_but_the_last_ends_with_a_complete_preview():
    _, levels = run(Published(), *case(70, 66))
    complete = [(level.name, preview.shape) for level, preview in levels if level.complete]
    assert complete == [(f"colour scale {n}/3", (70, 66, 3)) for n in (1, 2)]


def test_the_finished_fraction_grows_to_one():
    _, levels = run(Published(), *case(64, 64))
    fractions = [level.fraction for level, _ in levels]
    assert fractions == sorted(fractions)
    assert fractions[0] > 0
    assert fractions[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(1, 7), (7, 1), (2, 2), (17, 33), (35, 34), (66, 71)])
def test_any_size_works(shape):
    colour, grey, hole = case(*shape)
    result, _ = run(Published(), colour, grey, hole)
    assert result.shape == colour.shape
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_colours_under_the_hole_do_not_matter():
    colour, grey, hole = case(40, 48)
    first, _ = run(Published(), colour, grey, hole)
    colour[hole] = (1, 0, 1)
    np.testing.assert_array_equal(run(Published(), colour, grey, hole)[0], first)


def test_a_window_that_is_nearly_all_hole_works():
    colour, grey, hole = case(40, 48)
    hole[:] = True
    hole[5, 6] = False
    result, _ = run(Published(), colour, grey, hole)
    assert np.isfinite(result).all()


def test_training_learns_the_colours_that_go_with_the_grey(monkeypatch):
    monkeypatch.setattr(Published, "SCHEDULES", {1: Schedule((60,), (0.01,))})
    colour, grey, hole = case(31, 40)
    expected = chroma(truth(31, 40))[hole]
    result, _ = run(Published(), colour, grey, hole)
    assert np.abs(chroma(result)[hole] - expected).mean() < 0.3 * np.abs(expected).mean()


def test_a_run_can_be_cancelled_inside_a_step():
    calls = iter(range(10_000))
    work = Published(Compute(cancelled=lambda: next(calls) >= 20)).run(*case(64, 64))
    finished = []
    with pytest.raises(CancelledError):
        finished.extend(work)
    # a step asks 8 times on its way forward and 8 times on its way back: this is in the second
    assert next(calls) == 21


def test_closing_a_run_ends_it():
    work = Published().run(*case(64, 64))
    next(work)
    work.close()
    assert list(work) == []


def test_too_little_memory_is_said_before_training(monkeypatch):
    monkeypatch.setattr(published, "free_memory", lambda device: 1_000_000)
    with pytest.raises(
        OutOfMemoryError, match=r"needs about .* GB on cpu.*paint a smaller mask\.$"
    ):
        next(Published().run(*case(64, 64)))


def test_schedules_fit_the_levels_they_are_for():
    for levels, schedule in PUBLISHED_SCHEDULES.items():
        assert len(schedule.steps) == len(schedule.rates) == levels
    assert PUBLISHED_SCHEDULES[3] == Schedule((401, 401, 401), (0.01, 0.005, 0.003))


@pytest.mark.gpu
def test_cuda_trains_too():
    colour, grey, hole = case(64, 64)
    result, levels = run(Published(Compute("cuda")), colour, grey, hole)
    assert len(levels) > 3
    for image in [result, *(preview for _, preview in levels)]:
        assert np.isfinite(image).all()
        assert image.shape == colour.shape


def test_how_long_it_takes_is_said_before_it_begins(monkeypatch):
    monkeypatch.setattr(published, "_WORTH_TELLING", 1)
    _, seen = run(Published(), *case(64, 64))
    names = [level.name for level, _ in seen]
    assert names[0] == "looking how long the published schedule takes"
    assert re.fullmatch(r"the published schedule takes about \d+ s; Cancel stops it", names[1])
    assert all(re.search(r"step \d+/\d+ \(about \d+ s in all\)$", n) for n in names if "step" in n)
    assert [level.fraction for level, _ in seen][:2] == [0.0, 0.0]


def test_looking_how_long_it_takes_changes_no_pixel(monkeypatch):
    unmeasured, _ = run(Published(Compute(seed=3)), *case(40, 48))
    monkeypatch.setattr(published, "_WORTH_TELLING", 1)
    measured, _ = run(Published(Compute(seed=3)), *case(40, 48))
    np.testing.assert_array_equal(measured, unmeasured)
