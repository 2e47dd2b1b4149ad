from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from napari_greyfill.inpaint.neighbours import regression
from napari_greyfill.inpaint.neighbours.regression import Lesson, foretold, foretold_alike


@pytest.fixture
def picture():
    return (data.camera()[200:330, 200:340] / 255).astype(np.float32)


@pytest.fixture
def hole(picture):
    hole = np.zeros(picture.shape, bool)
    hole[50:70, 60:90] = True
    return hole


def none(picture):
    return np.zeros(picture.shape, bool)


def test_another_brightness_is_learned(picture, hole):
    given = np.where(hole, 0, picture).astype(np.float32)
    found = foretold(given, hole, hole, [0.2 + 0.5 * picture], none(picture), 0)
    assert np.abs(found - picture)[hole].max() < 0.05


def test_a_small_shift_is_learned(picture, hole):
    given = np.where(hole, 0, picture).astype(np.float32)
    shifted = np.roll(picture, (1, -1), axis=(0, 1))
    found = foretold(given, hole, hole, [shifted], none(picture), 0)
    error = np.sqrt(np.mean((found - picture)[hole] ** 2))
    assert error < 0.1 * np.sqrt(np.mean((shifted - picture)[hole] ** 2))


def test_what_is_near_the_hole_counts_more(picture, hole):
    left = np.arange(picture.shape[1]) < 110
    other = np.where(left, picture, 1 - picture).astype(np.float32)
    given = np.where(hole, 0, picture).astype(np.float32)
    found = foretold(given, hole, hole, [other], none(picture), 0)
    assert np.abs(found - picture)[hole].mean() < 0.03


def test_what_lies_in_the_hole_does_not_count(picture, hole):
    others = [picture**2]
    once = foretold(np.where(hole, 0, picture).astype(np.float32), hole, hole, others,
                    none(picture), 0)  # fmt: skip
    again = foretold(np.where(hole, 9, picture).astype(np.float32), hole, hole, others,
                     none(picture), 0)  # fmt: skip
    assert np.array_equal(once[hole], again[hole])


def test_bad_pixels_are_not_learned_from(picture, hole):
    bad = none(picture)
    bad[:40] = True
    other = np.where(bad, 7, picture).astype(np.float32)
    given = np.where(hole, 0, picture).astype(np.float32)
    found = foretold(given, hole, hole, [other], bad, 0)
    assert np.abs(found - picture)[hole].mean() < 0.01


def test_a_flat_source_foretells_the_mean(picture, hole):
    found = foretold(picture, hole, hole, [np.full_like(picture, 0.4)], none(picture), 0)
    assert np.ptp(found[hole]) == pytest.approx(0, abs=1e-6)


def test_with_next_to_nothing_known_it_says_nothing(picture):
    hole = np.ones(picture.shape, bool)
    hole[:5, :5] = False
    assert foretold(picture, hole, hole, [picture], none(picture), 0) is None


def test_the_same_seed_draws_the_same_pixels(picture, hole, monkeypatch):
    monkeypatch.setattr(regression, "ROWS", 300)
    noisy = picture + np.random.default_rng(1).normal(0, 0.1, picture.shape).astype(np.float32)
    first, same, other = (
        foretold(picture, hole, hole, [noisy], none(picture), seed) for seed in (3, 3, 4)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_long_planes_have_several_regressions_without_seams(monkeypatch):
    x = np.linspace(0, 9, 300, dtype=np.float32)
    plane = np.tile(np.sin(x), (80, 1)).astype(np.float32)
    other = (plane * (1 + x / 9) + 0.1 * np.cos(7 * x)).astype(np.float32)
    hole = np.zeros(plane.shape, bool)
    hole[30:50, 10:290] = True
    found = foretold(plane, hole, hole, [other], np.zeros_like(hole), 0)
    monkeypatch.setattr(regression, "LONGEST", 1000)
    single = foretold(plane, hole, hole, [other], np.zeros_like(hole), 0)
    assert np.abs(found - plane)[hole].mean() < np.abs(single - plane)[hole].mean()
    assert np.abs(np.diff(found - plane, axis=1)).max() < 0.1


def test_planes_of_which_nothing_is_known_are_foretold_as_others_were():
    rng = np.random.default_rng(0)
    sources = [ndimage.gaussian_filter(rng.random((40, 30)), 1).astype(np.float32) for _ in "abc"]
    whole = np.zeros((40, 30), bool)
    lessons = [Lesson(2 * one + 1, (one,), whole) for one in sources[:2]]
    found = foretold_alike([sources[2]], lessons, 0)
    assert np.allclose(found, 2 * sources[2] + 1, atol=0.02)
    assert foretold_alike([sources[2]], [], 0) is None
    assert foretold_alike([sources[2]], [Lesson(sources[0], (sources[0],), ~whole)], 0) is None
