import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.image.geometry import Window
from napari_greyfill.masks.painting import Painter, disk_offsets, stroke_segment

places = st.tuples(st.floats(-10, 40), st.floats(-10, 50))


@given(places, places, st.floats(0.5, 12), st.integers(1, 600))
def test_no_more_is_painted_than_is_wanted_and_nothing_where_it_may_not(
    start, end, radius, wanted
):
    allowed = np.ones((30, 40), bool)
    allowed[:, ::3] = False
    painter = Painter(allowed, wanted)
    painter.paint(*stroke_segment(start, end, radius, painter.shape))
    assert np.count_nonzero(painter.mask) == wanted - painter.left <= wanted
    assert not (painter.mask & ~allowed).any()


def test_what_would_be_too_much_is_left_off_where_the_brush_comes_last():
    painter = Painter(np.ones((11, 60), bool), 100)
    painter.paint(*stroke_segment((5, 5), (5, 55), 2.0, painter.shape))
    rows, columns = np.nonzero(painter.mask)
    assert painter.left == 0
    assert set(rows) == {3, 4, 5, 6, 7}
    assert columns.max() < 30


def test_a_stroke_of_no_length_is_a_disk():
    window, time = stroke_segment((5, 5), (5, 5), 3.0, (11, 11))
    y, x = np.mgrid[window.slices]
    np.testing.assert_array_equal(np.isfinite(time), (y - 5) ** 2 + (x - 5) ** 2 <= 9)


def test_a_limit_of_its_own_for_one_shape():
    painter = Painter(np.ones((9, 9), bool), 50)
    painter.paint(Window(0, 9, 0, 9), np.zeros((9, 9)), at_most=7)
    assert (np.count_nonzero(painter.mask), painter.left) == (7, 43)


def test_stamps_stay_in_the_picture_and_count_once():
    painter = Painter(np.ones((6, 6), bool), 20)
    painter.stamp(np.array([[0, 0], [0, 1]]), disk_offsets(1.0))
    assert painter.left == 20 - np.count_nonzero(painter.mask)
    np.testing.assert_array_equal(np.argwhere(painter.mask)[:, 0].max(), 1)


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.5, 7.0])
def test_disks_hold_all_up_to_their_radius(radius):
    offsets = disk_offsets(radius)
    assert (np.hypot(*offsets.T) <= radius).all()
    assert len(offsets) == sum(
        y * y + x * x <= radius**2 for y in range(-8, 9) for x in range(-8, 9)
    )


def test_free_points_may_be_masked_and_are_not_yet():
    allowed = np.zeros((8, 8), bool)
    allowed[2:4] = True
    painter = Painter(allowed, 10)
    painter.mask[2] = True
    rng = np.random.default_rng(0)
    points = [*painter.free_points(rng, 20), *(painter.free_point(rng) for _ in range(20))]
    assert {int(y) for y, _ in points} == {3}
