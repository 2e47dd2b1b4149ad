import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial.distance import cdist

from napari_greyfill.image.geometry import Window, group_boxes, tight_box

SHAPE = (200, 260)
sides = st.tuples(st.integers(0, 40), st.integers(1, 30))
windows = st.builds(lambda y, x: Window(y[0], sum(y), x[0], sum(x)), sides, sides)


def painted(*frames, shape=(72, 75)):
    mask = np.zeros(shape, dtype=bool)
    for frame in frames:
        mask[frame.slices] = True
    return mask


@st.composite
def speckled(draw):
    """Masks of a few dozen specks, some alone and some in clusters."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = np.zeros(SHAPE, dtype=bool)
    for _ in range(draw(st.integers(1, 5))):
        centre = rng.uniform((0, 0), SHAPE)
        specks = rng.normal(centre, draw(st.sampled_from([1, 15, 40])), size=(9, 2))
        y, x = np.clip(specks, 0, np.array(SHAPE) - 1).astype(int).T
        mask[y, x] = True
    return mask


def clusters(mask, reach):
    """Return the points of each group whose members are linked by steps of up to `reach`."""
    points = np.argwhere(mask)
    linked = cdist(points, points, "chebyshev") <= reach
    group = np.arange(len(points))
    for index in range(len(points)):
        group[np.isin(group, group[linked[index]])] = group[index]
    return [points[group == name] for name in np.unique(group)]


def around(points):
    (y0, x0), (y1, x1) = points.min(axis=0), points.max(axis=0) + 1
    return Window(int(y0), int(y1), int(x0), int(x1))


def inside(small, large):
    return small.intersection(large) == small


def test_shape_area_and_slices_of_a_window():
    window = Window(2, 5, 10, 17)
    assert (window.shape, window.area) == ((3, 7), 21)
    assert painted(window).sum() == 21


@given(windows, windows)
def test_intersection_and_union_are_those_of_the_pixels(first, second):
    both = painted(first) & painted(second)
    assert first.intersection(second) == tight_box(both)
    assert first.union(second) == tight_box(painted(first) | painted(second))


@given(windows, st.integers(0, 50))
def test_expanding_adds_a_margin_and_stays_inside(window, margin):
    mask = painted(window)
    near = ndimage.maximum_filter(mask, size=2 * margin + 1, mode="constant")
    assert window.expanded(margin, mask.shape) == tight_box(near)


@given(windows, windows)
def test_within_finds_the_same_pixels_in_a_crop(first, second):
    frame = first.union(second)
    image = np.arange(72 * 75).reshape(72, 75)
    crop = image[frame.slices]
    np.testing.assert_array_equal(crop[first.within(frame)], image[first.slices])


def test_an_empty_mask_has_no_boxes():
    mask = np.zeros((40, 50), dtype=bool)
    assert tight_box(mask) is None
    assert group_boxes(mask, reach=10) == []


@given(speckled(), st.sampled_from([1, 33, 50, 128]))
def test_every_true_pixel_is_in_a_box_with_those_within_reach(mask, reach):
    boxes = group_boxes(mask, reach)
    for cluster in clusters(mask, reach):
        assert any(inside(around(cluster), box) for box in boxes)


@given(speckled(), st.sampled_from([1, 32, 64, 128]))
def test_boxes_are_tight_and_hold_nothing_far_beyond_reach(mask, reach):
    boxes = group_boxes(mask, reach)
    far = [around(cluster) for cluster in clusters(mask, reach + 64)]
    assert len(boxes) >= len(far)
    for box in boxes:
        assert any(inside(box, cluster) for cluster in far)
        assert tight_box(mask[box.slices]) == Window(0, box.shape[0], 0, box.shape[1])


@pytest.mark.parametrize("reach", [1, 32, 64, 128])
@pytest.mark.parametrize("along", [0, 1])
def test_two_specks_share_a_box_if_they_are_within_reach(reach, along):
    for apart, count in ((reach, 1), (reach + 65, 2)):
        for start in (0, 17, 31):
            mask = np.zeros((300, 300), dtype=bool)
            mask[start, start] = True
            mask[(start + apart, start) if along == 0 else (start, start + apart)] = True
            assert len(group_boxes(mask, reach)) == count


def test_an_l_around_a_speck_is_a_group_of_its_own():
    mask = np.zeros((400, 400), dtype=bool)
    mask[:, 0] = mask[-1, :] = True
    mask[100, 300] = True
    assert group_boxes(mask, reach=1) == [Window(0, 400, 0, 400), Window(100, 101, 300, 301)]


def test_a_speck_in_the_corner_of_an_l_does_not_widen_the_l():
    mask = np.zeros((200, 200), dtype=bool)
    mask[10:151, 0] = mask[150, :150] = True
    mask[3, 130] = True
    assert group_boxes(mask, reach=1) == [Window(10, 151, 0, 150), Window(3, 4, 130, 131)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (33, 1), (32, 64), (65, 31)])
def test_a_full_mask_is_one_box_whatever_its_size(shape):
    assert group_boxes(np.ones(shape, bool), reach=1) == [Window(0, shape[0], 0, shape[1])]
