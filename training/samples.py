"""Samples to learn from: a scene, a hole in it, and the two fills the network corrects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.correction.features import features, spread
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.spectral import Spectral
from training import holes, pictures, scenes

__all__ = ["Samples", "sample", "samples"]


@dataclass(frozen=True)
class Samples:
    """Features (N, C, H, W) and what to add to the spectral fill, (N, 1, H, W), float16."""

    features: NDArray[np.float16]
    targets: NDArray[np.float16]


def sample(
    side: int, seed: tuple[int, int], real: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the features and the target of one sample; `real` is the share of photographs."""
    rng = np.random.default_rng(seed)
    grey = pictures.crop(side, rng) if rng.random() < real else scenes.scene(side, rng)
    hole = holes.hole(side, rng)
    given = np.where(hole, np.float32(0), grey)
    spectral, biharmonic = Spectral().fill(given, hole), Biharmonic().fill(given, hole)
    _, deviation = spread(spectral, hole)
    target = np.clip((grey - spectral) / deviation, -8, 8)
    return features(spectral, biharmonic, hole), target[None]


def samples(count: int, side: int, seed: int, real: float = 0.5) -> Iterator[Samples]:
    """Yield samples in pieces of up to 64; the same seed gives the same samples."""
    for start in range(0, count, 64):
        pairs = [sample(side, (seed, i), real) for i in range(start, min(start + 64, count))]
        seen, wanted = (np.stack(part).astype(np.float16) for part in zip(*pairs, strict=True))
        yield Samples(seen, wanted)
