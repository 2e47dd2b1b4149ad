"""The small systems and frames by which holes of a few pixels are filled."""

import numpy as np
import pytest
from scipy import fft
from skimage import data

from napari_greyfill.inpaint.correction.inpainter import _network
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.specks import INNER, SIDE, Frames, SpeckFill, middle_of
from napari_greyfill.inpaint.specks.frames import MIDDLE
from napari_greyfill.inpaint.specks.members import members, smooth, spectra_of
from napari_greyfill.inpaint.specks.solve import BIHARMONIC, TORUS, conditional_means
from napari_greyfill.inpaint.spectral.spectrum import _fitted, _welch


@pytest.fixture
def planes():
    picture = data.camera().astype(np.float32) / 255
    return np.stack([picture[y : y + SIDE, y : y + SIDE] for y in (0, 100, 250, 380)])


@pytest.fixture
def own():
    found = np.zeros((4, INNER, INNER), bool)
    for number, (height, width) in enumerate([(1, 1), (3, 5), (9, 9), (2, 14)]):
        found[number, 12 : 12 + height, 9 : 9 + width] = True
    return found


@pytest.fixture
def frames(planes, own):
    missing = np.zeros(planes.shape, bool)
    middle_of(missing)[own] = True
    missing[2, 20:30, 60:70] = True  # another hole
    return Frames.of(planes, missing, own)


def test_known_pixels_have_mean_0_and_deviation_1(frames, planes):
    for values, missing, plane, mean, deviation in zip(
        frames.values, frames.missing, planes, frames.mean, frames.deviation, strict=True
    ):
        assert (values[missing] == 0).all()
        assert values[~missing].mean() == pytest.approx(0, abs=1e-5)
        assert values[~missing].std() == pytest.approx(1, abs=1e-5)
        near = (slice(SIDE // 2 - 40, SIDE // 2 + 40),) * 2
        known = ~missing[near]
        back = values[near] * deviation + mean
        np.testing.assert_allclose(back[known], plane[near][known], atol=1e-5)


@pytest.mark.parametrize("kind", ["biharmonic", "spectral"])
def test_what_is_solved_meets_its_equations(frames, kind):
    precision = (
        BIHARMONIC if kind == "biharmonic" else spectra_of(frames, smooth(frames)).precision()
    )
    values, missing = frames.inner
    filled = conditional_means(values, missing, precision)
    np.testing.assert_array_equal(filled[~missing], values[~missing])
    waves = fft.rfft2(filled.astype(np.float64), s=(TORUS, TORUS)) * precision
    left = fft.irfft2(waves, s=(TORUS, TORUS))[:, :INNER, :INNER][missing]
    scale = np.abs(fft.irfft2(precision, s=(TORUS, TORUS))).max()
    np.testing.assert_allclose(left / scale, 0, atol=1e-5)


def test_the_smooth_fill_is_biharmonic(frames, planes, own):
    for fill, plane, hole in zip(frames.on_scale(smooth(frames)), planes, own, strict=True):
        inner = plane[MIDDLE, MIDDLE]
        expected = Biharmonic().fill(np.where(hole, 0, inner).astype(np.float32), hole)
        np.testing.assert_allclose(fill[hole], expected[hole], atol=2e-3)


def test_spectra_follow_the_power_law_of_each_frame(frames):
    spectra = spectra_of(frames, smooth(frames))
    assert (spectra.slope < -2).all()
    filled = frames.values.copy()
    filled[:, MIDDLE, MIDDLE] = smooth(frames)
    for number, values in enumerate(filled):
        alone = _fitted(_welch(values, np.ones_like(values), 32))
        assert spectra.slope[number] == pytest.approx(alone.slope, abs=0.4)


def test_a_frame_is_filled_the_same_beside_any_other(frames):
    together = members(frames, [True] * 4)
    for number in range(len(frames)):
        alone = Frames(
            *(part[number : number + 1] for part in (frames.values, frames.missing, frames.own)),
            frames.mean[number : number + 1],
            frames.deviation[number : number + 1],
        )
        for one, every in zip(members(alone, [True] * 4), together, strict=True):
            np.testing.assert_allclose(one[0], every[number], atol=1e-4)


def test_the_network_sees_many_frames_as_it_sees_one():
    seen = np.random.default_rng(0).normal(size=(5, 3, 32, 40)).astype(np.float32)
    together = _network()(seen)
    assert together.shape == (3, 32, 40)
    for number in range(3):
        np.testing.assert_allclose(together[number], _network()(seen[:, number]), atol=1e-5)


def test_weights_go_to_the_member_that_errs_least(frames, planes, monkeypatch):
    truth = middle_of(planes)
    on_scale = (truth - frames.mean[:, None, None]) / frames.deviation[:, None, None]
    wrong = np.zeros_like(on_scale)
    monkeypatch.setattr(
        "napari_greyfill.inpaint.specks.fill.members", lambda *_: [wrong, on_scale, wrong, wrong]
    )
    method = SpeckFill((0.25, 0.25, 0.25, 0.25), 1.0)
    method.learn_weights(frames, truth)
    assert method.weights[1] > 0.99
    filled, squares = method.fill(frames)
    np.testing.assert_allclose(filled[frames.own], truth[frames.own], atol=0.02)
    assert np.sqrt(squares.sum(axis=1).max() / frames.own.sum()) < 0.05


def test_a_constant_is_filled_with_itself():
    planes = np.full((1, SIDE, SIDE), 7, np.float32)
    own = np.zeros((1, INNER, INNER), bool)
    own[0, 14:18, 14:18] = True
    missing = np.zeros(planes.shape, bool)
    middle_of(missing)[own] = True
    filled, _ = SpeckFill((0.1, 0.05, 0.0, 0.85)).fill(Frames.of(planes, missing, own))
    np.testing.assert_allclose(filled, 7, atol=1e-5)
