import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.inpaint.uncertainty.field import ErrorField, innovation_weights


def smooth_noise(shape=(96, 96), sigma=2.0):
    noise = np.random.default_rng(1).normal(0, 1, shape)
    found = ndimage.gaussian_filter(noise, sigma)
    return (found / found.std()).astype(np.float32)


def square(shape=(96, 96), inner=slice(30, 66)):
    hole = np.zeros(shape, bool)
    hole[inner, inner] = True
    return hole


def test_draws_have_deviation_one_everywhere():
    hole = square()
    field = ErrorField(smooth_noise(), hole, hole, 0)
    draws = np.stack([field.draw() for _ in range(60)])
    assert draws.shape == (60, hole.sum())
    assert draws.std() == pytest.approx(1.0, abs=0.1)
    assert np.percentile(draws.std(axis=0), 5) > 0.6


def test_the_grain_is_that_of_the_surroundings():
    hole = square()

    def likeness(plane):
        field = ErrorField(plane, hole, hole, 0)
        found = []
        for _ in range(10):
            image = np.zeros(hole.shape)
            image[hole] = field.draw()
            inner = image[30:66, 30:66]
            found.append(np.mean(inner[:, 1:] * inner[:, :-1]))
        return np.mean(found)

    white = np.random.default_rng(0).normal(0, 1, hole.shape).astype(np.float32)
    assert likeness(smooth_noise()) > 0.8
    assert abs(likeness(white)) < 0.2


def test_the_same_seed_gives_the_same_draws():
    hole = square()
    first, again, other = (ErrorField(smooth_noise(), hole, hole, seed) for seed in (3, 3, 4))
    drawn = first.draw()
    np.testing.assert_array_equal(drawn, again.draw())
    assert np.abs(drawn - other.draw()).max() > 0.1


def test_only_what_is_wanted_is_drawn():
    hole = square()
    wanted = hole & (np.indices(hole.shape)[0] < 45)
    assert ErrorField(smooth_noise(), hole, wanted, 0).draw().shape == (wanted.sum(),)


def test_a_hole_larger_than_a_tile_has_no_seams():
    hole = square((300, 300), slice(40, 260))
    plane = smooth_noise((300, 300))
    field = ErrorField(plane, hole, hole, 0)
    squares = np.zeros(hole.shape)
    for _ in range(30):
        squares[hole] += field.draw() ** 2
    rows = np.sqrt(squares / 30)[60:240, 60:240].mean(axis=1)
    assert rows.min() > 0.8
    assert rows.max() < 1.2


def test_too_little_known_for_weights_still_gives_some():
    assert np.isfinite(
        innovation_weights(np.zeros((8, 8), np.float32), np.ones((8, 8), bool))
    ).all()
