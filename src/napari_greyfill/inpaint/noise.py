"""The image's own noise: how strong it is at which brightness, what spectrum it has, more of it.

A faithful fill is the mean of what may be there, so that it has no noise. Where a picture is to
be shown, or gone on with by something that takes a quiet place for an object, noise like that
around can be added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

__all__ = ["Noise"]

BLOCK = 12  # pixels a side of the pieces that are looked at
STEP = 6  # pixels between them
BINS = 8  # of brightness
FLAT = 0.25  # share of the blocks of a bin that are taken for flat
FREEDOM = BLOCK**2 - 3  # independent values in a block without its plane
LAGS = 2  # pixels over which noise hangs together
SLACK = 1.15  # by how much the variance of a bin may be found too small
FEWEST = 12  # blocks that tell something

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
_QUIET = float(chi2.ppf(FLAT / 2, FREEDOM) / FREEDOM)  # what the median of flat blocks has of it


@dataclass(frozen=True, eq=False)
class Noise:
    """Noise of one plane with one or three channels.

    Attributes
    ----------
    darkest, least, rising : (C,) array
        Its variance at brightness m is least + rising · (m - darkest), and not below least.
    spectrum : (2 · LAGS + 1, 2 · LAGS + 1) array
        Its autocovariance over its variance; 1 in the middle.
    mixing : (C, C) array
        Makes channels of independent noise hang together.
    """

    darkest: NDArray[np.float64]
    least: NDArray[np.float64]
    rising: NDArray[np.float64]
    spectrum: NDArray[np.float64]
    mixing: NDArray[np.float64]

    @classmethod
    def measured(cls, plane: Plane, missing: Hole, step: float = 0.0) -> Noise | None:
        """Measure the noise of known pixels, where little but noise is to be seen.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
            What it holds in the hole does not matter.
        missing : (H, W) bool array
            What is not known.
        step : float
            To which values are rounded; the noise of that is left out, since it comes by itself.

        Returns
        -------
        Noise or None
            None if too little is known.

        References
        ----------
        A. Foi et al., "Practical Poissonian-Gaussian Noise Modeling and Fitting for Single-Image
        Raw-Data", IEEE Transactions on Image Processing 17, 2008, doi 10.1109/TIP.2008.2001399
        (variance that rises with brightness); flat blocks are this project's own.
        """
        rest, means = _blocks(plane.reshape(*missing.shape, -1), missing)
        if len(rest) < FEWEST:
            return None
        fits, quiet = [], []
        for channel in range(rest.shape[-1]):
            variances = rest[..., channel].var(axis=(1, 2)) * BLOCK**2 / (BLOCK**2 - 3)
            levels, found, chosen = _by_brightness(means[:, channel], variances)
            found = np.maximum(found - step**2 / 12, 0.0)
            fits.append(_line_below(levels, found))
            quiet.append(chosen)
        flat = rest[np.unique(np.concatenate(quiet))]
        darkest, least, rising = np.array(fits).T
        return cls(darkest, least, rising, _covariance(flat), _mixing(flat))

    @property
    def channels(self) -> int:
        """Return how many channels there are."""
        return len(self.least)

    def deviation(self, filled: Plane) -> NDArray[np.float64]:
        """Return one deviation of the noise at each pixel of a plane, (H, W, C).

        Parameters
        ----------
        filled : (H, W) or (H, W, C) float32 array
            Brightness.
        """
        level = filled.reshape(*filled.shape[:2], -1).astype(np.float64)
        above = np.maximum(level - self.darkest, 0.0)
        return np.sqrt(self.least + self.rising * above)

    def like(self, filled: Plane, random: np.random.Generator) -> NDArray[np.float32]:
        """Return noise for a plane, of the same shape.

        Parameters
        ----------
        filled : (H, W) or (H, W, C) float32 array
            Says how bright it is where.
        random : numpy.random.Generator
            Where the noise comes from.
        """
        height, width = filled.shape[:2]
        size = height + 2 * LAGS, width + 2 * LAGS
        kernel = np.zeros(size)
        for y in range(-LAGS, LAGS + 1):
            for x in range(-LAGS, LAGS + 1):
                kernel[y % size[0], x % size[1]] += self.spectrum[y + LAGS, x + LAGS]
        power = np.maximum(np.fft.rfft2(kernel).real, 0.0)
        made = np.empty((height, width, self.channels))
        for channel in range(self.channels):
            white = np.fft.rfft2(random.standard_normal(size))
            noise = np.fft.irfft2(np.sqrt(power) * white, s=size)[:height, :width]
            made[..., channel] = noise / max(np.sqrt(kernel.flat[0]), 1e-12)
        noise = (made @ self.mixing.T) * self.deviation(filled)
        return np.asarray(noise.reshape(filled.shape), dtype=np.float32)


def _blocks(plane: Plane, missing: Hole) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return known blocks without their planes of brightness, (N, B, B, C), and means, (N, C)."""
    from numpy.lib.stride_tricks import sliding_window_view

    if min(missing.shape) < BLOCK:
        return np.empty((0, BLOCK, BLOCK, plane.shape[-1])), np.empty((0, plane.shape[-1]))
    whole = ~sliding_window_view(missing, (BLOCK, BLOCK))[::STEP, ::STEP].any(axis=(-1, -2))
    cut = sliding_window_view(plane, (BLOCK, BLOCK), axis=(0, 1))[::STEP, ::STEP][whole]
    values = np.moveaxis(cut, 1, -1).astype(np.float64)
    means = values.mean(axis=(1, 2))
    at = np.arange(BLOCK) - (BLOCK - 1) / 2
    down, across = at[:, None, None], at[None, :, None]
    scale = (at**2).sum() * BLOCK
    values -= means[:, None, None]
    values -= (values * down).sum(axis=(1, 2), keepdims=True) / scale * down
    values -= (values * across).sum(axis=(1, 2), keepdims=True) / scale * across
    return values, means


