"""The spectral fill in torch, on the CPU unless a test says otherwise."""

import numpy as np
import pytest

from napari_greyfill.compute import device
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError, OutOfMemoryError
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.spectral.solve import System, conditional_mean
from napari_greyfill.inpaint.spectral.solve_torch import conditional_means
from napari_greyfill.inpaint.spectral.spectrum import SIDE, Spectra, Spectrum

pytestmark = pytest.mark.torch


@pytest.fixture
def in_torch(monkeypatch):
    monkeypatch.setattr(device, "IN_TORCH", ("cpu", "cuda"))


@pytest.fixture
def grey(astronaut):
    return (astronaut @ [0.299, 0.587, 0.114] / 255).astype(np.float32)


def rmse(filled, truth, hole):
    return float(np.sqrt(np.mean((filled - truth)[hole] ** 2)))


def problem(grey, hole, spectrum=None):
    start = np.where(hole, grey[~hole].mean(), grey)
    return start, hole, spectrum or Spectra(start, hole).whole


def alone(start, hole, spectrum, **limits):
    return exhaust(conditional_mean(start, hole, spectrum, Compute(), **limits))


def test_the_solution_is_that_of_numpy(grey, scratch):
    gentle = Spectrum(0.0, -2.2, np.zeros((SIDE, SIDE)))
    limits = {"iterations": 400, "tolerance": 1e-5}
    expected = alone(*problem(grey, scratch, gentle), **limits)
    system = System.of(*problem(grey, scratch, gentle))
    (found,) = exhaust(conditional_means([system], Compute(), **limits))
    np.testing.assert_allclose(found, expected, atol=1e-3)
    np.testing.assert_array_equal(found[~scratch], grey[~scratch])
    assert np.abs(found - grey.mean())[scratch].max() > 0.1


def test_the_solution_under_a_measured_spectrum_is_that_of_numpy(grey, scratch):
    expected = alone(*problem(grey, scratch), iterations=400)
    system = System.of(*problem(grey, scratch))
    (found,) = exhaust(conditional_means([system], Compute(), iterations=400))
    # both stop at a residual of 3e-4; they add up in another order
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_systems_solved_together_do_not_see_each_other(grey, scratch):
    """Nor does one that is ready at once, as a plain one is, stop the others."""
    plain = np.full_like(grey, 0.4)
    systems = [
        System.of(*problem(*each))
        for each in ((grey, scratch), (plain, scratch), (1 - grey, ~scratch))
    ]
    together = exhaust(conditional_means(systems, Compute(), iterations=8))
    for system, found in zip(systems, together, strict=True):
        (single,) = exhaust(conditional_means([system], Compute(), iterations=8))
        np.testing.assert_allclose(found, single, atol=1e-4)
    np.testing.assert_allclose(together[1], 0.4, atol=1e-5)


@pytest.mark.parametrize("together", [2, 64])
def test_a_fill_is_that_of_numpy(grey, scratch, together, monkeypatch):
    big = np.tile(grey, (2, 2))
    hole = np.tile(scratch, (2, 2))
    plane = np.where(hole, np.float32(0), big)
    expected = Spectral().fill(plane, hole)
    monkeypatch.setattr(device, "IN_TORCH", ("cpu",))
    monkeypatch.setattr(Spectral, "TOGETHER", together)
    found = Spectral().fill(plane, hole)
    assert (found != expected).any()  # it did run in torch
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_progress_rises_to_one(in_torch, grey, scratch):
    fractions = list(Spectral().run(np.where(scratch, np.float32(0), grey), scratch))
    assert fractions == sorted(fractions)
    assert len(fractions) > 20
    assert fractions[-1] <= 1


def test_it_can_be_cancelled_between_rounds(grey, scratch):
    wanted = []
    compute = Compute(cancelled=lambda: bool(wanted))
    work = conditional_means([System.of(*problem(grey, scratch))], compute, iterations=40)
    for _ in range(3):
        next(work)
    wanted.append(True)
    with pytest.raises(CancelledError):
        next(work)


def test_a_full_device_is_an_error_with_a_next_step(grey, scratch, monkeypatch):
    import torch

    def full(*_, **__):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(torch.fft, "rfft2", full)
    work = conditional_means([System.of(*problem(grey, scratch))], Compute(), iterations=40)
    with pytest.raises(OutOfMemoryError, match="choose the CPU"):
        next(work)


@pytest.mark.gpu
def test_cuda_is_as_good_as_numpy(grey, scratch):
    plane = np.where(scratch, np.float32(0), grey)
    expected = rmse(Spectral().fill(plane, scratch), grey, scratch)
    found = Spectral(Compute("cuda")).fill(plane, scratch)
    assert rmse(found, grey, scratch) == pytest.approx(expected, rel=0.02)
    np.testing.assert_array_equal(found, Spectral(Compute("cuda")).fill(plane, scratch))
