"""What can be done to one plane of a mask: plain arrays in, new arrays out, labels kept.

Pixels that become painted take the nearest label; pixels that stay painted keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.masks import fill_holes, grow, remove_specks, shrink, smooth

__all__ = ["COMBINATIONS", "EDITS", "applied", "parsed_labels"]

Plane = NDArray[Any]
Mask = NDArray[np.bool_]


def applied(plane: Plane, found: Mask, how: str, label: int) -> Plane:
    """Return a plane after something new was found for it.

    Parameters
    ----------
    plane : (H, W) integer array
    found : (H, W) bool array
    how : {"replace", "add", "remove"}
    label : int
        What newly painted pixels get.
    """
    if how == "remove":
        return np.where(found, plane.dtype.type(0), plane)
    if how == "add":
        return np.where(found & (plane == 0), plane.dtype.type(label), plane)
    return np.where(found, plane.dtype.type(label), plane.dtype.type(0))


def grown(plane: Plane, pixels: float) -> Plane:
    """Grow every label."""
    return _labelled(plane, grow(plane != 0, pixels))


def inverted(plane: Plane, label: float) -> Plane:
    """Paint what was unpainted, and clear what was painted."""
    return np.where(plane == 0, plane.dtype.type(int(label)), plane.dtype.type(0))


def _labelled(plane: Plane, hole: Mask) -> Plane:
    """Return the labels of a plane where the hole is, the nearest one where it is new."""
    if not plane.any():
        return plane.copy()
    kept = np.where(hole, plane, plane.dtype.type(0))
    if not (new := hole & (plane == 0)).any():
        return kept
    label = plane.max()
    if plane.dtype.kind == "i" or (plane[plane != 0] != label).any():
        nearest = ndimage.distance_transform_edt(
            plane == 0, return_distances=False, return_indices=True
        )
        return np.where(new, plane[tuple(nearest)], kept)
    return np.where(new, label, kept)


# by name: what it does to a plane, given a size in pixels (to invert: the label to paint with)
EDITS: dict[str, Callable[[Plane, float], Plane]] = {
    "grow": grown,
    "shrink": lambda plane, size: _labelled(plane, shrink(plane != 0, size)),
    "smooth": lambda plane, size: _labelled(plane, smooth(plane != 0, size)),
    "fill_holes": lambda plane, size: _labelled(plane, fill_holes(plane != 0)),
    "specks": lambda plane, size: _labelled(plane, remove_specks(plane != 0, int(size))),
    "invert": inverted,
    "clear": lambda plane, size: np.zeros_like(plane),
}

# by name: how a mask and another become one, given the label to paint with
COMBINATIONS: dict[str, Callable[[Plane, Mask, int], Plane]] = {
    "union": lambda plane, other, label: applied(plane, other, "add", label),
    "intersection": lambda plane, other, label: np.where(other, plane, plane.dtype.type(0)),
    "difference": lambda plane, other, label: applied(plane, other, "remove", label),
}


def parsed_labels(text: str) -> list[int]:
    """Read labels such as 1, 3-5.

    Raises
    ------
    ValueError
        If that is not what the text is.
    """
    labels: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        labels += range(int(first), int(last) + 1) if dash else [int(first)]
    return labels
