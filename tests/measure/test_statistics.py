import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.measure.statistics import mean_of, paired

finite = st.floats(-1e6, 1e6)


def by_picture(values):
    return {f"p{number}": value for number, value in enumerate(values)}


def test_by_hand():
    first, second = by_picture([30.0, 25.0, 28.0, 20.0]), by_picture([28.0, 26.0, 28.0, 17.0])
    found = paired(first, second)
    assert found.mean == pytest.approx((2 - 1 + 0 + 3) / 4)
    assert (found.wins, found.losses, found.ties, found.pairs) == (2, 1, 1, 4)


def test_where_less_is_better_wins_are_losses():
    first, second = by_picture([1.0, 2.0, 5.0]), by_picture([2.0, 4.0, 4.0])
    found = paired(first, second, higher_is_better=False)
    assert (found.wins, found.losses) == (2, 1)
    assert found.mean == pytest.approx(-2 / 3)


def test_two_pairs_have_the_interval_of_their_four_samples():
    # the means of (0, 0), (0, 1), (1, 0) and (1, 1) are equally likely
    found = paired(by_picture([1.0, 2.0]), by_picture([1.0, 1.0]))
    assert (found.mean, found.low, found.high) == (0.5, 0.0, 1.0)
    assert not found.is_clear


def test_the_interval_is_that_of_the_normal_distribution_for_many_pairs():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.3, 2.0, 400)
    found = paired(by_picture(differences), by_picture(np.zeros(400)))
    error = differences.std() / np.sqrt(400)
    assert found.low == pytest.approx(differences.mean() - 1.96 * error, abs=0.02)
    assert found.high == pytest.approx(differences.mean() + 1.96 * error, abs=0.02)
    assert found.is_clear


def test_equal_differences_leave_no_doubt():
    found = paired(by_picture([3.0] * 5), by_picture([1.0] * 5))
    assert (found.low, found.mean, found.high) == (2.0, 2.0, 2.0)
    assert found.is_clear


def test_only_common_finite_pictures_count():
    first = {"a": 1.0, "b": float("inf"), "c": float("nan"), "d": 4.0}
    second = {"a": 0.0, "b": 3.0, "c": 1.0, "e": 0.0}
    found = paired(first, second)
    assert (found.mean, found.pairs, found.left_out) == (1.0, 1, 2)
    assert np.isnan([found.low, found.high]).all()
    assert not found.is_clear


def test_no_pairs():
    found = paired({}, {"a": 1.0})
    assert np.isnan(found.mean)
    assert found.pairs == 0


@given(st.lists(st.tuples(finite, finite), min_size=2, max_size=20), st.integers(0, 9))
def test_interval_holds_between_the_extremes_and_is_reproducible(pairs, seed):
    first, second = (by_picture(column) for column in zip(*pairs, strict=True))
    found = paired(first, second, seed=seed)
    assert found == paired(first, second, seed=seed)
    differences = [a - b for a, b in pairs]
    room = 1e-6 * (1 + max(map(abs, differences)))
    assert min(differences) - room <= found.low <= found.high <= max(differences) + room
    turned = paired(second, first, seed=seed)
    assert (turned.wins, turned.losses) == (found.losses, found.wins)


def test_a_mean_has_its_interval_and_leaves_out_what_is_no_number():
    found = mean_of([1.0, 2.0, np.nan, np.inf])
    assert (found.mean, found.count) == (1.5, 2)
    assert (found.low, found.high) == (1.0, 2.0)
    one, none = mean_of([3.0]), mean_of([])
    assert (one.mean, one.count) == (3.0, 1)
    assert np.isnan([one.low, none.mean, none.high]).all()
    assert mean_of([2.0, 2.0]).low == mean_of([2.0, 2.0]).high == 2.0
