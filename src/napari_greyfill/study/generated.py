"""Masks for pictures that come without one."""

from __future__ import annotations

from importlib import import_module
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadParameter

__all__ = ["generated_mask"]


def generated_mask(
    shape: tuple[int, int], kind: str, *, share: float, seed: int
) -> NDArray[np.bool_]:
    """Return a mask of a kind that covers about a share of the picture.

    Parameters
    ----------
    shape : (int, int)
    kind : str
    share : float
        Between 0 and 1.
    seed : int
        The same seed gives the same mask.
    """
    random_mask = getattr(import_module("napari_greyfill.masks"), "random_mask", None)
    if random_mask is not None:
        return np.asarray(random_mask(shape, kind, share=share, seed=seed), dtype=bool)
    return _rectangle(shape, kind, share, np.random.default_rng(seed))


def _rectangle(
    shape: tuple[int, int], kind: str, share: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    if kind not in ("centre", "box"):
        raise BadParameter(f"There is no kind of mask {kind!r}; choose one of: centre, box.")
    sides = [max(1, min(side - 1, round(side * sqrt(share)))) for side in shape]
    room = [side - inner for side, inner in zip(shape, sides, strict=True)]
    y, x = (r // 2 for r in room) if kind == "centre" else (int(rng.integers(r + 1)) for r in room)
    mask = np.zeros(shape, dtype=bool)
    mask[y : y + sides[0], x : x + sides[1]] = True
    return mask
