"""The conditional mean of a Gaussian field, by conjugate gradients with FFTs.

A stationary Gaussian field with power spectrum S on a torus has the precision
``Q = F* S^-1 F``. Given the known pixels k, the hole h has the conditional mean

    Q_hh x_h = -Q_hk x_k,

which conjugate gradients solve. The torus is larger than the plane: what is added lies between
opposite borders and is hole.

The spectrum is only measured, and few known pixels say little of its lowest frequencies, of which
the first fill, from further away, knows more. So what is solved for is the change to that fill,
which is pulled towards none: ``Q_hh + P_hh`` takes the place of ``Q_hh``, with P like Q but of
a gentler slope. That is nearer to the truth in wide holes, and converges in half the rounds.

A smooth picture has a spectrum so steep that rounding errors of what is known would be told
apart, and blown up, as if they were detail. So white noise is part of the field, and everything
is solved in double precision until it has converged: then the fill is a well-conditioned
function of what is known, the same on every processor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.spectral.spectrum import Spectrum

__all__ = ["System", "conditional_mean"]

SEAM = 16  # pixels between opposite borders
NOISE = 1e-4  # variance of the white noise, relative to that of the known pixels
TOLERANCE = 1e-3  # of the preconditioned residual, relative to the known pixels'
GENTLER = 0.6  # power of the inverse that preconditions: cut to a hole, all of it is no good guide
PULL = 0.0035  # towards the start, relative to the geometric mean of the precision
PULLED = 0.3  # power of the precision by which other frequencies are pulled
TINY = 2.0**-1022  # keeps the step of a system that is solved exactly at 0 / tiny = 0
Plane = NDArray[np.float32]
Torus = NDArray[np.float64]
Hole = NDArray[np.bool_]


@dataclass(frozen=True)
class System:
    """What is to be solved for one plane.

    Attributes
    ----------
    start : (H, W) float32 array
        The plane with its first fill.
    hole : (H, W) bool array
    mean : float
        Of what is known.
    x : float64 array
        The plane without its mean, on the torus.
    unknown : float64 array
        The hole of the torus, 1 and 0: multiplying is much quicker than choosing.
    preconditioner, precision, pulled : float64 arrays
        At the frequencies of `rfft2` of the torus: a power of the last one below 1, 1 / S with
        the noise, and that with the pull.
    """

    start: Plane
    hole: Hole
    mean: float
    x: Torus
    unknown: Torus
    preconditioner: Torus
    precision: Torus
    pulled: Torus

    @classmethod
    def of(cls, start: Plane, hole: Hole, spectrum: Spectrum) -> System:
        """Return the system of a plane under a spectrum."""
        shape = tuple(fft.next_fast_len(side + SEAM, real=True) for side in hole.shape)
        known = start[~hole].astype(np.float64)
        mean = float(known.mean())
        x, unknown = _on_torus(start - mean, hole, shape)
        power = spectrum.on_grid(shape) + NOISE * known.var()
        power /= np.exp(np.mean(np.log(power)))
        pulled = 1.0 / power + PULL * power**-PULLED
        return cls(start, hole, mean, x, unknown, pulled**-GENTLER, 1.0 / power, pulled)

    def filtered(self, v: Torus, response: Torus) -> Torus:
        """Return what a filter makes of a vector, at the unknown; a new array.

        Parameters
        ----------
        v : (H, W) float64 array
            On the torus.
        response : float64 array
            Of the filter, at the frequencies of `rfft2` of the torus.
        """
        waves = fft.rfft2(v)
        waves *= response
        result: Torus = fft.irfft2(waves, s=v.shape)
        result *= self.unknown
        return result

    def iterates(self) -> Iterator[tuple[Torus, float]]:
        """Yield the start and ever better solutions, each with its energy, without an end.

        As `compute.conjugate_gradients` does, but what is yielded is always the same array, and
        written to: for tiles of a hundred pixels a side new arrays cost as much as the waves do.
        """
        values = self.x.copy()
        residual = self.filtered(values, self.precision)
        np.negative(residual, out=residual)
        direction, step, before = np.zeros_like(values), np.empty_like(values), np.inf
        while True:
            scaled = self.filtered(residual, self.preconditioner)
            energy = _dot(residual, scaled)
            yield values, energy
            direction *= energy / (before + TINY)
            direction += scaled
            before = energy
            image = self.filtered(direction, self.pulled)
            length = energy / (_dot(direction, image) + TINY)
            values += np.multiply(direction, length, out=step)
            residual -= np.multiply(image, length, out=image)

    def filled(self, x: Torus) -> Plane:
        """Return the plane with its hole filled by a solution."""
        height, width = self.hole.shape
        full = np.where(self.hole, x[:height, :width] + self.mean, self.start)
        return np.asarray(full, dtype=np.float32)


def conditional_mean(
    start: Plane,
    hole: Hole,
    spectrum: Spectrum,
    compute: Compute,
    *,
    iterations: int,
    tolerance: float = TOLERANCE,
) -> Generator[float, None, Plane]:
    """Return the plane with its hole filled by the conditional mean, yielding the progress.

    Parameters
    ----------
    start : (H, W) float32 array
        Known pixels, and where to start from in the hole: the nearer, the sooner it converges.
    hole : (H, W) bool array
        True where pixels are to be filled.
    spectrum : Spectrum
        Of the field that the plane is a piece of.
    compute : Compute
        Says where to run, and when to stop.
    iterations : int
        At most so many.
    tolerance : float
        Stop once the preconditioned residual has fallen to this share of the known pixels'.
    """
    system = System.of(start, hole, spectrum)
    found, first = system.x, 0.0
    for index, (values, energy) in enumerate(system.iterates()):
        found, first = values, first or energy
        if index == iterations or energy <= tolerance**2 * first or energy <= 0:
            break
        compute.check()
        yield index / iterations
    return system.filled(found)


def _dot(a: Torus, b: Torus) -> float:
    """Return the scalar product, by numpy itself.

    A linear algebra library would share it among threads, which wait for each other longer than
    it takes, and add up in an order that depends on how many there are.
    """
    return float(np.einsum("ij,ij->", a, b))


def _on_torus(
    plane: NDArray[np.floating], hole: Hole, shape: tuple[int, ...]
) -> tuple[Torus, Torus]:
    """Return the plane on a torus, opposite borders joined by straight ramps, and its hole."""
    height, width = hole.shape
    torus = np.empty(shape)
    torus[:height, :width] = plane
    across = np.linspace(0, 1, shape[1] - width + 2)[1:-1]
    left, right = torus[:height, :1], torus[:height, width - 1 : width]
    torus[:height, width:] = right + (left - right) * across
    down = np.linspace(0, 1, shape[0] - height + 2)[1:-1, None]
    top, bottom = torus[:1], torus[height - 1 : height]
    torus[height:] = bottom + (top - bottom) * down
    unknown = np.ones(shape)
    unknown[:height, :width] = hole
    return torus, unknown
