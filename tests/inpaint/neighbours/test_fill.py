from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.fill import fill_from_neighbours
from tests.drifting import Recorder, disc, drifting

SIDE = 64


@pytest.fixture(scope="module")
def values():
    return drifting(planes=11, side=SIDE)


@pytest.fixture(scope="module")
def hole():
    return disc(SIDE, 7)


def filled(read, hole, **other):
    return exhaust(fill_from_neighbours(read, hole, Compute(), **other))


def rms(plane, truth, hole):
    return float(np.sqrt(np.mean((plane - truth)[hole] ** 2, dtype=np.float64)))


@pytest.mark.parametrize("quick", [False, True])
def test_neighbours_that_know_better_are_taken(values, hole, quick):
    read = Recorder(values, 5, {0: hole})
    found = filled(read, hole, quick=quick)
    alone = Blend().fill(np.where(hole, np.float32(0), values[5]), hole)
    assert found.share > 0.7
    assert found.used == (-2, -1, 1, 2)
    assert rms(found.plane, values[5], hole) < 0.4 * rms(alone, values[5], hole)
    assert found.plane.dtype == np.float32
    assert (max(read.asked) <= 2) == quick


def test_error_and_interval_are_about_right(values, hole):
    found = filled(Recorder(values, 5, {0: hole}), hole)
    true = rms(found.plane, values[5], hole)
    assert 0.5 < found.expected_error / true < 2
    inside = np.abs(found.plane - values[5])[hole] <= found.spread * found.deviation[hole]
    assert 0.6 < inside.mean() < 0.995


def test_neighbours_that_know_nothing_are_left_alone(values, hole):
    noise = np.random.default_rng(0).random(values.shape).astype(np.float32)
    noise[5] = values[5]
    found = filled(Recorder(noise, 5, {0: hole}), hole)
    alone = Blend().fill(np.where(hole, np.float32(0), values[5]), hole)
    assert found.share == 0
    assert found.used == ()
    assert np.allclose(found.plane[hole], alone[hole], atol=1e-6)


def test_a_single_plane_is_filled_as_ever(values, hole):
    given = np.where(hole, np.float32(0), values[5])
    found = filled(Recorder(values[5:6], 0, {0: hole}), hole)
    alone = exhaust(Blend().run(given, hole))
    assert np.array_equal(found.plane, alone.plane)
    assert found.expected_error == alone.expected_error
    assert found.weights == (1.0, 0.0, 0.0)


def test_what_lies_under_the_hole_does_not_count(values, hole):
    spoilt = values.copy()
    spoilt[5][hole] = 5
    first, second = (filled(Recorder(each, 5), hole) for each in (values, spoilt))
    assert np.array_equal(first.plane[hole], second.plane[hole])
    assert first.weights == second.weights


def test_known_pixels_stay(values, hole):
    found = filled(Recorder(values, 5, {0: hole}), hole)
    assert np.array_equal(found.plane[~hole], values[5][~hole])


def test_the_first_plane_is_filled_from_one_side(values, hole):
    found = filled(Recorder(values, 0, {0: hole}), hole)
    assert found.used == (1, 2)
    assert found.share > 0.5


def test_copies_are_said(values, hole):
    doubled = values.copy()
    doubled[6] = doubled[5]
    found = filled(Recorder(doubled, 5, {0: hole}), hole)
    assert 1 not in found.used
    assert "copies" in found.notes[0]
    assert "+1" in found.notes[0]


def test_what_nobody_wants_is_not_tried(values, hole):
    unwanted = hole.copy()
    unwanted[:, : SIDE // 2] = False
    found = filled(Recorder(values, 5, {0: hole}), hole, unknown=unwanted)
    assert found.used
    assert not found.deviation[unwanted].any()


def test_dim_stacks_are_filled_like_bright_ones(values, hole):
    bright = filled(Recorder(values, 5, {0: hole}), hole)
    dim = filled(Recorder(0.01 * values, 5, {0: hole}), hole)
    assert dim.weights == pytest.approx(bright.weights, abs=0.21)
    assert dim.share > 0.7


def test_progress_goes_up_to_the_end(values, hole):
    steps = list(fill_from_neighbours(Recorder(values, 5, {0: hole}), hole, Compute()))
    assert steps == sorted(steps)
    assert 0 <= steps[0] < 0.2
    assert 0.9 < steps[-1] <= 1


def test_it_can_be_cancelled(values, hole):
    with pytest.raises(CancelledError):
        exhaust(fill_from_neighbours(Recorder(values, 5), hole, Compute(cancelled=lambda: True)))
