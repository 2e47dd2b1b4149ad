"""Show a network a reduced picture, and put the detail back into what it filled.

Networks trained on pictures of 256 pixels lose the thread in a hole of 2,000. Reduced, the hole
has a size they know. What they return is enlarged, and detail that the reduction took away from
the known pixels is laid over it: each cell of the hole takes that of the known cell whose
surroundings look most like its own in the reduced picture, fading into the cells around.

The idea of borrowing residuals from similar places is that of contextual residual aggregation:
Z. Yi, Q. Tang, S. Azizi, D. Jang, Z. Xu, CVPR 2020, arXiv 2005.09704, section 3.2. There an
attention weighs them, here the most similar place gives all.
"""

from __future__ import annotations

from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from napari_greyfill.image.colour import luma
from napari_greyfill.inpaint.base import Hole, Plane, pad_to

__all__ = ["SCALES", "enlarged_with_detail", "reduced", "reduction"]

N = TypeVar("N", bound=np.generic)

SCALES = ("auto", "native", "training")
_LARGEST_HOLE = 0.5  # of the side of the pictures a network was trained on
_KNOWN_LEFT = 0.5  # of the known share that a reduction has to leave
_EXAMPLES = 20_000
_REACH = 2  # cells around a cell that are compared


def reduction(hole: Hole, scale: str, training_scale: int | None) -> int:
    """Return by which whole number a window is to be reduced before a network sees it.

    Parameters
    ----------
    hole : (H, W) bool array
    scale : {"auto", "native", "training"}
        "training" brings the window's longer side near that of the training pictures; "auto"
        reduces only if the hole is wider than half of that, and only as far.
    training_scale : int or None
        None if the method does not mind the size.
    """
    if training_scale is None or scale == "native":
        return 1
    if scale == "training":
        wanted = round(max(hole.shape) / training_scale)
    else:
        wanted = int(np.ceil(_width(hole) / (_LARGEST_HOLE * training_scale)))
    return _without_drowning(hole, max(wanted, 1))


def _width(hole: Hole) -> float:
    """Return the diameter of the largest circle in a hole; beyond the border is no hole."""
    inside = ndimage.distance_transform_edt(np.pad(hole, 1))
    return 2 * float(inside.max()) - 1


def _without_drowning(hole: Hole, factor: int) -> int:
    """Lower a factor until enough known cells are left: one hole pixel makes a cell unknown."""
    enough = _KNOWN_LEFT * (1 - hole.mean())
    while factor > 1 and 1 - _any_in_cell(hole, factor).mean() < enough:
        factor -= 1
    return factor


def reduced(plane: Plane, hole: Hole, factor: int) -> tuple[Plane, Hole]:
    """Return a plane and its hole, smaller by a whole number.

    Each new pixel is the mean over a cell of factor x factor pixels; cells with a pixel of the
    hole are hole, and 0.

    Parameters
    ----------
    plane : (H, W) or (H, W, C) float32 array
    hole : (H, W) bool array
    factor : int

    Returns
    -------
    plane : (ceil(H / factor), ceil(W / factor)[, C]) float32 array
    hole : bool array of the same height and width
    """
    full, full_hole = _even(plane, hole, factor)
    small_hole = _any_in_cell(full_hole, factor)
    small = _cells(full, factor).mean(axis=(1, 3))
    small[small_hole] = 0
    return small.astype(np.float32), small_hole


def enlarged_with_detail(small: Plane, plane: Plane, hole: Hole, factor: int) -> Plane:
    """Return a filled reduced plane at full size, with detail in its hole.

    Parameters
    ----------
    small : float32 array as `reduced` returns it, filled
        At least one of its pixels was known.
    plane : (H, W) or (H, W, C) float32 array
        What was reduced.
    hole : (H, W) bool array
    factor : int

    Returns
    -------
    float32 array like `plane`, in [0, 1]
        Only the hole counts.
    """
    full, full_hole = _even(plane, hole, factor)
    base = _enlarged(small, factor)
    small_hole = _any_in_cell(full_hole, factor)
    detail = _cells(full - base, factor).swapaxes(1, 2)  # (h, w, factor, factor[, C])
    detail[small_hole] = 0
    detail[small_hole] = _borrowed(small, small_hole, detail)
    result = base + detail.swapaxes(1, 2).reshape(base.shape)
    height, width = hole.shape
    return np.clip(result[:height, :width], 0, 1).astype(np.float32)


