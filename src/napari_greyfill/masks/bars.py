"""Find the data bar of an electron microscope: a strip of plain ground with text at an edge."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import choice_of
from napari_greyfill.masks.tones import Tones

__all__ = ["EDGES", "Edge", "bar"]

Edge = Literal["any", "bottom", "top", "left", "right"]
EDGES = ("any", "bottom", "top", "left", "right")
Mask = NDArray[np.bool_]
Plane = NDArray[np.float32]
_SAME = 0.04  # of the range: what compression leaves of one value
_PLAIN = 0.9  # share of a row that is ground, or one line, where there is no text
_WITH_TEXT = 0.3  # share of a row that is ground where there is text
_THINNEST = 5  # rows
_TURNS = {"top": 0, "right": 1, "bottom": 2, "left": 3}


def bar(image: ArrayLike | Tones, edge: Edge = "any", reach: float = 0.3) -> Mask:
    """Find a strip of plain ground with something written on it, as a whole.

    It lies along the whole of an edge. Each of its rows is ground, a drawn line, or text on
    ground; it begins and ends with rows without text.

    Parameters
    ----------
    image : array or Tones
        The picture to look at.
    edge : {"any", "bottom", "top", "left", "right"}
        Where to look.
    reach : float
        How far a strip extends at most, as a share of the picture's side.
    """
    tones = image if isinstance(image, Tones) else Tones.of(image)
    choice_of("edge", edge, EDGES)
    luma = np.where(tones.invalid, np.float32(np.nan), tones.luma)
    found = np.zeros(luma.shape, dtype=bool)
    for name, turns in _TURNS.items():
        if edge in ("any", name):
            # turned so that the edge is at the top
            rows = _thickness(np.rot90(luma, turns), reach)
            np.rot90(found, turns)[:rows] = True
    return found


def _thickness(luma: Plane, reach: float) -> int:
    """Return how many rows from the top are a strip; 0 if there is none."""
    most = int(luma.shape[0] * reach)
    rows = luma[: most + 1]
    if most < _THINNEST or not np.isfinite(rows[0]).any():
        return 0
    ground = float(np.nanmedian(rows[:2]))
    on_ground = np.abs(rows - ground) <= _SAME
    share = on_ground.mean(axis=1)
    line = (np.nanmax(np.abs(rows - rows[:, :1]), axis=1) <= _SAME) if _all_known(rows) else None
    plain = share >= _PLAIN if line is None else (share >= _PLAIN) | line
    belongs = plain | (share >= _WITH_TEXT)
    run = int(np.argmin(belongs)) if not belongs.all() else len(belongs)
    if run > most:  # it does not end: the picture itself is that plain
        return 0
    ends = np.flatnonzero(plain[:run])
    thickness = int(ends[-1]) + 1 if ends.size else 0
    written = (~on_ground[:thickness] & ~plain[:thickness, None]).any()
    return thickness if thickness >= _THINNEST and plain[0] and written else 0


def _all_known(rows: Plane) -> bool:
    return bool(np.isfinite(rows).all())
