"""Measures of a fill beyond those of the package: does it look like the truth?"""

import numpy as np
from scipy import ndimage

import napari_greyfill

CAP = 45.0  # dB; beyond, nobody sees a difference and medians of gains would
SIMILAR = 170.0  # the constant of GMSD for 8 bits
EDGES = (0, 1, 2, 4, 8, 16, 32, 64, np.inf)  # grey levels a pixel


def judged(filled: np.ndarray, truth: np.ndarray, hole: np.ndarray) -> dict[str, float]:
    """Return all measures of a filled 8-bit grey picture."""
    own = napari_greyfill.metrics(filled, truth, hole)
    return {
        "psnr": min(own["hole_psnr"], CAP),
        "ssim": own["hole_ssim"],
        "gmsd": gmsd(filled, truth),
        "gradients": gradient_distance(filled, truth, hole),
    }


def gmsd(first: np.ndarray, second: np.ndarray) -> float:
    """Return the gradient magnitude similarity deviation of 8-bit grey pictures; 0 if equal.

    W. Xue, L. Zhang, X. Mou, A. C. Bovik, "Gradient Magnitude Similarity Deviation", IEEE
    Trans. Image Process. 23(2), 2014, equations 1 to 5: pictures averaged over 2 x 2 pixels and
    thinned by two, Prewitt gradients.
    """
    a, b = (_prewitt(_halved(picture.astype(np.float64))) for picture in (first, second))
    return float(np.std((2 * a * b + SIMILAR) / (a**2 + b**2 + SIMILAR)))


def gradient_distance(filled: np.ndarray, truth: np.ndarray, hole: np.ndarray) -> float:
    """Return how different the slopes in the hole are: 0 (the same histogram) to 1.

    Half the sum of absolute differences between the normalised histograms of gradient
    magnitudes (central differences) over bins that double in width: a smear has too few steep
    pixels, noise too many, whatever their places.
    """
    first, second = (_histogram(picture, hole) for picture in (filled, truth))
    return float(np.abs(first - second).sum() / 2)


def _histogram(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    magnitude = np.hypot(*np.gradient(picture.astype(np.float64)))[hole]
    return np.histogram(magnitude, EDGES)[0] / magnitude.size


def _halved(picture: np.ndarray) -> np.ndarray:
    return ndimage.uniform_filter(picture, 2, mode="nearest", origin=-1)[::2, ::2]


def _prewitt(picture: np.ndarray) -> np.ndarray:
    rows, columns = (ndimage.prewitt(picture, axis, mode="nearest") / 3 for axis in (0, 1))
    return np.hypot(rows, columns)
