import numpy as np
import pytest

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError
from napari_greyfill.pipeline import intervals
from tests.pipeline.test_uncertainty import bars, filled, texture


@pytest.fixture(scope="module")
def result():
    image, hole = texture(), bars()
    return filled(np.where(hole, 0, image).astype(np.uint8), hole)


def test_draws_are_like_the_image_outside_the_hole_and_differ_inside(result):
    hole = result.hole
    draws = result.draws(6)
    assert draws.shape == (6, *result.image.shape)
    assert draws.dtype == result.image.dtype
    assert (draws[:, ~hole] == result.image[~hole]).all()
    assert (draws[:, hole].std(axis=0) > 0).mean() > 0.9


def test_the_same_seed_gives_the_same_and_few_are_the_first_of_many(result):
    many = result.draws(5, seed=2)
    np.testing.assert_array_equal(result.draws(2, seed=2), many[:2])
    assert not np.array_equal(result.draws(2, seed=3), many[:2])


def test_draws_are_spread_as_the_interval_says(result):
    low, high = result.interval(0.9)
    draws = result.draws(40)
    inside = (low <= draws) & (draws <= high)
    assert inside[:, result.hole].mean() == pytest.approx(0.9, abs=0.05)


def test_draws_have_the_contrast_of_the_picture_where_the_fill_is_smooth():
    image, hole = texture(), np.zeros((120, 120), bool)
    hole[46:74, 46:74] = True
    result = filled(image, hole)
    inner = np.s_[52:68, 52:68]
    sizes = [each[inner].astype(float).std() for each in result.draws(8)]
    assert np.median(sizes) > result.image[inner].astype(float).std()


def test_they_can_be_taken_one_at_a_time(result):
    found = exhaust(result.draw_steps(3))
    assert len(found) == 3
    np.testing.assert_array_equal(np.stack(list(found)), result.draws(3))
    with pytest.raises(IndexError):
        found[3]


@pytest.mark.parametrize("n", [0, -1, 1.5, "many"])
def test_how_many_is_a_whole_number(result, n):
    with pytest.raises(BadParameterError):
        result.draws(n)


def test_drawing_can_be_cancelled(result):
    with pytest.raises(CancelledError):
        exhaust(result.draw_steps(50, cancelled=lambda: True))


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_what_a_draw_has_in_common_is_nothing_on_average(count):
    luck = intervals._luck(count, 4, 3)
    assert luck.shape == (count, 4)
    np.testing.assert_array_equal(luck, intervals._luck(9, 4, 3)[:count])
    pairs = luck[: count // 2 * 2].reshape(-1, 2, 4)
    np.testing.assert_array_equal(pairs.sum(axis=1), np.zeros((count // 2, 4)))
    assert len(np.unique(np.abs(luck[::2]))) == luck[::2].size


def test_what_a_draw_has_in_common_comes_in_from_the_rim():
    image, hole = texture(), np.zeros((120, 120), bool)
    hole[30:90, 30:90] = True
    result = filled(image, hole)
    off = result.draws(30).astype(float).std(axis=0)
    rim, middle = hole.copy(), np.zeros_like(hole)
    rim[31:89, 31:89] = False
    middle[45:75, 45:75] = True
    assert off[rim].mean() < 0.7 * off[middle].mean()


def test_means_over_a_broad_hole_are_as_unsure_as_one_place_of_few_is():
    """What draws have in common does not average out, as all else does."""
    image, hole = texture(), np.zeros((120, 120), bool)
    hole[30:90, 30:90] = True
    draws = filled(image, hole).draws(30)[:, hole].astype(float)
    assert draws.mean(axis=1).std() > 0.2 * draws.std(axis=0).mean()
