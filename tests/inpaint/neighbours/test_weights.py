from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.inpaint.neighbours.weights import (
    Shadow,
    agree,
    cautious_weights,
    deviation_of,
    error_to_expect,
    gains,
    spread_of,
)


def shadow(*sizes, pixels=4000, contrast=1.0, seed=0):
    """Return a trial with independent errors of these sizes."""
    errors = np.random.default_rng(seed).normal(size=(len(sizes), pixels))
    return Shadow(errors * np.array(sizes)[:, None], contrast)


def test_without_a_trial_the_plane_alone_counts():
    assert cautious_weights([]).tolist() == [1, 0, 0]
    assert cautious_weights([], members=4).tolist() == [1, 0, 0, 0]


def test_the_best_member_gets_most():
    trials = [shadow(0.1, 0.1, 0.01, seed=seed) for seed in range(3)]
    assert cautious_weights(trials).argmax() == 2
    assert cautious_weights(trials)[2] >= 0.9


def test_what_is_no_better_gets_nothing():
    errors = np.random.default_rng(0).normal(size=500)
    trials = [Shadow(np.stack([errors, errors * 0.99, errors * 0.99]), 1.0)] * 3
    assert cautious_weights(trials).tolist() == [1, 0, 0]


def test_trials_that_disagree_make_it_careful():
    agreed = [shadow(0.1, 0.1, 0.03, seed=seed) for seed in range(3)]
    torn = [*agreed[:2], shadow(0.02, 0.1, 0.2, seed=5)]
    assert cautious_weights(torn)[0] > cautious_weights(agreed)[0]


def test_fewer_trials_make_it_careful():
    errors = np.random.default_rng(0).normal(size=500)
    trial = Shadow(0.1 * np.stack([errors, errors, errors * 0.87]), 1.0)  # 1.2 dB
    assert cautious_weights([trial] * 3)[0] == 0
    assert cautious_weights([trial])[0] == 1
    assert cautious_weights([trial], count=3)[0] == 0


def test_errors_below_half_a_grey_level_are_not_told_apart():
    trials = [shadow(1e-4, 1e-4, 1e-5, seed=seed) for seed in range(3)]
    assert cautious_weights(trials)[0] == 1
    assert cautious_weights(trials, span=1e-3)[0] < 0.5


def test_gains_are_of_the_better_of_the_others():
    assert gains(shadow(0.1, 0.2, 0.01), 1.0) == pytest.approx(19.8, abs=0.5)


def test_clear_gains_or_clear_losses_agree():
    good, bad, small = shadow(0.1, 0.2, 0.02), shadow(0.02, 0.2, 0.2), shadow(0.1, 0.2, 0.09)
    assert agree([good, good], 1.0)
    assert agree([bad, bad], 1.0)
    assert not agree([good, bad], 1.0)
    assert not agree([good, small], 1.0)


def test_the_expected_error_is_a_geometric_mean():
    trials = [shadow(0.1, 1, 1, contrast=4.0), shadow(0.2, 1, 1, contrast=1.0)]
    first = np.array([1.0, 0, 0])
    assert error_to_expect(trials, first) == pytest.approx(0.2, rel=0.05)
    assert error_to_expect([], first) is None
    empty = Shadow(np.zeros((3, 50)), 1.0)
    assert error_to_expect([trials[0], empty], first) == pytest.approx(0.2 * 0.1**0.5, rel=0.05)


def test_the_interval_holds_nine_of_ten():
    trials = [shadow(0.1, 0.2, 0.05, seed=seed) for seed in range(3)]
    weights = np.array([0.2, 0.0, 0.8])
    spread = spread_of(trials, weights)
    fresh = shadow(0.1, 0.2, 0.05, seed=9)
    error = weights @ fresh.errors
    width = spread * deviation_of(fresh.errors, float(np.sqrt(np.mean(error**2))))
    assert np.mean(np.abs(error) <= width) == pytest.approx(0.9, abs=0.02)
    assert spread_of([], weights) is None


def test_deviation_never_falls_below_half_the_expected_error():
    assert deviation_of(np.full((3, 4), 0.7), 0.2) == pytest.approx(np.full(4, 0.1))


def test_where_all_is_flat_the_plane_alone_counts():
    trials = [Shadow(np.zeros((3, 50)), 1.0)] * 3
    assert cautious_weights(trials, span=0.0).tolist() == [1, 0, 0]
    assert error_to_expect(trials, np.array([1.0, 0, 0])) == pytest.approx(0, abs=1e-9)
    assert spread_of(trials, np.array([1.0, 0, 0])) == 0
