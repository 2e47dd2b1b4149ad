"""The power spectra of many frames at a time; `spectral.spectrum` says what they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from napari_greyfill.inpaint.specks.frames import SIDE, Holes, Stack
from napari_greyfill.inpaint.spectral.solve import NOISE
from napari_greyfill.inpaint.spectral.spectrum import FLOOR, GENTLEST, GUESSED, HANN, LOWEST
from napari_greyfill.inpaint.spectral.spectrum import SIDE as WINDOW

__all__ = ["Spectra"]

STEP = 32  # between Welch's windows
NEARNESS = 24.0  # deviation of the Gaussian by which farther ones count less
LAGS = 6.0  # pixels; the logarithm of a spectrum is smoothed as if it knew few longer ones
_LEAST = 1e-12

Power = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spectra:
    """Power laws, and what differs from them, of N frames; see `spectral.spectrum.Spectrum`.

    Attributes
    ----------
    level, slope : (N,) arrays
    detail : (N, WINDOW, WINDOW // 2 + 1) array
    """

    level: NDArray[np.float64]
    slope: NDArray[np.float64]
    detail: Power

    @classmethod
    def of(cls, filled: Stack, missing: Holes) -> Spectra:
        """Return the spectra of frames whose missing pixels are filled in some way."""
        return cls._fitted(_welch(filled, missing))

    @classmethod
    def _fitted(cls, power: Power) -> Spectra:
        logarithm = np.log(power)
        inside = logarithm[:, _FITTED]
        middle = inside @ _WEIGHTS
        slope = (inside - middle[:, None]) @ (_WEIGHTS * _OFFSET) / (_WEIGHTS @ _OFFSET**2)
        slope = np.minimum(slope, GENTLEST)
        level = middle - slope * _CENTRE
        law = level[:, None, None] + slope[:, None, None] * np.log(_RADIUS)
        detail = np.where(_RADIUS * WINDOW < LOWEST, 0.0, logarithm - law)
        shape = (WINDOW, WINDOW)
        return cls(level, slope, fft.rfft2(fft.irfft2(detail, s=shape) * _NEAR_LAGS).real)

    def precision(self) -> Power:
        """Return one over the power and white noise, for known pixels with a deviation of 1."""
        law = self.level[:, None, None] + self.slope[:, None, None] * np.log(_RADIUS)
        power = np.exp(law + self.detail)
        most = power.max(axis=(1, 2), keepdims=True)
        return np.asarray(most / (np.maximum(power, FLOOR * most) + NOISE))


def _welch(filled: Stack, missing: Holes) -> Power:
    """Return the mean periodograms, (N, WINDOW, WINDOW // 2 + 1), of Hann windows."""
    certainty = np.where(missing, np.float32(GUESSED), np.float32(1))
    total, share = np.zeros((len(filled), *_RADIUS.shape)), np.zeros(len(filled))
    for y, x in np.ndindex(_PLACES, _PLACES):
        part = (
            slice(None),
            slice(y * STEP, y * STEP + WINDOW),
            slice(x * STEP, x * STEP + WINDOW),
        )
        values = filled[part]
        cover, mean = (np.tensordot(each[part], _SHARES, 2) for each in (certainty, filled))
        distance = np.hypot(y - _PLACES // 2, x - _PLACES // 2) * STEP
        weight = cover.astype(np.float64) ** 4 * np.exp(-(distance**2) / (2 * NEARNESS**2))
        waves = fft.rfft2((values - mean[:, None, None]) * HANN)
        total += (weight + _LEAST)[:, None, None] * (waves.real**2 + waves.imag**2)
        share += weight + _LEAST
    power = total / share[:, None, None] / float((HANN**2).sum())
    most = power.max(axis=(1, 2), keepdims=True)
    return np.asarray(power + FLOOR * np.maximum(most, FLOOR))


def _radius() -> Power:
    radius = np.hypot(fft.fftfreq(WINDOW)[:, None], fft.rfftfreq(WINDOW)[None])
    radius[0, 0] = 0.5 / WINDOW
    return np.asarray(radius)


def _octaves() -> Power:
    """Return weights under which every octave counts alike; most frequencies stand for two."""
    twice = np.full(_RADIUS.shape, 2.0)
    twice[:, [0, -1]] = 1
    weights = (twice / _RADIUS**2)[_FITTED]
    return np.asarray(weights / weights.sum())


def _lags() -> Power:
    line = np.minimum(np.arange(WINDOW), WINDOW - np.arange(WINDOW))
    return np.asarray(np.exp(-(line[:, None] ** 2 + line[None] ** 2) / (2 * LAGS**2)))


_PLACES = (SIDE - WINDOW) // STEP + 1
_SHARES = HANN / HANN.sum()
_RADIUS = _radius()
_FITTED = (_RADIUS * WINDOW >= LOWEST) & (_RADIUS <= 0.5)
_WEIGHTS = _octaves()
_CENTRE = float(_WEIGHTS @ np.log(_RADIUS[_FITTED]))
_OFFSET = np.log(_RADIUS[_FITTED]) - _CENTRE
_NEAR_LAGS = _lags()
