"""Planes are chosen in many ways."""

from types import SimpleNamespace

import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.choice import chosen_planes

AXES = axes_of(SimpleNamespace(shape=(4, 3, 8, 9)), axes="TZYX")


@pytest.mark.parametrize(
    ("planes", "found"),
    [
        ("all", ((0, 1, 2, 3), (0, 1, 2))),
        (2, ((2,), (0, 1, 2))),
        (-1, ((3,), (0, 1, 2))),
        (slice(1, 3), ((1, 2), (0, 1, 2))),
        ([3, 0], ((0, 3), (0, 1, 2))),
        ("1:3", ((1, 2), (0, 1, 2))),
        ("T=1, Z=0:2", ((1,), (0, 1))),
        ({"Z": 2}, ((0, 1, 2, 3), (2,))),
        ({1: slice(0, 1), "t": 3}, ((3,), (0,))),
    ],
)
def test_planes_are_chosen_in_many_ways(planes, found):
    assert chosen_planes(planes, AXES) == found


@pytest.mark.parametrize(
    "planes",
    [
        4,
        -5,
        "x",
        "1:x",
        slice(3, 3),
        slice(0, 3, 0),
        "1:3:0",
        [],
        {"C": 1},
        1.5,
        None,
        [0, 9],
        "T=1, t=2",
    ],
)
def test_planes_that_do_not_exist_are_refused(planes):
    with pytest.raises(BadParameterError, match="planes"):
        chosen_planes(planes, AXES)
