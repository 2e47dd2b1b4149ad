import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial.distance import cdist

from napari_greyfill.errors import BadParameterError
from napari_greyfill.masks import feather, fill_holes, grow, remove_specks, shrink, smooth

radii = st.sampled_from([0, 0.5, 1, 1.5, 2, 3, 5.9, 8, 25])


def l_around_a_speck():
    hole = np.zeros((150, 180), dtype=bool)
    hole[20:130, 20:27] = hole[123:130, 20:160] = True
    hole[50:60, 90:97] = True
    hole[100:104, 40:47] = True
    return hole


def l_that_cuts_a_block():
    """The box around the L begins inside the block, which comes first in reading order."""
    hole = np.zeros((210, 240), dtype=bool)
    hole[0, 239] = hole[28:100, 110:180] = True
    hole[34:200, :8] = hole[192:200, :220] = True
    return hole


def two_bars():
    hole = np.zeros((60, 140), dtype=bool)
    hole[10:50, 20:25] = hole[10:50, 70:75] = True
    return hole


def ring_around_a_speck():
    y, x = np.indices((150, 180))
    distance = np.hypot(y - 75, x - 90)
    return ((distance > 55) & (distance < 62)) | (distance < 6)


@st.composite
def small_holes(draw):
    """Noise of every density, clumped or not, borders included."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    noise = ndimage.gaussian_filter(rng.random(shape), draw(st.sampled_from([0, 1, 2])))
    return noise >= np.quantile(noise, draw(st.sampled_from([0.0, 0.3, 0.7, 0.97])))


@st.composite
def sparse_holes(draw):
    """Rectangles, rings and L-shapes, often some blocks apart or one around the other."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hole = np.zeros((240, 260), dtype=bool)
    for _ in range(draw(st.integers(1, 7))):
        y, x = rng.integers(0, hole.shape)
        height, width = rng.integers(1, 120, size=2)
        thickness = draw(st.integers(1, 9))
        box = hole[y : y + height, x : x + width]
        sides = [box[:thickness], box[:, :thickness], box[-thickness:], box[:, -thickness:]]
        for side in sides[: draw(st.integers(1, 4))]:
            side[:] = True
    return hole


holes = st.one_of(small_holes(), sparse_holes())


def telling(*more):
    """Add the holes that several groups make difficult."""

    def add(test):
        for make in (l_around_a_speck, l_that_cuts_a_block, two_bars, ring_around_a_speck):
            test = example(make(), *more)(test)
        return test

    return add


def disk(radius):
    side = int(radius)
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    return np.hypot(y, x) <= radius


@telling(8)
@telling(25)
@given(holes, radii)
def test_grow_is_dilation_by_a_disk(hole, radius):
    expected = ndimage.binary_dilation(hole, disk(radius))
    np.testing.assert_array_equal(grow(hole, radius), expected)


@telling(8)
@telling(25)
@given(holes, radii)
def test_shrink_is_erosion_by_a_disk_that_spares_the_border(hole, radius):
    expected = ndimage.binary_erosion(hole, disk(radius), border_value=1)
    np.testing.assert_array_equal(shrink(hole, radius), expected)


@telling()
@given(holes)
def test_fill_holes_is_that_of_the_whole_mask(hole):
    np.testing.assert_array_equal(fill_holes(hole), ndimage.binary_fill_holes(hole))


@given(small_holes(), radii)
def test_feather_follows_the_distance_to_the_nearest_known_pixel(hole, pixels):
    inside, known = np.argwhere(hole), np.argwhere(~hole)
    depth = cdist(inside, known).min(axis=1) if len(known) else np.full(len(inside), np.inf)
    expected = np.zeros(hole.shape)
    expected[hole] = np.minimum(1, depth / (pixels + 1))
    weight = feather(hole, pixels)
    assert weight.dtype == np.float32
    np.testing.assert_allclose(weight, expected, atol=1e-6)


@telling(8)
@telling(25)
@given(sparse_holes(), radii)
def test_feather_of_several_groups_is_that_of_the_whole_mask(hole, pixels):
    depth = ndimage.distance_transform_edt(hole)
    np.testing.assert_allclose(
        feather(hole, pixels), np.minimum(1, depth / (pixels + 1)), atol=1e-6
    )


@pytest.mark.parametrize("change", [grow, shrink, lambda hole, _: fill_holes(hole), feather])
@pytest.mark.parametrize("pixels", [0, 3])
def test_the_given_hole_is_left_alone(change, pixels):
    hole = l_around_a_speck()
    before = hole.copy()
    result = change(hole, pixels)
    result[:] = 0
    np.testing.assert_array_equal(hole, before)


@pytest.mark.parametrize("change", [grow, shrink, feather])
@pytest.mark.parametrize("pixels", [-1, float("nan")])
def test_negative_sizes_are_refused(change, pixels):
    with pytest.raises(BadParameterError, match="0 pixels or more; set it to 0"):
        change(l_around_a_speck(), pixels)


@pytest.mark.parametrize("change", [grow, shrink, feather])
def test_an_empty_hole_stays_empty(change):
    assert not change(np.zeros((70, 80), bool), 4).any()


@pytest.mark.parametrize("change", [shrink, feather])
def test_a_hole_without_known_pixels_keeps_all_of_itself(change):
    assert (change(np.ones((40, 50), bool), 4) == 1).all()


@given(holes, radii)
def test_smoothing_twice_changes_little_and_whole_stays_whole(hole, radius):
    once = smooth(hole, radius)
    assert once.shape == hole.shape
    if radius == 0:
        np.testing.assert_array_equal(once, hole)
    assert not smooth(np.zeros_like(hole), radius).any()


def test_smoothing_rounds_spikes_and_closes_bays_but_keeps_edges_straight():
    hole = np.zeros((60, 80), dtype=bool)
    hole[20:40, :50] = True  # from the border on
    plain = hole.copy()
    hole[30, 50:60] = True  # a spike
    hole[25:27, 40:50] = False  # a bay
    hole[5, 70] = True  # a speck
    result = smooth(hole, 3)
    differs = result != plain
    differs[20:40, 47:] = False  # corners become round, also of the bay and the spike
    assert not differs[:, :52].any()
    assert not result[:, 52:].any()
    assert result[22:38, 40:47].all()


@given(holes, st.integers(0, 30))
def test_specks_are_groups_below_the_size(hole, size):
    result = remove_specks(hole, size)
    groups, count = ndimage.label(hole, np.ones((3, 3)))
    for group in range(1, count + 1):
        inside = groups == group
        assert result[inside].all() == (inside.sum() >= size)
        assert result[inside].any() == (inside.sum() >= size)
    assert not result[~hole].any()


@pytest.mark.parametrize("function", [smooth, remove_specks])
def test_new_edits_refuse_negative_sizes(function):
    with pytest.raises(BadParameterError, match="must be 0 pixels or more"):
        function(np.ones((3, 3), bool), -1)