def _borrowed(small: Plane, hole: Hole, detail: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return detail for the cells of the hole: of the known cells that are most alike.

    What a cell takes over reaches into the cells around it, where it fades out, so that no
    edges of cells show.
    """
    factor = detail.shape[2]
    source = _most_alike(small, hole)
    rows, columns = np.nonzero(hole)
    total = np.zeros((rows.size, *detail.shape[2:]), dtype=np.float32)
    weights = np.zeros((rows.size, factor, factor), dtype=np.float32)
    window = np.hanning(3 * factor + 2)[1:-1].astype(np.float32)
    inner = np.pad(hole, 1)
    last_row, last_column = hole.shape[0] - 1, hole.shape[1] - 1
    for down, right in product((-1, 0, 1), repeat=2):
        takes = inner[rows + down + 1, columns + right + 1]
        # how the cell there sees this one
        part_rows = window[(1 - down) * factor : (2 - down) * factor]
        part_columns = window[(1 - right) * factor : (2 - right) * factor]
        weight = np.outer(part_rows, part_columns)
        y, x = source[:, rows[takes] + down, columns[takes] + right]
        own = detail[np.clip(y - down, 0, last_row), np.clip(x - right, 0, last_column)]
        total[takes] += own * weight.reshape(factor, factor, *(1,) * (own.ndim - 3))
        weights[takes] += weight
    return np.asarray(total / weights.reshape(*weights.shape, *(1,) * (total.ndim - 3)))


def _most_alike(small: Plane, hole: Hole) -> NDArray[np.intp]:
    """Return row and column, (2, h, w), of the known cell most like each cell of the hole.

    The cells around a known one are known too, unless there are no such cells.
    """
    inside = ndimage.binary_erosion(~hole)
    examples = np.flatnonzero(inside if inside.any() else ~hole)
    if examples.size > _EXAMPLES:  # evenly spread
        examples = examples[np.linspace(0, examples.size - 1, _EXAMPLES).astype(int)]
    features = _surroundings(small)
    found = cKDTree(features[examples]).query(features[hole.ravel()])[1]
    source = np.zeros((2, *hole.shape), dtype=np.intp)
    source[:, hole] = np.unravel_index(examples[found], hole.shape)
    return source


def _surroundings(small: Plane) -> NDArray[np.float32]:
    """Return what is around each cell, (cells, features), in as few numbers as tell most of it."""
    grey = luma(small) if small.ndim == 3 else small
    side = 2 * _REACH + 1
    patches = np.lib.stride_tricks.sliding_window_view(
        np.pad(grey, _REACH, mode="reflect" if min(grey.shape) > _REACH else "edge"), (side, side)
    ).reshape(grey.size, -1)
    centred = patches - patches.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ vectors[:, -8:], dtype=np.float32)


def _enlarged(small: Plane, factor: int) -> Plane:
    zoom = (factor, factor) + (1,) * (small.ndim - 2)
    large = ndimage.zoom(small, zoom, order=3, mode="nearest", grid_mode=True)
    return np.asarray(large, dtype=np.float32)


def _even(plane: Plane, hole: Hole, factor: int) -> tuple[Plane, Hole]:
    """Mirror the last rows and columns until the size is a multiple of the factor."""
    size = tuple(-(-side // factor) * factor for side in hole.shape)
    return pad_to(plane, hole, size)


def _any_in_cell(hole: Hole, factor: int) -> Hole:
    return np.asarray(_cells(hole, factor).any(axis=(1, 3)), dtype=np.bool_)


def _cells(array: NDArray[N], factor: int) -> NDArray[N]:
    """Return an array (H, W, ...) as (H / factor, factor, W / factor, factor, ...)."""
    height, width = (side // factor for side in array.shape[:2])
    cut = array[: height * factor, : width * factor]
    return cut.reshape(height, factor, width, factor, *array.shape[2:])
