import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from skimage import data

from napari_greyfill.inpaint import enlarged_with_detail, reduced, reduction


def square_hole(side, width):
    hole = np.zeros((side, side), dtype=bool)
    start = (side - width) // 2
    hole[start : start + width, start : start + width] = True
    return hole


class TestReduction:
    @pytest.mark.parametrize("width", [1, 40, 128])
    def test_holes_of_a_size_that_was_trained_are_left_alone(self, width):
        assert reduction(square_hole(1200, width), "auto", 256) == 1

    @pytest.mark.parametrize(("width", "factor"), [(130, 2), (400, 4), (500, 4)])
    def test_larger_ones_are_brought_down_to_half_the_training_size(self, width, factor):
        assert reduction(square_hole(1200, width), "auto", 256) == factor

    def test_it_is_the_thickness_that_counts(self):
        scratch = np.zeros((900, 900), dtype=bool)
        scratch[450:455, 20:880] = True
        assert reduction(scratch, "auto", 256) == 1

    @pytest.mark.parametrize(("side", "factor"), [(200, 1), (380, 1), (390, 2), (1024, 4)])
    def test_training_scale_brings_down_the_window(self, side, factor):
        assert reduction(square_hole(side, 20), "training", 256) == factor

    def test_native_and_methods_without_a_scale_see_what_is_there(self):
        hole = square_hole(1200, 500)
        assert reduction(hole, "native", 256) == 1
        assert reduction(hole, "auto", None) == reduction(hole, "training", None) == 1

    def test_dense_dots_are_not_reduced_until_nothing_is_known(self):
        hole = np.zeros((1024, 1024), dtype=bool)
        hole[::3, ::3] = True
        factor = reduction(hole, "training", 256)
        _, small = reduced(np.zeros(hole.shape, np.float32), hole, factor)
        assert 1 <= factor < 4
        assert small.mean() < 0.6


class TestReduced:
    def test_pixels_are_means_of_cells_and_one_hole_pixel_makes_a_hole(self):
        plane = np.arange(16, dtype=np.float32).reshape(4, 4) / 16
        hole = np.zeros((4, 4), dtype=bool)
        hole[3, 3] = True
        small, small_hole = reduced(plane, hole, 2)
        np.testing.assert_array_equal(small_hole, [[False, False], [False, True]])
        np.testing.assert_allclose(small * 16, [[2.5, 4.5], [10.5, 0]])

    @given(st.integers(1, 23), st.integers(1, 23), st.integers(2, 6), st.sampled_from([(), (3,)]))
    def test_any_size_goes_down_and_comes_back(self, height, width, factor, channels):
        plane = np.full((height, width, *channels), 0.25, dtype=np.float32)
        hole = np.zeros((height, width), dtype=bool)
        hole[height // 2, width // 2] = True
        small, small_hole = reduced(plane, hole, factor)
        assert small.shape[:2] == small_hole.shape == (-(-height // factor), -(-width // factor))
        assume(not small_hole.all())
        small[small_hole] = 0.25
        large = enlarged_with_detail(small, plane, hole, factor)
        assert large.shape == plane.shape
        np.testing.assert_allclose(large, plane, atol=1e-5)


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("name", ["brick", "grass", "astronaut"])
def test_the_detail_of_the_surroundings_comes_back(name, factor):
    """A perfect fill at the reduced size, enlarged, should be about as sharp as the picture."""
    image = (getattr(data, name)()[:256, :256] / 255).astype(np.float32)
    hole = square_hole(256, 100)
    truth, _ = reduced(image, np.zeros_like(hole), factor)
    small, small_hole = reduced(image, hole, factor)
    small[small_hole] = truth[small_hole]
    large = enlarged_with_detail(small, image, hole, factor)
    plain = enlarged_with_detail(small, image * 0, hole, factor)  # nothing to borrow from

    def sharpness(picture):
        return np.abs(np.diff(picture, axis=0))[hole[1:]].mean()

    assert 0 <= large.min() <= large.max() <= 1
    assert sharpness(large) > 1.05 * sharpness(plain)
    assert sharpness(large) < 1.1 * sharpness(image)
    assert np.abs(large - image)[hole].mean() < 1.15 * np.abs(plain - image)[hole].mean()


def test_a_pattern_is_continued():
    rows, columns = np.mgrid[:120, :120]
    image = (((rows + columns) % 4 < 2) * 0.5 + 0.25).astype(np.float32)
    hole = square_hole(120, 40)
    small, small_hole = reduced(image, hole, 4)
    small[small_hole] = 0.5  # what every cell is on average
    large = enlarged_with_detail(small, image, hole, 4)
    np.testing.assert_allclose(large[hole], image[hole], atol=0.02)
