"""The power spectra of the parts of a plane with holes, as the spectral fill needs them.

Welch's method on windows near a place, the better known the heavier, made smooth and strictly
positive: very low frequencies, of which a small window says little, follow a power law fitted
to the others. Since few windows are noisy, each part's spectrum is drawn towards the whole
plane's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from napari_greyfill.image.geometry import Window

__all__ = ["Spectra", "Spectrum"]

SIDE = 64  # of Welch's windows
STEP = 32  # between windows over the whole plane
NEAR_STEP = 16  # and around one place
REACH = 48  # pixels from the place to the farthest window's centre
NEARNESS = 20.0  # deviation of the Gaussian by which farther windows count less
OWN = 0.67  # share of a part's own spectrum, the rest is the whole plane's; in logarithms
GUESSED = 0.25  # certainty of the filled pixels
LOWEST = 2.0  # cycles per window; below, the power law alone counts
GENTLEST = -2.2  # slope of the power law; photographs have about -2
FLOOR = 1e-11  # of the power, relative to the highest

Stack = NDArray[np.float32]
Power = NDArray[np.float64]
Weights = NDArray[np.float64]


class Spectrum:
    """A power spectrum on whatever grid of frequencies is wanted.

    Attributes
    ----------
    level, slope : float
        The power law: power is ``exp(level) * frequency ** slope``, in cycles per pixel.
    detail : (SIDE, SIDE) array
        Natural logarithm of the measured power over the power law, for `fft.fftfreq` order.
    """

    def __init__(self, level: float, slope: float, detail: Power) -> None:
        self.level, self.slope, self.detail = level, slope, detail

    def towards(self, other: Spectrum, share: float) -> Spectrum:
        """Return the geometric mean with another one, which counts with this share.

        Parameters
        ----------
        other : Spectrum
            Of the same frequencies.
        share : float
            0 to 1.
        """
        return Spectrum(
            (1 - share) * self.level + share * other.level,
            (1 - share) * self.slope + share * other.slope,
            (1 - share) * self.detail + share * other.detail,
        )

    def on_grid(self, shape: tuple[int, int]) -> Power:
        """Return the power at the frequencies of `rfft2` of a plane of this shape."""
        rows, columns = fft.fftfreq(shape[0]), fft.rfftfreq(shape[1])
        grid = np.meshgrid(rows * SIDE, columns * SIDE, indexing="ij")
        detail = ndimage.map_coordinates(self.detail, grid, order=1, mode="grid-wrap")
        radius = np.hypot(rows[:, None], columns[None])
        radius[0, 0] = 0.5 / max(shape)
        power = np.exp(self.level + detail) * radius**self.slope
        return np.asarray(np.maximum(power, FLOOR * power.max()))


class Spectra:
    """The spectra of the parts of one plane.

    Parameters
    ----------
    filled : (H, W) array
        With its hole filled in some plausible way.
    hole : (H, W) bool array
        True where it was filled.
    gentlest : float, optional
        The power law falls at least so steeply; 0 for what need not be a picture, such as
        what is left over of one once another has been taken away.

    References
    ----------
    P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra",
    IEEE Trans. Audio Electroacoust. 15(2), 1967, doi 10.1109/TAU.1967.1161901.
    """

    def __init__(
        self, filled: Stack, hole: NDArray[np.bool_], *, gentlest: float = GENTLEST
    ) -> None:
        self._gentlest = gentlest
        margin = REACH + SIDE // 2
        self._values = np.pad(filled, margin, mode="symmetric")
        self._certainty = np.pad(np.where(hole, np.float32(GUESSED), np.float32(1)), margin)
        parts = tuple(slice(REACH, n + 2 * margin - REACH) for n in hole.shape)
        power = _welch(self._values[parts], self._certainty[parts], STEP)
        self.whole = _fitted(power, gentlest)

    def near(self, window: Window) -> Spectrum:
        """Return the spectrum around the middle of a part of the plane."""
        middle = (window.y0 + window.y1) // 2, (window.x0 + window.x1) // 2
        parts = tuple(slice(at, at + 2 * REACH + SIDE) for at in middle)
        power = _welch(self._values[parts], self._certainty[parts], NEAR_STEP, _NEAR)
        return self.whole.towards(_fitted(power, self._gentlest), OWN)


def _fitted(power: Power, gentlest: float = GENTLEST) -> Spectrum:
    """Return a measured power, (SIDE, SIDE), as a power law and what differs from it."""
    radius = np.hypot(fft.fftfreq(SIDE)[:, None], fft.fftfreq(SIDE)[None])
    fitted = (radius * SIDE >= LOWEST) & (radius <= 0.5)
    log_radius, log_power = np.log(radius[fitted]), np.log(power[fitted])
    # every octave counts alike: there are many more high frequencies than low ones
    weights = 1.0 / radius[fitted]
    slope, _ = np.polyfit(log_radius, log_power, 1, w=weights)
    slope = min(float(slope), gentlest)
    level = np.average(log_power - slope * log_radius, weights=weights**2)
    radius[0, 0] = 1.0
    detail = np.log(power) - level - slope * np.log(radius)
    detail[radius * SIDE < LOWEST] = 0.0
    detail[0, 0] = 0.0
    return Spectrum(float(level), slope, detail)


def _welch(values: Stack, certainty: Stack, step: int, nearness: Weights | None = None) -> Power:
    """Return the mean periodogram, (SIDE, SIDE), of Hann windows.

    Windows are `step` apart and weighted by the fourth power of their certainty, and by
    `nearness` if given, (rows, columns) of windows.
    """
    views = [
        np.lib.stride_tricks.sliding_window_view(array, (SIDE, SIDE))[::step, ::step]
        for array in (values, certainty)
    ]
    cover = np.einsum("ijkl,kl->ij", views[1], HANN) / HANN.sum()
    weights = cover.astype(np.float64) ** 4 + 1e-12
    if nearness is not None:
        weights *= nearness
    total = np.zeros((SIDE, SIDE // 2 + 1))
    for row in range(len(cover)):  # a row of windows at a time bounds the memory
        means = np.einsum("jkl,kl->j", views[0][row], HANN) / HANN.sum()
        windows = (views[0][row] - means[:, None, None]) * HANN
        total += np.tensordot(weights[row], np.abs(fft.rfft2(windows)) ** 2, 1)
    power = _both_halves(total / weights.sum() / float((HANN**2).sum()))
    return np.asarray(power + FLOOR * max(float(power.max()), FLOOR))


def _both_halves(half: Power) -> Power:
    """Return the power of `fft2` from that of `rfft2`."""
    full = np.empty((SIDE, SIDE))
    full[:, : SIDE // 2 + 1] = half
    opposite = -np.arange(SIDE) % SIDE
    full[:, SIDE // 2 + 1 :] = half[opposite, 1 : SIDE // 2][:, ::-1]
    return full


def _hann() -> Stack:
    line = np.hanning(SIDE + 1)[:-1]
    return np.asarray(line[:, None] * line[None], dtype=np.float32)


def _nearness() -> Weights:
    offset = np.arange(-REACH, REACH + 1, NEAR_STEP)
    line = np.exp(-(offset**2) / (2 * NEARNESS**2))
    return np.asarray(line[:, None] * line[None])


HANN, _NEAR = _hann(), _nearness()
