import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.bubble import fill_bubble
from tests.inpaint.neighbours.volumes import disc, reader, stack

SIDE = 48
HOLES = {0: disc(SIDE, (22, 25), 7), 1: disc(SIDE, (22, 25), 9), 2: disc(SIDE, (22, 25), 7)}


@pytest.fixture(scope="module")
def filled():
    planes = stack(count=11, side=SIDE)
    return planes, exhaust(fill_bubble(reader(planes, 4, HOLES), HOLES, Compute()))


def test_neighbours_know_more_than_the_planes_themselves(filled):
    planes, fills = filled
    ours = alone = 0.0
    for at, hole in HOLES.items():
        truth = planes[4 + at]
        own = Blend().fill(np.where(hole, np.float32(0), truth), hole)
        ours += np.sum((fills[at].plane - truth)[hole] ** 2)
        alone += np.sum((own - truth)[hole] ** 2)
    assert ours < 0.5 * alone


def test_a_fill_says_what_it_is_made_of(filled):
    planes, fills = filled
    assert set(fills) == set(HOLES)
    for at, hole in HOLES.items():
        fill = fills[at]
        assert np.array_equal(fill.plane[~hole], planes[4 + at][~hole])
        assert len(fill.weights) == 4
        assert sum(fill.weights) == pytest.approx(1)
        assert fill.share > 0.5
        assert not {at + offset for offset in fill.used} & set(HOLES)
        assert fill.expected_error > 0
        assert fill.spread > 0
        assert np.all(fill.deviation[hole] > 0)


def test_what_the_reader_shows_in_the_holes_does_not_matter():
    planes = stack(count=7, side=48)
    holes = {0: disc(48, (24, 24), 6), 1: disc(48, (24, 24), 6)}
    bright = planes.copy()
    for at, hole in holes.items():
        bright[3 + at][hole] = 7
    one = exhaust(fill_bubble(reader(planes, 3, holes), holes, Compute(), quick=True))
    other = exhaust(fill_bubble(reader(bright, 3, {}), holes, Compute(), quick=True))
    for at in holes:
        assert np.array_equal(one[at].plane, other[at].plane)


def test_without_other_planes_each_is_filled_by_itself():
    planes = stack(count=2, side=48)
    holes = {0: disc(48, (24, 24), 6), 1: disc(48, (24, 24), 6)}
    fills = exhaust(fill_bubble(reader(planes, 0, holes), holes, Compute()))
    for fill in fills.values():
        assert fill.used == ()
        assert np.isfinite(fill.plane).all()


def test_too_many_planes_are_refused_and_cancelling_ends_it():
    planes = stack(count=3, side=32)
    with pytest.raises(BadParameterError, match="fill each plane by itself"):
        exhaust(fill_bubble(reader(planes, 0, {}), {}, Compute()))
    holes = {1: disc(32, (16, 16), 4)}
    with pytest.raises(CancelledError):
        exhaust(fill_bubble(reader(planes, 0, holes), holes, Compute(cancelled=lambda: True)))
