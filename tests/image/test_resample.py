import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.resample import doubled, doubled_window, enlarged, halved

shapes = st.tuples(st.integers(1, 7), st.integers(1, 7))


@st.composite
def planes(draw):
    shape = draw(shapes)
    channels = draw(st.sampled_from([(), (2,), (3,)]))
    plane = draw(arrays(np.float32, shape + channels, elements=st.floats(0, 1, width=32)))
    return plane, draw(arrays(bool, shape))


@given(planes())
def test_halved_takes_the_mean_of_known_pixels(case):
    plane, known = case
    small, hole = halved(plane, known)
    height, width = known.shape
    assert small.shape == (-(-height // 2), -(-width // 2), *plane.shape[2:])
    assert small.dtype == np.float32
    for y, x in np.ndindex(hole.shape):
        cell = np.s_[2 * y : 2 * y + 2, 2 * x : 2 * x + 2]
        values = plane[cell][known[cell]]
        assert hole[y, x] == (len(values) == 0)
        expected = values.mean(axis=0) if len(values) else 0
        np.testing.assert_allclose(small[y, x], expected, atol=1e-6)


@given(planes(), st.data())
def test_a_window_of_a_doubled_plane_is_that_of_the_whole(case, drawn):
    plane, known = case
    whole = doubled(plane, (2 * known.shape[0], 2 * known.shape[1]))
    (y0, y1), (x0, x1) = (
        sorted(drawn.draw(st.lists(st.integers(0, side), min_size=2, max_size=2, unique=True)))
        for side in whole.shape[:2]
    )
    window = Window(y0, y1, x0, x1)
    np.testing.assert_array_equal(doubled_window(plane, window), whole[window.slices])


def smooth(shape):
    y, x = np.indices(shape[:2]) / 40
    plane = (0.5 + 0.4 * np.sin(2 * y + 1) * np.cos(3 * x)).astype(np.float32)
    return plane if len(shape) == 2 else np.stack([plane, 1 - plane, plane / 2], axis=-1)


@pytest.mark.parametrize("shape", [(40, 52), (31, 40), (32, 41, 3)])
def test_enlarged_undoes_halved_where_the_plane_is_smooth(shape):
    plane = smooth(shape)
    large = enlarged(halved(plane, np.ones(shape[:2], bool))[0], shape)
    assert large.shape == shape
    assert large.dtype == np.float32
    assert np.abs(large - plane)[4:-4, 4:-4].max() < 2e-3


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (40, 1), (2, 3, 3)])
def test_thin_planes_come_back_in_their_shape_and_nearly_the_same(shape):
    plane = smooth(shape)
    large = enlarged(halved(plane, np.ones(shape[:2], bool))[0], shape)
    assert large.shape == shape
    assert np.abs(large - plane).max() < 0.05


def test_enlarged_keeps_a_ramp_in_its_place():
    ramp = np.tile(np.arange(64, dtype=np.float32) / 64, (20, 1))
    small, _ = halved(ramp, np.ones(ramp.shape, bool))
    np.testing.assert_allclose(enlarged(small, ramp.shape)[:, 12:-12], ramp[:, 12:-12], atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (7, 10), (8, 9), (10, 12, 2)])
def test_doubled_interpolates_linearly_in_the_places_of_enlarged(shape):
    small = np.random.default_rng(0).random(
        (-(-shape[0] // 2), -(-shape[1] // 2), *shape[2:]), dtype=np.float32
    )
    grid = np.meshgrid(*((np.arange(side) - 0.5) / 2 for side in shape[:2]), indexing="ij")
    large = doubled(small, shape)
    assert large.shape == shape
    for index in np.ndindex(shape[2:]):
        channel = (..., *index)
        expected = ndimage.map_coordinates(small[channel], grid, order=1, mode="nearest")
        np.testing.assert_allclose(large[channel], expected, atol=1e-6)
