import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint import selective
from napari_greyfill.inpaint.selective import CORE, FADING, FrequencySelective, extrapolated


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
    side = 4 * FADING[1]
    hole = block((side, side), slice(4, -4), slice(4, -4))
    guide = np.random.default_rng(0).random((side, side), dtype=np.float32)
    filled = run(guide, hole)
    np.testing.assert_array_equal(filled[~hole], guide[~hole])
    middle = slice(side // 2 - CORE, side // 2 + CORE)
    np.testing.assert_array_equal(filled[middle, middle], guide[middle, middle])
    assert (filled != guide)[4:12, 4:-4].all()


def test_what_the_guide_has_near_the_rim_does_not_matter():
    truth = wave((64, 64), 8)
    hole = block(truth.shape, slice(30, 34), slice(20, 44))
    dark, bright = (run(np.where(hole, np.float32(v), truth), hole) for v in (0.3, 0.7))
    np.testing.assert_array_equal(dark, bright)


def test_only_deep_holes_need_another_fill_first(monkeypatch):
    calls = []

    class Spy(selective.Spectral):
        def run(self, plane, hole, unknown=None):
            calls.append(plane.shape)
            return super().run(plane, hole, unknown)

    monkeypatch.setattr(selective, "Spectral", Spy)
    truth = wave((80, 80), 9)
    shallow = block(truth.shape, slice(20, 40), slice(20, -20))
    FrequencySelective().fill(np.where(shallow, np.float32(0), truth), shallow)
    assert not calls
    deep = block(truth.shape, slice(10, -10), slice(10, -10))
    FrequencySelective().fill(np.where(deep, np.float32(0), truth), deep)
    assert calls == [truth.shape]


def test_the_best_surrounded_blocks_come_first_and_none_beside_another():
    hole = block((10 * CORE, 12 * CORE), slice(2 * CORE, 8 * CORE), slice(2 * CORE, 9 * CORE))
    grid = selective._Grid(np.zeros(hole.shape, np.float32), hole, hole)
    order = [set(zip(*batch, strict=True)) for batch in grid.batches()]
    assert order[0] == {(2, 2), (2, 8), (7, 2), (7, 8)}  # the corners
    for batch in order:
        for y, x in batch:
            beside = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} - {(y, x)}
            assert not beside & batch
    found = [place for batch in order for place in batch]
    assert len(found) == len(set(found)) == grid.count == 6 * 7


def test_the_border_counts_as_unknown():
    hole = block((4 * CORE, 8 * CORE), slice(0, CORE), slice(2 * CORE, 6 * CORE))
    hole |= block(hole.shape, slice(2 * CORE, 3 * CORE), slice(2 * CORE, 6 * CORE))
    grid = selective._Grid(np.zeros(hole.shape, np.float32), hole, hole)
    rows, columns = next(grid.batches())
    assert set(zip(rows, columns, strict=True)) == {(2, 2), (2, 5)}


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
