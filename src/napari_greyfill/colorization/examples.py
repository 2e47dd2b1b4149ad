"""What colour similar places of the same picture have: example experts.

Every place of the hole looks for the places of the known region whose grey looks most like
its own (value, neighbourhood at several scales, contrast, position) and guesses the weighted
mean of their chroma. Experts differ in how much the position counts. Where the colours that
the examples have, or the experts, disagree, the variance says so. All of it happens at half
the resolution. The idea is that of T. Welsh, M. Ashikhmin, K. Mueller, "Transferring Color to
Greyscale Images", ACM Trans. Graph. 21(3), 2002, doi 10.1145/566654.566576, with the picture
as its own example.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.colour import chroma
from napari_greyfill.resample import halved

__all__ = ["Prior", "example_prior"]

POSITION_WEIGHTS = (1.5, 4.0)  # one expert for each
EXAMPLES = 10
REFERENCES = 12_000
TEMPERATURE = 0.2  # of the weights, in units of the mean squared distance of the examples
_BLURS = (1.0, 2.0, 4.0, 8.0, 16.0)
_CONTRASTS = (2.0, 6.0)
_CHUNK = 8_000  # places looked up at a time, a fraction of a second
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Prior:
    """What the examples say, at half the resolution.

    Attributes
    ----------
    chroma : (h, w, 2) float32 array
        The guess in the hole, the known chroma elsewhere.
    variance : (h, w) float32 array
        Of the chroma guessed in the hole, 0 elsewhere.
    """

    chroma: Plane
    variance: Plane


def example_prior(
    colour: Plane, grey: Plane, hole: Hole, seed: int
) -> Generator[float, None, Prior]:
    """Yield finished fractions, and return what similar known places say about the hole.

    Parameters
    ----------
    colour : (H, W, 3) float32 array in [0, 1]
        Meaningless in the hole.
    grey : (H, W) float32 array in [0, 1]
    hole : (H, W) bool array
        At least one pixel is known.
    seed : int
        Decides which known places are examples where there are more than `REFERENCES`.
    """
    known, unknown = halved(chroma(colour), ~hole)
    unsure, _ = halved(hole.astype(np.float32), np.ones_like(hole))
    small, _ = halved(grey, np.ones_like(hole))
    wanted = np.flatnonzero(unsure)
    references = _drawn(np.flatnonzero(~unknown), seed)
    colours = known.reshape(-1, 2)[references]
    own, others = yield from _features(small, wanted, references)
    guesses, spreads = [], []
    for expert, weight in enumerate(POSITION_WEIGHTS):
        scale = np.ones(own.shape[1], np.float32)
        scale[-2:] = weight
        tree = cKDTree(others * scale)
        found = []
        for start in range(0, len(wanted), _CHUNK):
            found.append(_looked_up(tree, own[start : start + _CHUNK] * scale, colours))
            done = expert + min(1.0, (start + _CHUNK) / len(wanted))
            yield 0.1 + 0.9 * done / len(POSITION_WEIGHTS)
        guesses.append(np.concatenate([guess for guess, _ in found]))
        spreads.append(np.concatenate([spread for _, spread in found]))
    mean = np.mean(guesses, axis=0)
    disagreement = np.mean([((guess - mean) ** 2).sum(axis=-1) for guess in guesses], axis=0)
    return _spread_out(known, wanted, mean, np.mean(spreads, axis=0) + disagreement)


def _drawn(places: Indices, seed: int) -> Indices:
    if len(places) <= REFERENCES:
        return places
    return np.sort(np.random.default_rng(seed).choice(places, REFERENCES, replace=False))


def _features(
    grey: Plane, wanted: Indices, references: Indices
) -> Generator[float, None, tuple[Plane, Plane]]:
    """Return the features of the wanted places and of the references, a row for each."""
    both = np.concatenate([wanted, references])
    columns = []
    for plane in _feature_planes(grey):
        scale = float(plane.std())
        centred = plane.ravel()[both] - plane.mean()
        columns.append(centred / scale if scale > 1e-6 else np.zeros_like(centred))
        yield 0.1 * len(columns) / (len(_BLURS) + len(_CONTRASTS) + 3)
    joined = np.stack(columns, axis=-1)
    return joined[: len(wanted)], joined[len(wanted) :]


def _feature_planes(grey: Plane) -> Iterator[Plane]:
    """Yield value, blurs, local standard deviations, row and column."""
    yield grey
    for sigma in _BLURS:
        yield ndimage.gaussian_filter(grey, sigma, mode="mirror")
    for sigma in _CONTRASTS:
        mean = ndimage.gaussian_filter(grey, sigma, mode="mirror")
        square = ndimage.gaussian_filter(grey * grey, sigma, mode="mirror")
        yield np.sqrt(np.maximum(square - mean * mean, 0.0))
    rows, columns = np.indices(grey.shape, dtype=np.float32)
    yield rows
    yield columns


def _looked_up(tree: cKDTree, features: Plane, colours: Plane) -> tuple[Plane, Plane]:
    """Return the mean chroma of each place's examples, and their variance around it."""
    nearest = np.arange(1, min(EXAMPLES, len(colours)) + 1)
    distance, index = tree.query(features, k=nearest)
    square = distance**2
    scale = TEMPERATURE * square.mean(axis=1, keepdims=True) + 1e-6
    weight = np.exp((square[:, :1] - square) / scale).astype(np.float32)
    weight /= weight.sum(axis=1, keepdims=True)
    examples = colours[index]
    mean = (weight[..., None] * examples).sum(axis=1)
    deviation = ((examples - mean[:, None]) ** 2).sum(axis=-1)
    return mean, (weight * deviation).sum(axis=1)


def _spread_out(known: Plane, wanted: Indices, mean: Plane, variance: Plane) -> Prior:
    """Return planes from the values of the wanted places."""
    guess = known.copy()
    guess.reshape(-1, 2)[wanted] = mean
    planes = np.zeros(known.shape[:2], np.float32)
    planes.ravel()[wanted] = variance
    return Prior(guess, planes)
