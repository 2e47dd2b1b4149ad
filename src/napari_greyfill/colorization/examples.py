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
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from napari_greyfill.colorization.base import Hole, Plane
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.colour import chroma
from napari_greyfill.image.resample import halved

__all__ = ["Prior", "example_prior"]

POSITION_WEIGHTS = (1.5, 4.0)  # one expert for each
EXAMPLES = 10
REFERENCES = 12_000
TEMPERATURE = 0.2  # of the weights, in units of the mean squared distance of the examples
TYPICAL = 1e-4  # error to expect of examples that agree, as a variance of the chroma
STRANGE = 0.3  # squared distance to the examples that doubles the error to expect
_SHARED = 0.7  # share of the expected error that is that of the neighbourhood,
_AROUND = 12.0  # with a Gaussian of this many pixels
_BLURS = (1.0, 2.0, 4.0, 8.0, 16.0)
_CONTRASTS = (2.0, 6.0)
_INEXACT = 0.3  # the nearest references are found up to this factor in distance
_CHUNK = 8_000  # places looked up at a time, a fraction of a second
Indices = NDArray[np.intp]
Answer = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, eq=False)
class Prior:
    """What the examples say, at half the resolution.

    Attributes
    ----------
    chroma : (h, w, 2) float32 array
        The guess in the hole, the known chroma elsewhere.
    variance : (h, w) float32 array
        The squared error to expect of the guess in the hole, 0 elsewhere.
    """

    chroma: Plane
    variance: Plane


def example_prior(
    colour: Plane, grey: Plane, hole: Hole, compute: Compute
) -> Generator[float, None, Prior]:
    """Yield finished fractions, and return what similar known places say about the hole.

    Parameters
    ----------
    colour : (H, W, 3) float32 array in [0, 1]
        Meaningless in the hole.
    grey : (H, W) float32 array in [0, 1]
    hole : (H, W) bool array
        At least one pixel is known.
    compute : Compute
        Its seed decides which known places are examples where there are more than
        `REFERENCES`; on CUDA, torch finds the nearest.
    """
    known, unknown = halved(chroma(colour), ~hole)
    unsure, _ = halved(hole.astype(np.float32), np.ones_like(hole))
    small, _ = halved(grey, np.ones_like(hole))
    wanted = np.flatnonzero(unsure)
    references = _drawn(np.flatnonzero(~unknown), compute.seed)
    colours = known.reshape(-1, 2)[references]
    own, others = yield from scaled(_features(small, wanted, references), 0.0, 0.1)
    answers = []
    for number, weight in enumerate(POSITION_WEIGHTS):
        expert = _Expert(others, colours, weight, compute)
        part = 0.9 / len(POSITION_WEIGHTS)
        start = 0.1 + part * number
        answers.append((yield from scaled(expert.asked(own), start, start + part)))
    guesses, spreads, distances = (np.stack(one) for one in zip(*answers, strict=True))
    mean = guesses.mean(axis=0)
    disagreement = ((guesses - mean) ** 2).sum(axis=-1).mean(axis=0)
    variance = TYPICAL + spreads.mean(axis=0) + disagreement
    variance *= 1 + distances.mean(axis=0) / STRANGE
    return _spread_out(known, wanted, mean, variance)


class _Search(Protocol):
    def nearest(self, features: Plane, count: int) -> tuple[Plane, Indices]:
        """Return squared distances and indices, (m, count) each, the nearest first."""


class _Tree:
    """Finds the nearest of (n, F) features with a k-d tree."""

    def __init__(self, features: Plane) -> None:
        self._tree = cKDTree(features, leafsize=32)

    def nearest(self, features: Plane, count: int) -> tuple[Plane, Indices]:
        ranks = np.arange(1, count + 1)
        distance, index = self._tree.query(features, k=ranks, eps=_INEXACT)
        return distance**2, index


def _search(features: Plane, compute: Compute) -> _Search:
    if not compute.in_torch:
        return _Tree(features)
    from napari_greyfill.colorization.accelerated import Neighbours

    return Neighbours(features, compute.device)


class _Expert:
    """Finds the references that look most like a place, and knows their colours.

    Parameters
    ----------
    features : (n, F) float32 array
        Of the references; the last two are row and column.
    colours : (n, 2) float32 array
        Their chroma.
    position : float
        How much the position counts.
    compute : Compute
        Where to search.
    """

    def __init__(self, features: Plane, colours: Plane, position: float, compute: Compute) -> None:
        self._features, self._colours = features, colours
        scale = np.ones(features.shape[1], np.float32)
        scale[-2:] = position
        # along their principal axes the features are several times quicker to search
        _, axes = np.linalg.eigh(np.cov(features.T * scale[:, None], bias=True))
        self._axes = scale[:, None] * axes.astype(np.float32)
        self._search = _search(features @ self._axes, compute)
        self._count = min(EXAMPLES, len(colours))

    def asked(self, features: Plane) -> Generator[float, None, Answer]:
        """Yield finished fractions, and return the answers for (m, F) features."""
        answers = []
        for start in range(0, len(features), _CHUNK):
            answers.append(self._answer(features[start : start + _CHUNK]))
            yield min(1.0, (start + _CHUNK) / len(features))
        guesses, spreads, distances = (np.concatenate(one) for one in zip(*answers, strict=True))
        return guesses, spreads, distances

    def _answer(self, features: Plane) -> Answer:
        """Return mean chroma of the examples, variance around it, squared distance to them.

        The distance is that of the features without the position.
        """
        square, index = self._search.nearest(features @ self._axes, self._count)
        scale = TEMPERATURE * square.mean(axis=1, keepdims=True) + 1e-6
        weight = np.exp((square[:, :1] - square) / scale).astype(np.float32)
        weight /= weight.sum(axis=1, keepdims=True)
        examples = self._colours[index]
        guess = (weight[..., None] * examples).sum(axis=1)
        deviation = ((examples - guess[:, None]) ** 2).sum(axis=-1)
        difference = self._features[index, :-2] - features[:, None, :-2]
        likeness = (difference**2).sum(axis=-1)
        return guess, (weight * deviation).sum(axis=1), (weight * likeness).sum(axis=1)


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
        yield len(columns) / (len(_BLURS) + len(_CONTRASTS) + 3)
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
    place: Plane = np.indices(grey.shape).astype(np.float32)
    yield from (place[0], place[1])


def _spread_out(known: Plane, wanted: Indices, mean: Plane, variance: Plane) -> Prior:
    """Return planes from the values of the wanted places."""
    guess = known.copy()
    guess.reshape(-1, 2)[wanted] = mean
    planes = np.zeros(known.shape[:2], np.float32)
    planes.ravel()[wanted] = variance
    asked = np.zeros_like(planes)
    asked.ravel()[wanted] = 1.0
    return Prior(guess, _with_neighbours(planes, asked))


def _with_neighbours(variance: Plane, asked: Plane) -> Plane:
    """Return the variance mixed with that typical around it, within the places asked about.

    A few places that are sure amid many that are not have found examples that look alike by
    chance; their colour would flow to all the others. Typical is the geometric mean: places
    that are sure beside a few that are not, as along an edge, stay sure.
    """
    logarithm = np.where(asked > 0, np.log(np.maximum(variance, TYPICAL)), 0.0)
    total, count = (
        ndimage.gaussian_filter(plane, _AROUND, mode="constant") for plane in (logarithm, asked)
    )
    around = np.exp(np.divide(total, count, out=np.zeros_like(total), where=asked > 0)) * asked
    return np.asarray((1 - _SHARED) * variance + _SHARED * around, dtype=np.float32)
