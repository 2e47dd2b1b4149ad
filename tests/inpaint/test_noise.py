import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.inpaint.noise import Noise

NOTHING = np.zeros((128, 128), bool)


def noisy(sigma, seed=0):
    return np.random.default_rng(seed).normal(0.5, sigma, NOTHING.shape).astype(np.float32)


def test_white_noise_is_measured_and_made_anew():
    found = Noise.measured(noisy(0.05), NOTHING)
    flat = np.full(NOTHING.shape, 0.5, np.float32)
    assert found.deviation(flat).mean() == pytest.approx(0.05, rel=0.1)
    made = found.like(flat, np.random.default_rng(1))
    assert made.std() == pytest.approx(0.05, rel=0.1)
    assert abs(np.mean(made[:, 1:] * made[:, :-1])) < 0.1 * made.var()


def test_a_grain_is_kept():
    plane = ndimage.gaussian_filter(noisy(0.2), 0.8)
    made = Noise.measured(plane, NOTHING).like(plane, np.random.default_rng(1))
    alike = [
        np.corrcoef(each[:, 1:].ravel(), each[:, :-1].ravel())[0, 1] for each in (plane, made)
    ]
    assert alike[1] == pytest.approx(alike[0], abs=0.2)


def test_noise_that_rises_with_brightness():
    level = np.linspace(0.1, 0.9, 128)[None, :] * np.ones((128, 1))
    plane = (
        level + np.random.default_rng(0).normal(0, 1, level.shape) * 0.05 * np.sqrt(level)
    ).astype(np.float32)
    found = Noise.measured(plane, NOTHING)
    dark, bright = (found.deviation(np.full((4, 4), v, np.float32)).mean() for v in (0.15, 0.85))
    assert bright / dark == pytest.approx(np.sqrt(0.85 / 0.15), rel=0.25)


def test_structure_is_no_noise():
    y, x = np.indices(NOTHING.shape)
    plane = (0.5 + 0.4 * ((y // 20 + x // 20) % 2) + 0.0 * noisy(1)).astype(np.float32)
    plane += noisy(0.01) - 0.5
    assert Noise.measured(plane, NOTHING).deviation(plane).mean() < 0.02


def test_the_hole_does_not_count():
    hole = NOTHING.copy()
    hole[40:90, 40:90] = True
    plane = np.where(hole, np.float32(9), noisy(0.05))
    found = Noise.measured(plane, hole)
    assert found.deviation(np.full((4, 4), 0.5, np.float32)).mean() == pytest.approx(
        0.05, rel=0.15
    )


def test_channels_hang_together_as_they_do():
    own = noisy(0.05)
    plane = np.stack([own, own, noisy(0.05, 7)], axis=-1)
    made = Noise.measured(plane, NOTHING).like(plane, np.random.default_rng(1))
    alike = np.corrcoef(made.reshape(-1, 3).T)
    assert alike[0, 1] > 0.9
    assert abs(alike[0, 2]) < 0.2


def test_too_little_is_known():
    assert Noise.measured(noisy(0.1), ~NOTHING) is None
    assert Noise.measured(np.zeros((5, 5), np.float32), np.zeros((5, 5), bool)) is None


def test_what_rounding_makes_comes_by_itself():
    plane = np.rint(8 * noisy(0.05)).astype(np.float32)  # little but rounding is left
    flat = np.full((4, 4), 4.0, np.float32)
    with_it, without = (
        Noise.measured(plane, NOTHING, step).deviation(flat) for step in (0.0, 1.0)
    )
    assert without.mean() < with_it.mean()
