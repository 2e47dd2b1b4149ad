"""The scale on which methods see a window."""

import numpy as np
import pytest

from napari_greyfill.pipeline.handover import handed_over, handed_over_in_unit, without_spikes

Y, X = np.indices((90, 120))


@pytest.fixture
def hole():
    found = np.zeros(Y.shape, bool)
    found[30:60, 58:61] = True
    return found


def faint(seed=0):
    """A faint ground, nearly all of it between 0 and 1."""
    ground = np.random.default_rng(seed).normal(0.5, 0.1, Y.shape)
    return ground.astype(np.float32)


def near(hole):
    """Known pixels that are surely shown as they are."""
    return ~hole & (X > 40) & (X < 90)


def spot(y, x, height, sigma):
    return height * np.exp(-((Y - y) ** 2 + (X - x) ** 2) / (2 * sigma**2)).astype(np.float32)


class TestTheScaleOfNearlyAll:
    def test_rare_bright_pixels_lie_beyond_1(self, hole):
        plane = faint() + spot(45, 62, 100, 0.8)
        scale, shown = handed_over(plane, hole)
        assert shown[~hole].max() > 8
        assert np.percentile(shown[~hole], 99) < 1
        known = near(hole)
        np.testing.assert_allclose(scale.back(shown)[known], plane[known], rtol=1e-5, atol=1e-5)

    @pytest.mark.parametrize(("factor", "offset"), [(1e-6, 0), (300, -7), (1e20, 1e20), (0.5, 3)])
    def test_multiples_and_offsets_show_the_same(self, hole, factor, offset):
        plane = faint() + spot(45, 62, 100, 0.8)
        other = (plane.astype(np.float64) * factor + offset).astype(np.float32)
        # float32 rounds what an offset was added to: by so much of the width that is shown as 1
        rounding = 4e-7 * np.abs(other).max() / (factor * 0.5)
        first, second = (handed_over(each, hole)[1][~hole] for each in (plane, other))
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-5 + rounding)

    def test_what_is_far_from_the_hole_and_unlike_all_near_it_is_cut_off(self, hole):
        plane = faint()
        plane[5:9, 5:9] = 1e12
        _, shown = handed_over(plane, hole)
        assert shown.max() < 3
        assert np.ptp(shown[40:, 70:]) > 0.3

    def test_the_dim_rest_keeps_its_digits_beside_very_bright_pixels(self, hole):
        _, shown = handed_over(faint() * 1e-7 + spot(45, 59, 1, 2), hole)
        assert shown[~hole].max() <= 1001

    def test_a_constant_is_shown_as_0(self, hole):
        scale, shown = handed_over(np.full(hole.shape, 7, np.float32), hole)
        assert not shown.any()
        assert (scale.back(shown) == 7).all()


class TestAllInTheUnitRange:
    def test_what_is_there_already_stays_as_it_is(self, hole):
        plane = np.clip(faint(), 0, 1)
        scale, shown = handed_over_in_unit(plane, hole)
        assert shown is plane
        assert not scale.changes
        assert scale.back(plane) is plane

    def test_the_range_is_that_of_the_pixels_near_the_hole(self, hole):
        plane = faint() + spot(45, 62, 100, 2) - spot(80, 5, 1e6, 3)
        scale, shown = handed_over_in_unit(plane, hole)
        assert scale.changes
        assert (shown.min(), shown[~hole].max()) == (0, 1)
        known = near(hole)
        np.testing.assert_allclose(scale.back(shown)[known], plane[known], rtol=1e-5, atol=1e-5)

    def test_others_are_in_it_too(self, hole):
        grey = np.where(hole, np.float32(9), np.float32(0.5))
        scale, _ = handed_over_in_unit(np.full(hole.shape, 0.5, np.float32), hole, grey)
        assert 0 <= scale.shown(grey).min() < 0.2
        assert 0.8 < scale.shown(grey).max() <= 1


class TestSpikes:
    @pytest.mark.parametrize("height", [50, -50, 1e20])
    def test_single_pixels_far_off_go(self, hole, height):
        plane = faint()
        plane[40, 57] = plane[20, 20] = height
        calm = without_spikes(plane, hole)
        assert np.abs(calm[[40, 20], [57, 20]]).max() < 2
        plane[40, 57], plane[20, 20] = calm[40, 57], calm[20, 20]
        np.testing.assert_array_equal(calm, plane)

    def test_each_channel_has_its_own(self, hole):
        plane = np.stack([faint(seed) for seed in range(3)], axis=-1)
        plane[40, 57, 1] = 80
        calm = without_spikes(plane, hole)
        assert calm[40, 57, 1] < 2
        np.testing.assert_array_equal(calm[..., [0, 2]], plane[..., [0, 2]])

    @pytest.mark.parametrize("sigma", [0.6, 1, 3])
    def test_images_of_points_stay(self, hole, sigma):
        plane = faint() + spot(45, 57, 200, sigma) - spot(10, 10, 200, sigma)
        np.testing.assert_array_equal(without_spikes(plane, hole), plane)

    def test_nothing_is_said_of_a_pixel_with_too_few_known_neighbours(self):
        plane, hole = faint(), np.zeros(Y.shape, bool)
        plane[40, 57] = 80
        hole[39:42, 56:59] = True
        hole[40, 57] = hole[39, 56] = False
        np.testing.assert_array_equal(without_spikes(plane, hole), plane)
