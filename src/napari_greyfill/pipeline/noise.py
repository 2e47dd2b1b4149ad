"""Noise like that of the surroundings, added to a fill that has none."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch
from napari_greyfill.image.regions import CONTEXT
from napari_greyfill.inpaint.noise import Noise
from napari_greyfill.pipeline.job import FillJob

__all__ = ["with_noise"]

COPIED = "This method copies the noise with everything else, so no noise was added."
UNKNOWN = "Too little is known around the hole to tell its noise, so no noise was added."
TILE = 192  # pixels a side of what is looked at, at least
SMALL = 48  # pixels a side; patches up to here share what is looked at


def with_noise(job: FillJob, patches: tuple[Patch, ...]) -> tuple[Patch, ...]:
    """Return patches with noise, if the options ask for it; say so in the job's notes.

    Parameters
    ----------
    job : FillJob
        What is filled, and how.
    patches : tuple of Patch
        The fill, in grey or in colour.
    """
    if job.options.noise == "none":
        return patches
    if job.method.in_colour:
        job.notes.append(COPIED)
        return patches
    seen: dict[Window, _Known] = {}
    made, squares = [], []
    for patch in patches:
        window = _looked_at(patch.window, job.picture.whole)
        if window not in seen:
            seen[window] = _known(job, window)
        noise = _noise_for(job, patch, seen[window])
        if noise is None:
            made.append(patch)
            continue
        hole = job.picture.hole[patch.window.slices]
        inside = hole if patch.planes.ndim == 2 else hole[..., None]
        made.append(Patch(patch.window, np.where(inside, patch.planes + noise, patch.planes)))
        squares.append(np.square(noise[hole], dtype=np.float64).ravel())
    if squares:
        size = float(np.sqrt(np.mean(np.concatenate(squares)))) * job.picture.values.width
        amount = f"{size:.2g}"
        job.notes.append(
            f"Noise like that of the surroundings, of deviation {amount}, was added to the fill; "
            "measure on a fill without it."
        )
    else:
        job.notes.append(UNKNOWN)
    return tuple(made)


@dataclass(frozen=True)
class _Known:
    """What a part of a picture says about its noise.

    Attributes
    ----------
    noise : Noise or None
        None if too little is known.
    low, high : float
        The range of the known values.
    number : int
        The part's own, so that planes of a stack and parts of a picture differ.
    """

    noise: Noise | None
    low: float
    high: float
    number: int


def _looked_at(own: Window, whole: Window) -> Window:
    """Return the part of a picture to be measured for a patch; small patches share theirs."""
    shape = whole.shape
    if max(own.shape) > SMALL:
        return own.expanded(max(CONTEXT, *((TILE - side) // 2 for side in own.shape)), shape)
    y, x = own.y0 // TILE * TILE, own.x0 // TILE * TILE
    return Window(y, y + TILE, x, x + TILE).expanded(SMALL, shape)


def _known(job: FillJob, window: Window) -> _Known:
    planes, missing = job.picture.planes(window), job.picture.missing(window)
    values = planes[~missing]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    number = zlib.crc32(np.ascontiguousarray(planes).tobytes())
    rounded = job.picture.original.dtype.kind in "iu"
    step = 1 / job.picture.values.width if rounded else 0.0
    return _Known(Noise.measured(planes, missing, step), low, high, number)


def _noise_for(job: FillJob, patch: Patch, known: _Known) -> NDArray[np.float32] | None:
    """Return noise for a patch; the same seed and the same picture give the same."""
    if known.noise is None:
        return None
    filled = np.clip(patch.planes, known.low, known.high)
    seed = [job.options.seed, known.number, patch.window.y0, patch.window.x0]
    return known.noise.like(filled, np.random.default_rng(seed))
