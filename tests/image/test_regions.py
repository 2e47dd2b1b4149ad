from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.sparse.csgraph import connected_components
from skimage.draw import line

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.regions import CONTEXT, LIMIT, SPARSE, Region, neighbours, plan_regions


def boxes(shape, *slices):
    hole = np.zeros(shape, dtype=bool)
    for box in slices:
        hole[box] = True
    return hole


def diagonal_scratch(side):
    hole = np.zeros((side, side), dtype=bool)
    hole[line(5, 10, side - 6, side - 20)] = True
    return ndimage.maximum_filter(hole, size=3)


@st.composite
def holes(draw):
    """Up to a dozen rectangles of all sizes, and scratches, in up to 1800 x 1800 pixels."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    largest = draw(st.sampled_from([3, 60, 700]))
    hole = np.zeros(rng.integers(1, 1800, size=2), dtype=bool)
    for _ in range(draw(st.integers(1, 12))):
        y, x = rng.integers(0, hole.shape)
        height, width = rng.integers(1, largest + 1, size=2)
        hole[y : y + height, x : x + width] = True
    for _ in range(draw(st.integers(0, 2))):
        ends = rng.integers(0, hole.shape, size=(2, 2))
        hole[line(*ends.ravel())] = True
    return hole


@given(holes())
def test_cores_cover_the_hole_and_windows_show_context(hole):
    regions = plan_regions(hole)
    covered = np.zeros_like(hole)
    for region in regions:
        covered[region.core.slices] = True
        grown = region.core.expanded(CONTEXT, hole.shape)
        assert region.window.union(grown) == region.window
        assert region.window.expanded(0, hole.shape) == region.window
        assert hole[region.core.slices].any()
        assert not hole[region.window.slices].all() or hole.all()
    assert (covered | ~hole).all()
    assert regions == sorted(regions)


@given(holes())
def test_windows_overlap_only_if_together_they_were_large_and_empty(hole):
    regions = plan_regions(hole)
    meet = [[a.window.intersection(b.window) is not None for b in regions] for a in regions]
    _, group_of = connected_components(np.array(meet))
    for group in set(group_of):
        members = [r for r, index in zip(regions, group_of, strict=True) if index == group]
        if len(members) > 1:
            union = reduce(Window.union, [region.core for region in members])
            assert max(union.shape) > LIMIT
            assert hole[union.slices].mean() < SPARSE


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 30)] * 2), max_size=20))
def test_neighbours_are_all_whose_windows_overlap(places):
    windows = [Window(y, y + height, x, x + width) for y, x, height, width in places]
    expected = [
        [j for j, other in enumerate(windows) if j != i and window.intersection(other)]
        for i, window in enumerate(windows)
    ]
    found = neighbours([Region(window, window) for window in windows])
    assert [sorted(others) for others in found] == expected


def test_an_empty_hole_needs_no_work():
    assert plan_regions(np.zeros((300, 200), bool)) == []


def test_two_distant_specks_get_two_small_windows():
    hole = boxes((3000, 3000), np.s_[100:103, 100:103], np.s_[2500:2503, 1800:1803])
    assert [region.core.shape for region in plan_regions(hole)] == [(3, 3), (3, 3)]
    assert [r.window.shape for r in plan_regions(hole)] == [(3 + 2 * CONTEXT,) * 2] * 2


def test_neighbours_share_a_window():
    hole = boxes((600, 600), np.s_[100:110, 100:110], np.s_[200:210, 150:160])
    assert len(plan_regions(hole)) == 1


def test_what_comes_into_reach_by_sharing_is_shared_too():
    large = np.s_[400:800, 400:800], np.s_[1190:1590, 1190:1590]
    hole = boxes((2000, 2000), *large, np.s_[400:410, 1500:1510])
    assert len(plan_regions(hole)) == 1
    hole[large[0]] = False
    assert len(plan_regions(hole)) == 2


def test_large_holes_see_more_context():
    hole = boxes((2000, 2000), np.s_[600:1000, 700:1100])
    (region,) = plan_regions(hole)
    assert region.window.shape == (800, 800)


def test_the_context_can_be_chosen():
    hole = boxes((500, 500), np.s_[250:255, 250:255])
    (region,) = plan_regions(hole, context=10)
    assert region.window.shape == (25, 25)


@pytest.mark.parametrize("side", [3000, 6000])
def test_a_long_thin_diagonal_scratch_is_cut_into_pieces(side):
    hole = diagonal_scratch(side)
    regions = plan_regions(hole)
    assert len(regions) > 2
    assert sum(region.window.area for region in regions) < 0.4 * hole.size
    assert max(max(region.core.shape) for region in regions) <= LIMIT


def test_a_large_dense_hole_stays_in_one_piece():
    hole = boxes((1700, 1700), np.s_[100:1600, 100:1600])
    assert len(plan_regions(hole)) == 1


def test_the_planned_work_does_not_depend_on_the_empty_part_of_the_image():
    def work(side):
        hole = boxes((side, side), np.s_[240, 200:250])
        return [(region.core.shape, region.window.shape) for region in plan_regions(hole)]

    assert work(500) == work(10_000)


@pytest.mark.parametrize("shape", [(1, 7), (7, 1), (2, 2), (33, 65)])
def test_holes_at_the_corners_of_small_images(shape):
    hole = np.zeros(shape, dtype=bool)
    hole[[0, 0, -1, -1], [0, -1, 0, -1]] = True
    (region,) = plan_regions(hole)
    assert region.core.shape == region.window.shape == shape
