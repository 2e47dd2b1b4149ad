import numpy as np
import pytest

from napari_greyfill.inpaint.uncertainty.errors import ErrorModel


def normal(size, seed=0, count=4000):
    return np.random.default_rng(seed).normal(0, size, count)


def test_the_amount_holds_its_share_of_errors_like_those_of_the_trials():
    model = ErrorModel.learned([normal(2.0, seed) for seed in range(6)], pieces=1000)
    fresh = np.abs(normal(2.0, 99))
    assert np.mean(fresh <= model.amount(0.9)) == pytest.approx(0.9, abs=0.03)
    assert np.mean(fresh <= model.amount(0.5)) == pytest.approx(0.5, abs=0.03)


def test_places_that_differ_make_it_wider():
    alike = ErrorModel.learned([normal(2.0, seed) for seed in range(4)], pieces=100)
    apart = ErrorModel.learned([normal(s, n) for n, s in enumerate((1.0, 4.0, 1.0, 4.0))], 100)
    assert apart.size == pytest.approx(alike.size, rel=0.1)
    assert apart.amount(0.9) > 1.2 * alike.amount(0.9)


def test_one_trial_of_one_piece_is_less_sure_than_many():
    one = ErrorModel.learned([normal(2.0)], pieces=1)
    many = ErrorModel.learned([normal(2.0, seed) for seed in range(8)], pieces=50)
    assert one.uncertainty > 2 * many.uncertainty


def test_a_trial_without_errors_does_not_make_it_sure():
    model = ErrorModel.learned([np.zeros(100), normal(1.0)], pieces=10)
    assert model.size > 0.1


def test_no_errors_at_all():
    assert ErrorModel.learned([np.zeros(100)], pieces=10).amount(0.9) == pytest.approx(
        0, abs=1e-30
    )


def test_gaussian_numbers_become_errors_of_the_same_spread():
    model = ErrorModel.learned([normal(3.0, seed) for seed in range(4)], pieces=1000)
    errors = model.errors(normal(1.0, 5, 20_000), luck=0.0)
    assert errors.std() == pytest.approx(3.0, rel=0.05)
    assert np.mean(np.abs(errors) <= model.amount(0.9)) == pytest.approx(0.9, abs=0.02)
    assert (np.sign(errors[:50]) == np.sign(normal(1.0, 5, 20_000)[:50])).all()
