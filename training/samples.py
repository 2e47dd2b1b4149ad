"""A sample to learn from: a scene, a hole in it, and the fills the network sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.inpaint.correction.features import features, spread
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.selective import FrequencySelective
from napari_greyfill.inpaint.spectral import Spectral
from training import holes, photographs, pictures, scenes

__all__ = ["sample"]

LARGE = 0.6  # share of the larger photographs among the real pictures


def sample(
    side: int, seed: tuple[int, int], real: float, larger: Path | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the features, (C, side, side), and what to add to the spectral fill, (1, side, side).

    Parameters
    ----------
    side : int
        Of the scene, in pixels; a multiple of 8.
    seed : pair of int
        The same pair gives the same sample.
    real : float
        The share of photographs.
    larger : path, optional
        A folder with the photographs of `training.photographs`; without it there are only those
        of `training.pictures`.
    """
    rng = np.random.default_rng(seed)
    grey = _real(side, rng, larger) if rng.random() < real else scenes.scene(side, rng)
    hole = holes.hole(side, rng)
    given = np.where(hole, np.float32(0), grey)
    spectral, biharmonic, selective = (
        method().fill(given, hole) for method in (Spectral, Biharmonic, FrequencySelective)
    )
    _, deviation = spread(spectral, hole)
    target = np.clip((grey - spectral) / deviation, -8, 8)
    return features(spectral, biharmonic, selective, hole), np.asarray(
        target[None], dtype=np.float32
    )


def _real(side: int, rng: np.random.Generator, larger: Path | None) -> NDArray[np.float32]:
    if larger is not None and rng.random() < LARGE:
        return photographs.crop(larger, side, rng)
    return pictures.crop(side, rng)
