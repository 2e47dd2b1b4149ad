"""Depth in a hole, measured part by part."""

import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.image import depth as module
from napari_greyfill.image.depth import depth
from napari_greyfill.image.tiles import PART


@pytest.fixture(params=["specks", "band", "broad"])
def hole(request):
    rng = np.random.default_rng(3)
    hole = np.zeros((300, 290), bool)
    if request.param == "specks":
        return rng.random(hole.shape) < 0.3
    if request.param == "band":
        return np.tri(300, 290, 2, bool) & ~np.tri(300, 290, -9, bool)
    hole[:200, 40:280] = True
    hole[90, 150] = False
    return hole


@pytest.fixture
def measured(monkeypatch):
    """Return a list that the sizes of all parts go to whose distances are measured."""
    sizes, transform = [], ndimage.distance_transform_edt

    def counted(part):
        sizes.append(part.size)
        return transform(part)

    monkeypatch.setattr(module.ndimage, "distance_transform_edt", counted)
    return sizes


@pytest.mark.parametrize("most", [1.5, 5, 17, 40])
def test_is_the_distance_to_what_is_known_up_to_a_limit(hole, most):
    whole = np.minimum(ndimage.distance_transform_edt(hole), most)
    np.testing.assert_array_equal(depth(hole, most), whole)


def test_of_all_hole_is_the_limit():
    np.testing.assert_array_equal(depth(np.ones((200, 30), bool), 7.5), 7.5)


def test_of_no_hole_is_zero():
    np.testing.assert_array_equal(depth(np.zeros((20, 30), bool), 7.5), 0.0)


def test_parts_without_hole_are_not_measured(measured):
    hole = np.zeros((4 * PART, 4 * PART), bool)
    hole[10:20, 10:20] = True
    assert depth(hole, 8).max() == 5.0
    assert sum(measured) < hole.size / 8


def test_a_large_limit_does_not_measure_the_same_pixels_many_times(measured):
    hole = np.zeros((8 * PART, 8 * PART), bool)
    hole[10:-10, 10:-10] = True
    assert depth(hole, 200).max() == 200.0
    assert sum(measured) < 4 * hole.size
