from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.holdout import contrast
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.members import sides_between
from napari_greyfill.inpaint.neighbours.planes import neighbours_of, trial_planes
from napari_greyfill.inpaint.neighbours.shadows import in_other_plane, in_plane
from tests.drifting import Recorder, disc, drifting


@pytest.fixture(scope="module")
def given():
    values, hole = drifting(planes=11, side=64), disc(64, 7)
    read = Recorder(values, 5)
    own = Slice(np.where(hole, np.float32(0), values[5]), hole)
    blended = exhaust(Blend().blended(own.plane, hole))
    return read, own, hole, blended, neighbours_of(read, own, hole)


def test_in_the_plane_the_others_are_tried_where_the_blend_was(given):
    _, own, hole, blended, around = given
    roughness = contrast(own.plane, hole, hole)
    work = in_plane(own, blended, around, sides_between(around), roughness, Compute(), 0)
    found = exhaust(work)
    assert found.errors.shape == (3, blended.holdout.pixels.sum())
    rms = np.sqrt(np.mean(found.errors**2, axis=1))
    assert rms[2] < 0.5 * rms[0]
    assert 0.1 <= found.contrast <= 10


def test_without_room_there_is_no_trial_in_the_plane(given):
    _, own, _, blended, around = given
    from dataclasses import replace

    work = in_plane(own, replace(blended, holdout=None), around, (), 1.0, Compute(), 0)
    assert exhaust(work) is None


def test_in_another_plane_the_hole_stays_where_it_is(given):
    read, _, hole, blended, around = given
    at, there = next(trial_planes(read, hole, around))
    window = Window(0, 64, 0, 64)
    work = in_other_plane(read(at), blended, there, hole, window, 0.1, Compute(), 0)
    found = exhaust(work)
    assert found.errors.shape == (3, hole.sum())
    rms = np.sqrt(np.mean(found.errors**2, axis=1))
    assert rms[2] < 0.5 * rms[0]


def test_a_part_without_hole_is_no_trial(given):
    read, _, hole, blended, around = given
    at, there = next(trial_planes(read, hole, around))
    window = Window(0, 20, 0, 20)
    work = in_other_plane(read(at), blended, there, hole, window, 0.1, Compute(), 0)
    assert exhaust(work) is None


def test_an_empty_plane_is_no_trial(given):
    read, _, hole, blended, around = given
    at, there = next(trial_planes(read, hole, around))
    empty = Slice(np.zeros_like(read(at).plane), read(at).unknown)
    window = Window(0, 64, 0, 64)
    work = in_other_plane(empty, blended, there, hole, window, 0.1, Compute(), 0)
    assert exhaust(work) is None
