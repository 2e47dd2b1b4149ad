"""Rectangles of pixels, and finding them: nothing here knows about images.

`Window` is a rectangle of an image; `group_boxes` finds the rectangles that hold the painted
pixels of a mask, at a cost that hardly grows with the empty part of the image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Window", "group_boxes", "group_masks", "tight_box"]

_BLOCK = 32


@dataclass(frozen=True, order=True)
class Window:
    """Rows ``y0 <= y < y1`` and columns ``x0 <= x < x1`` of an image."""

    y0: int
    y1: int
    x0: int
    x1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return the slices that cut the window out of an (H, W, ...) array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def shape(self) -> tuple[int, int]:
        """Return (height, width) in pixels."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def area(self) -> int:
        """Return the number of pixels."""
        return self.shape[0] * self.shape[1]

    def expanded(self, margin: int, shape: tuple[int, int]) -> Window:
        """Return the window with `margin` more pixels on each side, cut off at the image.

        Parameters
        ----------
        margin : int
            In pixels.
        shape : tuple of int
            Height and width of the image.
        """
        return Window(
            max(0, self.y0 - margin),
            min(shape[0], self.y1 + margin),
            max(0, self.x0 - margin),
            min(shape[1], self.x1 + margin),
        )

    def moved(self, down: int, right: int) -> Window:
        """Return the window so many pixels further down and right.

        Parameters
        ----------
        down, right : int
            In pixels; negative for up and left.
        """
        return Window(self.y0 + down, self.y1 + down, self.x0 + right, self.x1 + right)

    def intersection(self, other: Window) -> Window | None:
        """Return the pixels both windows share, or None."""
        y0, y1 = max(self.y0, other.y0), min(self.y1, other.y1)
        x0, x1 = max(self.x0, other.x0), min(self.x1, other.x1)
        return Window(y0, y1, x0, x1) if y0 < y1 and x0 < x1 else None

    def union(self, other: Window) -> Window:
        """Return the smallest window that holds both."""
        return Window(
            min(self.y0, other.y0),
            max(self.y1, other.y1),
            min(self.x0, other.x0),
            max(self.x1, other.x1),
        )

    def within(self, frame: Window) -> tuple[slice, slice]:
        """Return the slices that cut this window out of the crop that `frame` made."""
        return (
            slice(self.y0 - frame.y0, self.y1 - frame.y0),
            slice(self.x0 - frame.x0, self.x1 - frame.x0),
        )


def tight_box(mask: NDArray[np.bool_]) -> Window | None:
    """Return the smallest window around the True pixels of a 2-D mask, or None."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return None
    columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return Window(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def group_boxes(mask: NDArray[np.bool_], reach: int) -> list[Window]:
    """Return tight windows around groups of True pixels, any two more than `reach` apart.

    Works on blocks of 32 x 32 pixels, so groups somewhat further apart may share a window;
    windows of different groups may overlap where one reaches around the other.

    Parameters
    ----------
    mask : (H, W) bool array
        True in the groups.
    reach : int
        Distance in pixels (Chebyshev) up to which True pixels belong together.
    """
    inside = tight_box(mask)
    if inside is None:
        return []
    boxes = _group_boxes(mask[inside.slices], reach)
    return [box.moved(inside.y0, inside.x0) for box in boxes]


def group_masks(mask: NDArray[np.bool_]) -> Iterator[tuple[Window, NDArray[np.bool_]]]:
    """Yield groups of True pixels that lie in blocks which touch: a window, and theirs in it.

    Pixels that touch, corners included, are in one group.
    """
    inside = tight_box(mask)
    if inside is None:
        return
    crop = mask[inside.slices]
    for labels, index, found in _groups(crop, 0):
        window, own = _group(crop, labels, index, found)
        yield window.moved(inside.y0, inside.x0), own


def _group_boxes(mask: NDArray[np.bool_], reach: int) -> list[Window]:
    boxes = []
    distance = -(-reach // _BLOCK)  # pixels within reach lie in blocks at most this far apart
    for labels, index, found in _groups(mask, distance // 2):
        window, own = _group(mask, labels, index, found)
        box = tight_box(own)
        assert box is not None  # every labelled block holds a True pixel
        boxes.append(box.moved(window.y0, window.x0))
    return boxes


def _groups(
    mask: NDArray[np.bool_], radius: int
) -> Iterator[tuple[NDArray[np.int32], int, tuple[slice, slice]]]:
    """Yield labels of blocks, a label, and the slices of blocks that hold it.

    Blocks up to 2 * radius + 1 apart have the same label: they meet when grown by the radius.
    """
    blocks = _any_per_block(mask)
    near = ndimage.maximum_filter(blocks, size=2 * radius + 1, mode="constant")
    labels, _ = ndimage.label(near, structure=np.ones((3, 3)))
    labels[~blocks] = 0
    for index, found in enumerate(ndimage.find_objects(labels), start=1):
        if found is not None:
            yield labels, index, found


def _any_per_block(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    height, width = mask.shape
    rows = np.zeros((-(-height // _BLOCK), -(-width // _BLOCK) * _BLOCK), dtype=bool)
    for index, y in enumerate(range(0, height, _BLOCK)):  # far faster than ufunc.reduceat
        mask[y : y + _BLOCK].any(axis=0, out=rows[index, :width])
    return np.asarray(rows.reshape(len(rows), -1, _BLOCK).any(axis=-1))


def _group(
    mask: NDArray[np.bool_],
    labels: NDArray[np.int32],
    index: int,
    found: tuple[slice, slice],
) -> tuple[Window, NDArray[np.bool_]]:
    """Return one group's box of blocks, and its own pixels there."""
    y0, x0 = found[0].start * _BLOCK, found[1].start * _BLOCK
    crop = mask[y0 : found[0].stop * _BLOCK, x0 : found[1].stop * _BLOCK]
    own = np.kron(labels[found] == index, np.ones((_BLOCK, _BLOCK), bool))
    window = Window(y0, y0 + crop.shape[0], x0, x0 + crop.shape[1])
    return window, crop & own[: crop.shape[0], : crop.shape[1]]
