from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.planes import (
    neighbours_alike,
    neighbours_of,
    trial_planes,
)
from tests.drifting import Recorder, disc, drifting

SIDE = 40


@pytest.fixture(scope="module")
def values():
    return drifting(planes=17, side=SIDE)


@pytest.fixture
def hole():
    return disc(SIDE, 5)


def around(read, hole):
    found = read(0)
    return neighbours_of(read, Slice(found.plane, found.unknown | hole), hole)


def test_two_planes_on_each_side(values, hole):
    read = Recorder(values, 8)
    found = around(read, hole)
    assert found.offsets == (-2, -1, 1, 2)
    assert (found.before, found.after) == (1, 1)
    assert read.asked == {-2, -1, 0, 1, 2}


def test_planes_damaged_at_the_same_place_are_passed_over(values, hole):
    found = around(Recorder(values, 8, {-1: hole, 2: hole}), hole)
    assert found.offsets == (-3, -2, 1)
    assert (found.before, found.after) == (2, 1)


def test_damage_elsewhere_does_not_matter(values, hole):
    elsewhere = np.roll(hole, 15, axis=0)
    assert around(Recorder(values, 8, {1: elsewhere}), hole).offsets == (-2, -1, 1, 2)


def test_at_an_end_there_is_one_side(values, hole):
    found = around(Recorder(values, 0), hole)
    assert found.offsets == (1, 2)
    assert found.before is None


def test_nothing_beyond_six_planes(values, hole):
    holes = dict.fromkeys(range(-6, 7), hole)
    assert around(Recorder(values, 8, holes), hole).offsets == ()


def test_copies_are_left_out_and_told(values, hole):
    doubled = values.copy()
    doubled[9] = doubled[8]
    found = around(Recorder(doubled, 8), hole)
    assert found.copies == (1,)
    assert found.offsets == (-2, -1, 2, 3)


def test_empty_planes_are_no_copies_worth_telling(hole):
    assert around(Recorder(np.zeros((5, SIDE, SIDE), np.float32), 2), hole).copies == ()


def test_a_trial_has_planes_at_the_same_distances(values, hole):
    read = Recorder(values, 8)
    wanted = around(read, hole)
    assert neighbours_alike(read, 3, hole, wanted).offsets == (-2, -1, 1, 2)
    assert neighbours_alike(read, 2, hole, wanted) is None  # plane 0 would be among them
    assert neighbours_alike(read, 8, hole, wanted) is None  # the last one


def test_a_trial_needs_whole_planes(values, hole):
    read = Recorder(values, 8, {4: hole})
    wanted = around(read, hole)
    assert [neighbours_alike(read, at, hole, wanted) is None for at in (3, 4, 5)] == [True] * 3


def test_trials_on_both_sides(values, hole):
    read = Recorder(values, 8)
    assert [at for at, _ in trial_planes(read, hole, around(read, hole))] == [-3, 3]


def test_trials_step_out_to_whole_planes(values, hole):
    read = Recorder(values, 8, {-3: hole})
    assert [at for at, _ in trial_planes(read, hole, around(read, hole))] == [-5, 3]


def test_both_trials_on_one_side_at_an_end(values, hole):
    read = Recorder(values, 0)
    found = list(trial_planes(read, hole, around(read, hole)))
    assert [at for at, _ in found] == [2, 3]
    assert found[0][1].offsets == (1, 2)


def test_a_part_of_the_planes(values, hole):
    found = around(Recorder(values, 8), hole)
    part = found.cut(Window(2, 12, 3, 9))
    assert np.array_equal(part.slices[1].plane, values[9, 2:12, 3:9])