def _by_brightness(
    means: NDArray[np.float64], variances: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Return levels, the variance of the noise there, and which blocks are flat."""
    order = np.argsort(means, kind="stable")
    groups = np.array_split(order, max(1, min(BINS, len(order) // (2 * FEWEST))))
    levels, found, flat = [], [], []
    for group in groups:
        quietest = group[np.argsort(variances[group], kind="stable")]
        own = quietest[: max(3, round(FLAT * len(group)))]
        levels.append(means[own].mean())
        found.append(np.median(variances[own]) / _QUIET)
        flat.append(own)
    return np.array(levels), np.array(found), np.concatenate(flat)


def _line_below(
    levels: NDArray[np.float64], variances: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the darkest level, the variance there, and by how much it rises with brightness.

    Structure adds to what is found, so that noise is at most that, and does not fall: of all
    such lines the one that explains most.
    """
    above, most = levels - levels[0], variances * SLACK
    least = [float(most.min())]
    rising = [0.0]
    for i in range(len(levels)):
        for j in range(i + 1, len(levels)):
            if above[j] > above[i]:
                slope = (most[j] - most[i]) / (above[j] - above[i])
                start = most[i] - slope * above[i]
                fits = start >= 0 and slope >= 0
                if fits and np.all(start + slope * above <= most * (1 + 1e-9)):
                    least.append(float(start))
                    rising.append(float(slope))
    lines = np.outer(least, np.ones_like(above)) + np.outer(rising, above)
    best = int(np.argmax((lines / np.maximum(variances, 1e-30)).sum(axis=1)))
    return float(levels[0]), least[best] / SLACK, rising[best] / SLACK


def _covariance(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the autocovariance of blocks over their variance, of the mean of channels."""
    sizes = flat.std(axis=(1, 2), keepdims=True)
    alike = flat / np.maximum(sizes, 1e-12)
    found = np.empty((2 * LAGS + 1, 2 * LAGS + 1))
    for y in range(-LAGS, LAGS + 1):
        for x in range(-LAGS, LAGS + 1):
            here = alike[:, max(0, y) : BLOCK + min(0, y), max(0, x) : BLOCK + min(0, x)]
            there = alike[:, max(0, -y) : BLOCK + min(0, -y), max(0, -x) : BLOCK + min(0, -x)]
            found[y + LAGS, x + LAGS] = np.mean(here * there)
    if found[LAGS, LAGS] > 0:
        return np.asarray(found / found[LAGS, LAGS])
    white = np.zeros_like(found)
    white[LAGS, LAGS] = 1.0
    return white


def _mixing(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Cholesky factor of how the noise of channels hangs together."""
    channels = flat.shape[-1]
    if channels == 1:
        return np.ones((1, 1))
    values = flat.reshape(-1, channels)
    values = values / np.maximum(values.std(axis=0), 1e-12)
    return np.linalg.cholesky(0.99 * values.T @ values / len(values) + 0.01 * np.eye(channels))
