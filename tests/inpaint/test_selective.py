import numpy as np
import pytest

from napari_greyfill.device import Compute
from napari_greyfill.inpaint import selective
from napari_greyfill.inpaint.selective import CORE, DEEPEST, extrapolated
from napari_greyfill.progress import exhaust


def wave(shape, period, angle=0.5):
    y, x = np.indices(shape)
    phase = 2 * np.pi * (np.cos(angle) * y + np.sin(angle) * x) / period
    return (0.5 + 0.3 * np.sin(phase)).astype(np.float32)


def block(shape, y, x):
    hole = np.zeros(shape, dtype=bool)
    hole[y, x] = True
    return hole


def run(guide, hole):
    return exhaust(extrapolated(guide, hole, Compute()))


def test_each_place_goes_on_with_its_own_wave():
    truth = np.hstack([wave((64, 64), 6), wave((64, 64), 11, 2.0)])
    hole = block(truth.shape, slice(28, 36), slice(24, 34))
    hole |= block(truth.shape, slice(28, 36), slice(92, 102))
    flat = np.where(hole, np.float32(0.5), truth)
    error = np.sqrt(np.mean((run(flat, hole) - truth)[hole] ** 2))
    assert error < 0.3 * np.sqrt(np.mean((flat - truth)[hole] ** 2))


def test_known_pixels_and_the_deep_inside_stay_as_they_are():
    side = 4 * CORE * DEEPEST
    hole = block((side, side), slice(4, -4), slice(4, -4))
    guide = np.random.default_rng(0).random((side, side), dtype=np.float32)
    filled = run(guide, hole)
    np.testing.assert_array_equal(filled[~hole], guide[~hole])
    middle = slice(side // 2 - CORE, side // 2 + CORE)
    np.testing.assert_array_equal(filled[middle, middle], guide[middle, middle])
    assert (filled != guide)[4:12, 4:-4].all()


def test_what_the_guide_has_in_the_hole_hardly_matters_near_the_rim():
    truth = wave((64, 64), 8)
    hole = block(truth.shape, slice(30, 34), slice(20, 44))
    dark, bright = (run(np.where(hole, np.float32(v), truth), hole) for v in (0.3, 0.7))
    assert np.abs(bright - dark)[hole].mean() < 0.1  # the guides differ by 0.4


@pytest.mark.parametrize("level", [-2.0, 0.0, 3.0])
def test_it_works_on_any_range(level):
    truth = wave((48, 48), 9)
    hole = block(truth.shape, slice(20, 26), slice(20, 26))
    guide = np.where(hole, np.float32(0.5), truth)
    shifted = run(guide + np.float32(level), hole) - np.float32(level)
    np.testing.assert_allclose(shifted, run(guide, hole), atol=2e-3)


def test_many_blocks_get_fewer_rounds(monkeypatch):
    seen = []
    exact = selective._continued

    def spy(values, weights, rounds):
        seen.append((len(values), rounds))
        return exact(values, weights, 1)

    monkeypatch.setattr(selective, "_continued", spy)
    for side in (64, 1000):
        hole = np.zeros((side, side), dtype=bool)
        hole[::CORE, ::CORE] = True
        run(np.zeros((side, side), np.float32), hole)
        blocks = (side // CORE) ** 2
        assert sum(count for count, _ in seen) == blocks
        wanted = np.clip(selective.WORK // blocks, *selective.ROUNDS)
        assert {rounds for _, rounds in seen} == {wanted}
        assert max(count for count, _ in seen) <= selective.BATCH
        seen.clear()
