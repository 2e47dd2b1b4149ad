"""The fill of a few pixels as one small system, many of them at a time.

Where the precision of a field is a convolution with a kernel K (the inverse of the covariance of
a stationary Gaussian field; the squared Laplacian for the biharmonic fill), the missing pixels m
have, given the known ones k, the mean ``K_mm x_m = -K_mk x_k``. The kernel falls off within a
few pixels, so that a small frame is enough, and few pixels are solved for at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from napari_greyfill.inpaint.specks.frames import Holes, Stack

__all__ = ["BIHARMONIC", "TORUS", "conditional_means"]

TORUS = 64  # side of the torus on which kernels are given
Precision = NDArray[np.float64]


def conditional_means(values: Stack, missing: Holes, precision: Precision) -> Stack:
    """Return frames with their missing pixels at their mean given the known ones.

    Parameters
    ----------
    values : (N, S, S) float32 array
        About 0, S below `TORUS`.
    missing : (N, S, S) bool array
        True where pixels are not known.
    precision : (N or 1, TORUS, TORUS // 2 + 1) array
        The kernel's `rfft2`.
    """
    side = values.shape[-1]
    shape = (TORUS, TORUS)
    known = np.where(missing, 0, values).astype(np.float64)
    spread = fft.irfft2(fft.rfft2(known, s=shape) * precision, s=shape)[:, :side, :side]
    kernel = np.broadcast_to(fft.irfft2(precision, s=shape), (len(values), *shape))
    number, y, x, real = _places(missing)
    matrix = kernel[number[..., None], _apart(y), _apart(x)]
    matrix = np.where(real[:, :, None] & real[:, None], matrix, np.eye(real.shape[1]))
    right = np.where(real, -spread[number, y, x], 0)
    solved = np.linalg.solve(matrix, right[..., None])[..., 0]
    result = values.copy()
    result[number[real], y[real], x[real]] = solved[real]
    return result


def _places(missing: Holes) -> tuple[NDArray[np.intp], ...]:
    """Return frame, row and column of the missing pixels, (N, most), and which are real."""
    count = np.count_nonzero(missing, axis=(1, 2))
    flat = missing.reshape(len(missing), -1)
    first = np.argsort(~flat, axis=1, kind="stable")[:, : count.max(initial=0)]
    y, x = np.divmod(first, missing.shape[-1])
    number = np.broadcast_to(np.arange(len(missing))[:, None], y.shape)
    return number, y, x, np.arange(y.shape[1]) < count[:, None]


def _apart(at: NDArray[np.intp]) -> NDArray[np.intp]:
    return (at[:, :, None] - at[:, None]) % TORUS


def _biharmonic() -> Precision:
    laplacian = np.zeros((TORUS, TORUS))
    laplacian[0, 0] = -4
    laplacian[[0, 0, 1, -1], [1, -1, 0, 0]] = 1
    return np.asarray(np.abs(fft.rfft2(laplacian))[None] ** 2)


BIHARMONIC = _biharmonic()
