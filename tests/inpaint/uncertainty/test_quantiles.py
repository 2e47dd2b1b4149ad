import numpy as np

from napari_greyfill.inpaint.uncertainty.quantiles import alike, holding


def test_each_trial_counts_alike():
    values, weights = alike([np.zeros(1000), np.ones(10)])
    assert holding(values, weights, 0.49) == 0
    assert holding(values, weights, 0.51) == 1


def test_a_share_of_the_values_does_not_exceed_it():
    values = np.random.default_rng(0).random(2000)
    found = holding(values, np.ones(2000), 0.9)
    assert abs(np.mean(values <= found) - 0.9) <= 1 / 2000


def test_the_whole_is_the_largest():
    assert holding(np.array([3.0, 1.0]), np.ones(2), 1.0) == 3.0
