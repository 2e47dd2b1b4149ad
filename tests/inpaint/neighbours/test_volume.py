import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.neighbours import volume
from napari_greyfill.inpaint.neighbours.volume import volume_mean


def waves(count=10, side=48):
    z, y, x = np.mgrid[:count, :side, :side].astype(np.float32)
    return 0.5 + 0.3 * np.sin(0.35 * y + 0.2 * z) * np.cos(0.3 * x - 0.1 * z)


def with_hole(truth, planes=slice(4, 6)):
    hole = np.zeros(truth.shape, bool)
    hole[planes, 16:32, 18:30] = True
    mean = truth[~hole].mean()
    return np.where(hole, mean, truth).astype(np.float32), hole


def test_waves_go_on_through_the_hole_and_nothing_else_changes():
    truth = waves().astype(np.float32)
    start, hole = with_hole(truth)
    filled = exhaust(volume_mean(start, hole, hole, Compute()))
    assert np.array_equal(filled[~hole], start[~hole])
    assert np.std((filled - truth)[hole]) < 0.25 * np.std((start - truth)[hole])


def test_only_what_is_wanted_is_filled():
    truth = waves().astype(np.float32)
    start, hole = with_hole(truth)
    wanted = hole.copy()
    wanted[5] = False
    filled = exhaust(volume_mean(start, hole, wanted, Compute(), rounds=3))
    assert np.array_equal(filled[5], start[5])
    assert not np.array_equal(filled[4], start[4])


def test_a_flat_volume_keeps_its_start():
    start = np.full((4, 20, 20), 0.25, np.float32)
    hole = np.zeros(start.shape, bool)
    hole[1:3, 5:9, 5:9] = True
    assert np.array_equal(exhaust(volume_mean(start, hole, hole, Compute())), start)


def test_wide_planes_are_solved_in_pieces_that_meet(monkeypatch):
    monkeypatch.setattr(volume, "LARGEST", 40)
    monkeypatch.setattr(volume, "OVERLAP", 8)
    truth = waves().astype(np.float32)
    start, hole = with_hole(truth)
    pieces = volume._pieces((48, 48))
    covered = np.zeros((48, 48), int)
    for core, frame in pieces:
        covered[core.slices] += 1
        assert max(frame.shape) <= 40
    assert np.all(covered == 1)
    filled = exhaust(volume_mean(start, hole, hole, Compute()))
    assert np.std((filled - truth)[hole]) < 0.5 * np.std((start - truth)[hole])


def test_it_can_be_cancelled():
    start, hole = with_hole(waves().astype(np.float32))
    with pytest.raises(CancelledError):
        exhaust(volume_mean(start, hole, hole, Compute(cancelled=lambda: True)))
