"""The power spectrum of a plane with holes, as the spectral fill needs it.

Welch's method on windows that are mostly known, made smooth and strictly positive: very low
frequencies, of which a small window says little, follow a power law fitted to the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

__all__ = ["Spectrum", "estimate"]

SIDE = 64  # of Welch's windows
STEP = 32
LOWEST = 2.0  # cycles per window; below, the power law alone counts
GENTLEST = -2.2  # slope of the power law; photographs have about -2
FLOOR = 1e-11  # of the power, relative to the highest

Stack = NDArray[np.float32]
Power = NDArray[np.float64]


class Spectrum:
    """The power spectrum of one plane, on whatever grid of frequencies is wanted.

    Attributes
    ----------
    amplitude, slope : float
        The power law: power is ``amplitude * frequency ** slope``, in cycles per pixel.
    detail : (SIDE, SIDE) array
        Natural logarithm of the measured power over the power law, for `fft.fftfreq` order.
    """

    def __init__(self, amplitude: float, slope: float, detail: Power) -> None:
        self.amplitude, self.slope, self.detail = amplitude, slope, detail

    def on_grid(self, shape: tuple[int, int]) -> Power:
        """Return the power at the frequencies of `rfft2` of a plane of this shape."""
        rows, columns = fft.fftfreq(shape[0]), fft.rfftfreq(shape[1])
        grid = np.meshgrid(rows * SIDE, columns * SIDE, indexing="ij")
        detail = ndimage.map_coordinates(self.detail, grid, order=1, mode="grid-wrap")
        radius = np.hypot(rows[:, None], columns[None])
        radius[0, 0] = 0.5 / max(shape)
        power = self.amplitude * radius**self.slope * np.exp(detail)
        return np.asarray(np.maximum(power, FLOOR * power.max()))


def estimate(filled: NDArray[np.float32], hole: NDArray[np.bool_]) -> Spectrum:
    """Estimate the spectrum of a plane from windows weighted by how much of them is known.

    Parameters
    ----------
    filled : (H, W) array
        With its hole filled in some smooth way.
    hole : (H, W) bool array

    References
    ----------
    P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra",
    IEEE Trans. Audio Electroacoust. 15(2), 1967, doi 10.1109/TAU.1967.1161901.
    """
    power = _welch(filled, hole)
    radius = np.hypot(fft.fftfreq(SIDE)[:, None], fft.fftfreq(SIDE)[None])
    fitted = (radius * SIDE >= LOWEST) & (radius <= 0.5)
    log_radius, log_power = np.log(radius[fitted]), np.log(power[fitted])
    # every octave counts alike: there are many more high frequencies than low ones
    weights = 1.0 / radius[fitted]
    slope, _ = np.polyfit(log_radius, log_power, 1, w=weights)
    slope = min(float(slope), GENTLEST)
    offset = np.average(log_power - slope * log_radius, weights=weights**2)
    radius[0, 0] = 1.0
    detail = np.log(power) - offset - slope * np.log(radius)
    detail[radius * SIDE < LOWEST] = 0.0
    detail[0, 0] = 0.0
    return Spectrum(float(np.exp(offset)), slope, detail)


def _welch(filled: NDArray[np.float32], hole: NDArray[np.bool_]) -> Power:
    """Return the mean periodogram, (SIDE, SIDE), of Hann windows weighted by coverage^4."""
    pad = [(0, max(0, SIDE - side) + (-max(side, SIDE)) % STEP) for side in hole.shape]
    values = np.pad(filled.astype(np.float64) - filled.mean(), pad, mode="symmetric")
    known = np.pad((~hole).astype(np.float64), pad)
    hann = np.hanning(SIDE + 1)[:-1]
    window = hann[:, None] * hann[None]
    views = [
        np.lib.stride_tricks.sliding_window_view(array, (SIDE, SIDE))[::STEP, ::STEP]
        for array in (values, known)
    ]
    cover = np.einsum("ijkl,kl->ij", views[1], window) / window.sum()
    weights = cover**4 + 1e-12
    total = np.zeros((SIDE, SIDE))
    for row in range(len(cover)):  # a row of windows at a time bounds the memory
        means = np.einsum("jkl,kl->j", views[0][row], window) / window.sum()
        windows = (views[0][row] - means[:, None, None]) * window
        power = np.abs(fft.fft2(windows)) ** 2
        total += np.tensordot(weights[row], power, 1)
    power = total / weights.sum() / (window**2).sum()
    return np.asarray(power + FLOOR * max(float(power.max()), FLOOR))
