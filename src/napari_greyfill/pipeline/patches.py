"""Finished pieces of a fill, and what both stages do with them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import UnusableFillError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.regions import Region

__all__ = [
    "Hole",
    "PatchIndex",
    "Patches",
    "Plane",
    "own_core",
    "require_finite",
    "with_patches",
]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
Patches = tuple[Patch, ...]


class PatchIndex:
    """Finds the patches that meet a window, among thousands."""

    def __init__(self, patches: Iterable[Patch]) -> None:
        self.patches: Patches = tuple(patches)
        windows = [patch.window for patch in self.patches]
        self._boxes = np.array([(w.y0, w.y1, w.x0, w.x1) for w in windows]).reshape(-1, 4).T

    def meeting(self, window: Window) -> Patches:
        """Return the patches that share pixels with a window, in their order."""
        y0, y1, x0, x1 = self._boxes
        meets = (y0 < window.y1) & (y1 > window.y0) & (x0 < window.x1) & (x1 > window.x0)
        return tuple(self.patches[index] for index in np.flatnonzero(meets))


def with_patches(plane: Plane, picture: Picture, window: Window, patches: Patches) -> Hole:
    """Paste finished patches into a window's plane; return what is left that is no source.

    Parameters
    ----------
    plane : (h, w) or (h, w, 3) float32 array
        The window of the picture, written to.
    picture : Picture
        Knows the hole, and what is no source.
    window : Window
        Where the plane lies.
    patches : sequence of Patch
        What is filled already.
    """
    left = picture.hole[window.slices].copy()
    for patch in patches:
        common = window.intersection(patch.window)
        if common is None:
            continue
        here, there = common.within(window), common.within(patch.window)
        inside = left[here]
        plane[here][inside] = patch.planes[there][inside]
        left[here] = False
    return left if picture.unknown is None else left | picture.unknown[window.slices]


def require_finite(filled: Plane, hole: Hole, method: MethodInfo | None, origin: str) -> None:
    """Refuse a fill that is not made of numbers; nothing could be made of it later.

    Parameters
    ----------
    filled : (H, W) or (H, W, 3) float array
        What a method returned, at least as large as the hole.
    hole : (H, W) bool array
        Where the values must be numbers.
    method : MethodInfo or None
        The method.
    origin : str
        The files its weights come from; empty without any.

    Raises
    ------
    UnusableFillError
    """
    height, width = hole.shape
    if np.isfinite(filled[:height, :width][hole]).all():
        return
    title = "The method" if method is None else method.title
    if origin:
        raise UnusableFillError(
            f"{title} computed values that are no numbers with the weights in {origin}, so "
            "nothing was filled; get the weights again or choose another method."
        )
    raise UnusableFillError(
        f"{title} computed values that are no numbers, so nothing was filled; choose another "
        "method."
    )


def own_core(region: Region, filled: Plane, plane: Plane, hole: Hole) -> Patch:
    """Return the core of a filled window: the fill in the hole, the given plane elsewhere.

    Parameters
    ----------
    region : Region
        The window and its core.
    filled, plane : (h, w) or (h, w, 3) array
        The window, filled and as it was given; what is filled may be padded.
    hole : (h, w) bool array
        True where the fill counts.
    """
    core = region.core.within(region.window)
    inside = hole[core] if plane.ndim == 2 else hole[core][..., None]
    height, width = hole.shape
    planes = np.where(inside, filled[:height, :width][core], plane[core])
    return Patch(region.core, planes.astype(np.float32))
