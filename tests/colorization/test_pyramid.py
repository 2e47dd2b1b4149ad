import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from skimage.transform import downscale_local_mean

from napari_greyfill.colorization.pyramid import build_pyramid, pooled_hole, resized, to_bytes
from napari_greyfill.image.colour import luma

KERNELS = [Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]
shapes = st.tuples(st.integers(1, 12), st.integers(1, 12))


@given(shapes.flatmap(lambda shape: arrays(bool, shape)))
def test_a_coarse_pixel_is_known_only_if_nothing_near_it_is_missing(hole):
    pooled = pooled_hole(hole)
    assert pooled.shape == (-(-hole.shape[0] // 2), -(-hole.shape[1] // 2))
    for y, x in np.ndindex(pooled.shape):
        near = hole[max(0, 2 * y - 1) : 2 * y + 2, max(0, 2 * x - 1) : 2 * x + 2]
        assert pooled[y, x] == near.any()


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_levels_go_from_coarse_to_fine(astronaut, scratch, levels):
    colour = astronaut.astype(np.float32) / 255
    pyramid = build_pyramid(colour, luma(colour), scratch, levels)
    sizes = [(96 >> power, 120 >> power) for power in range(levels)][::-1]
    assert [level.hole.shape for level in pyramid] == sizes
    for level, size in zip(pyramid, sizes, strict=True):
        assert level.colour.shape == (*size, 3)
        assert level.grey.shape == size
        assert level.colour.dtype == level.grey.dtype == np.float32
        assert level.colour.min() >= 0
        assert level.colour.max() <= 1
        assert np.abs(luma(level.colour) - level.grey).max() < 1.5 / 255
    finest = pyramid[-1]
    np.testing.assert_array_equal(finest.hole, scratch)
    np.testing.assert_allclose(finest.colour, colour, atol=1e-6)


def test_a_level_shows_the_picture_at_its_size(astronaut):
    plane = luma(astronaut.astype(np.float32) / 255)
    small = resized(plane, (48, 60), KERNELS[0])
    assert np.abs(small - downscale_local_mean(plane, (2, 2))).mean() < 0.01


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_resizing_keeps_range_shape_and_constants(kernel, as_bytes, channels):
    rng = np.random.default_rng(0)
    edges = (rng.random((20, 26, *channels)) > 0.5).astype(np.float32)
    for shape in ((40, 52), (10, 13), (7, 91), (20, 26)):
        result = resized(edges, shape, kernel, as_bytes)
        assert result.shape == (*shape, *channels)
        assert result.dtype == np.float32
        assert result.min() >= 0
        assert result.max() <= 1
        flat = resized(np.full(edges.shape, 0.4, np.float32), shape, kernel, as_bytes)
        np.testing.assert_allclose(flat, 0.4, atol=1e-6)


def test_resizing_in_bytes_rounds_to_bytes():
    plane = np.linspace(0, 1, 300, dtype=np.float32)[None].repeat(4, axis=0)
    rounded = resized(plane, plane.shape, KERNELS[0], as_bytes=True)
    np.testing.assert_allclose(rounded, np.rint(plane * 255) / 255, atol=1e-6)
    np.testing.assert_array_equal(resized(plane, plane.shape, KERNELS[0]), plane)


def test_bytes_are_truncated_and_clipped():
    values = np.array([-0.1, 0.0, 0.5, 254.9 / 255, 1.0, 1.2], dtype=np.float32)
    assert to_bytes(values).tolist() == [0, 0, 127, 254, 255, 255]
    assert to_bytes(values).dtype == np.uint8
