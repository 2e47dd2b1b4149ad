import numpy as np

from napari_greyfill.inpaint.neighbours.flicker import smoothed_in_time


def frames():
    return list(np.random.default_rng(0).random((8, 10, 10)).astype(np.float32))


def test_fills_flicker_less_and_nothing_else_changes():
    given = frames()
    hole = np.zeros((10, 10), bool)
    hole[2:6, 3:8] = True
    calm = smoothed_in_time(given, hole)
    for before, after in zip(given, calm, strict=True):
        assert np.array_equal(before[~hole], after[~hole])
        assert after.dtype == np.float32
    before, after = (np.abs(np.diff(np.stack(x)[:, hole], axis=0)).mean() for x in (given, calm))
    assert after < 0.8 * before


def test_each_frame_may_have_a_hole_of_its_own():
    given = frames()
    holes = np.zeros((8, 10, 10), bool)
    holes[3, 4, 4] = True
    changed = np.stack(smoothed_in_time(given, holes)) != np.stack(given)
    assert np.array_equal(changed, holes)


def test_a_steady_series_and_no_width_change_nothing():
    hole = np.ones((10, 10), bool)
    steady = [np.full((10, 10), 0.5, np.float32)] * 4
    assert np.allclose(smoothed_in_time(steady, hole), 0.5)
    given = frames()
    assert np.array_equal(smoothed_in_time(given, hole, 0), given)
