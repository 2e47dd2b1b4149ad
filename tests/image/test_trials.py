import numpy as np
from scipy import ndimage

from napari_greyfill.image.trials import AWAY, trial_holes


def block(shape=(200, 200), side=40, at=(80, 80)):
    hole = np.zeros(shape, bool)
    hole[at[0] : at[0] + side, at[1] : at[1] + side] = True
    return hole


def scattered(shape=(120, 120), seed=0):
    rng = np.random.default_rng(seed)
    hole = np.zeros(shape, bool)
    for _ in range(12):
        y, x = rng.integers(0, 110, 2)
        hole[y : y + 3, x : x + 30] = True
    return hole


def test_copies_of_a_compact_hole_lie_whole_on_known_pixels_apart_from_each_other():
    hole = block()
    found = trial_holes(hole, hole, 2)
    assert len(found) == 2
    for trial in found:
        assert not (trial & hole).any()
        labels, count = ndimage.label(trial)
        assert count >= 2
        assert set(np.bincount(labels.ravel())[1:]) == {40 * 40}
        away = ndimage.distance_transform_edt(~hole)
        assert away[trial].min() >= AWAY


def test_scattered_holes_are_moved_and_the_second_trial_is_another():
    hole = scattered()
    first, second = trial_holes(hole, hole, 2)
    assert not (first & hole).any()
    assert not (second & hole).any()
    assert not (first & second).any()
    assert np.count_nonzero(first) > np.count_nonzero(hole) / 2


def test_a_smaller_copy_is_tried_where_the_hole_is_too_large_for_a_second_one():
    hole = block((100, 100), side=44, at=(28, 28))
    sizes = [
        np.bincount(ndimage.label(trial)[0].ravel())[1:] for trial in trial_holes(hole, hole, 1)
    ]
    assert not sizes or max(map(max, sizes)) < 44 * 44


def test_no_room_no_trial():
    hole = np.ones((50, 50), bool)
    hole[0] = False
    assert trial_holes(hole, hole, 2) == []
    assert trial_holes(hole, np.zeros_like(hole), 2) == []


def test_what_is_unknown_besides_the_hole_is_avoided():
    hole, unknown = block((200, 200), 30, (20, 20)), np.zeros((200, 200), bool)
    unknown[:, 120:] = True
    for trial in trial_holes(hole | unknown, hole, 2):
        assert not (trial & unknown).any()
