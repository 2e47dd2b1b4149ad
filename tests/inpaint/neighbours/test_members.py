from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.members import (
    Place,
    foretell,
    range_of,
    sides_between,
    unbelievable,
)
from napari_greyfill.inpaint.neighbours.planes import neighbours_of
from tests.drifting import Recorder, disc, drifting


def place_of(values, at=4, holes=None, radius=8):
    hole = disc(values.shape[1], radius)
    read = Recorder(values, at, holes)
    own = Slice(np.where(hole, np.float32(0), values[at]), hole)
    around = neighbours_of(read, own, hole)
    first = np.where(hole, values[at][~hole].mean(), values[at]).astype(np.float32)
    return Place(own.plane, hole, hole, first, around, sides_between(around))


def errors(values, at=4, **other):
    place = place_of(values, at, **other)
    learned, whole = exhaust(foretell(place, Compute(), 0))
    return [
        float(np.sqrt(np.mean((fill - values[at])[place.hole] ** 2))) for fill in (learned, whole)
    ]


def test_a_drifting_picture_is_foretold():
    values = drifting()
    spread = values[4][disc()].std()
    assert max(errors(values)) < 0.2 * spread


def test_at_an_end_it_is_foretold_from_one_side():
    values = drifting()
    place = place_of(values, 0)
    assert place.sides == ()
    assert max(errors(values, 0)) < 0.4 * values[0][disc()].std()


def test_the_residual_brings_what_only_this_plane_has():
    values = drifting()
    x = np.arange(values.shape[2])
    values[4] += 0.1 * np.sin(x / 12).astype(np.float32)
    learned, whole = errors(values)
    assert whole < 0.5 * learned


def test_values_beyond_the_plane_are_kept():
    values = drifting()
    values[:, 38:43, 38:43] = 3.0  # a bead that the hole hides
    place = place_of(values)
    learned, whole = exhaust(foretell(place, Compute(), 0))
    assert min(learned[40, 40], whole[40, 40]) > 0.9


def test_damage_of_the_neighbours_elsewhere_does_little():
    values = drifting()
    elsewhere = np.roll(disc(radius=6), 25, axis=1)
    whole = errors(values)[1]
    assert errors(values, holes={1: elsewhere})[1] < 2 * whole


def test_it_can_be_cancelled():
    place = place_of(drifting())
    with pytest.raises(CancelledError):
        exhaust(foretell(place, Compute(cancelled=lambda: True), 0))


def test_patches_with_unknown_pixels_are_not_believed():
    unknown = np.zeros((7, 7), bool)
    unknown[3, 3] = True
    found = unbelievable([Slice(np.zeros((7, 7), np.float32), unknown)])
    assert found.sum() == 9


def test_the_range_leaves_rare_values_out():
    plane = np.linspace(0, 1, 10_001, dtype=np.float32)
    plane[-1] = 100
    assert range_of([plane])[1] < 1
