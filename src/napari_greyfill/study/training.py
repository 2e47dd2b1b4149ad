"""What the networks of a study were trained for, and what in the study is foreign to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.registry import MethodInfo, Training
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.weights.catalogue import PURPOSES

__all__ = ["by_purpose", "foreign_to", "shape_of_hole", "shapes_of_kind"]

_SHAPES = {"box": "box", "centre": "middle"}  # of random masks; the others are irregular
_NAMES = {
    "strokes": "strokes and other irregular shapes",
    "box": "boxes",
    "middle": "a box in the middle",
}
_FOREIGN = 2.0  # times as large or as small as in training
_FULL = 0.95  # of its bounding box: a rectangle, but for its rim
_MIDDLE = 0.05  # of the picture's sides, from the middle


def by_purpose(methods: Iterable[str]) -> dict[str, list[MethodInfo]]:
    """Return the networks among methods by what they were trained for.

    Those that are not known any more, as weights that were removed, are left out.
    """
    known = {info.name: info for info in INPAINTERS.infos()}
    found: dict[str, list[MethodInfo]] = {purpose: [] for purpose in PURPOSES.values()}
    for name in dict.fromkeys(methods):
        info = known.get(name)
        if info is not None and info.training is not None:
            found.setdefault(info.training.purpose, []).append(info)
    return {purpose: infos for purpose, infos in found.items() if infos}


def shapes_of_kind(kind: str) -> set[str]:
    """Return the shapes, as in `Training`, of random masks of a kind."""
    return {_SHAPES.get(kind, "strokes")}


def shape_of_hole(hole: NDArray[np.bool_]) -> str:
    """Return which shape, as in `Training`, a hole has.

    Parameters
    ----------
    hole : (H, W) bool array
        Not empty.
    """
    lines = [np.flatnonzero(hole.any(axis=axis)) for axis in (1, 0)]
    (top, bottom), (left, right) = ((line[0], line[-1] + 1) for line in lines)
    if np.count_nonzero(hole) < _FULL * (bottom - top) * (right - left):
        return "strokes"
    centres = ((top + bottom) / 2, (left + right) / 2)
    off = (abs(at / side - 0.5) for at, side in zip(centres, hole.shape, strict=True))
    return "middle" if max(off) <= _MIDDLE else "box"


def foreign_to(
    training: Training, shapes: Collection[str], sizes: Collection[tuple[int, int]]
) -> list[str]:
    """Return what is foreign to a network in a study, as sentences.

    Parameters
    ----------
    training : Training
        What the network was trained on.
    shapes : collection of str
        The shapes of the study's holes.
    sizes : collection of (int, int)
        Heights and widths of its pictures, in pixels.
    """
    known = set(training.shapes)
    known |= {"middle"} if "box" in known else set()  # boxes anywhere are there as well
    notes = []
    unknown = [_NAMES[shape] for shape in _NAMES if shape in shapes and shape not in known]
    if known and unknown:
        notes.append(f"It was trained on {training.masks}, not on {' or '.join(unknown)}.")
    far = [size for size in sizes if not _is_near(size, training.size)]
    if far:
        which = "all pictures" if len(far) == len(sizes) else "some pictures"
        notes.append(
            f"It was trained on {training.size} × {training.size} pixels; {which} here are more "
            f"than {_FOREIGN:.0f} times as large or as small, as {far[0][0]} × {far[0][1]}."
        )
    return notes


def _is_near(size: tuple[int, int], trained: int) -> bool:
    return trained / _FOREIGN <= min(size) and max(size) <= trained * _FOREIGN
