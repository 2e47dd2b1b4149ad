"""Strokes on a labels layer: where the last one lies, and writing a few pixels of the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window

if TYPE_CHECKING:
    from napari.layers import Labels

__all__ = ["LARGE", "dashed", "put", "window_of"]

LARGE = 20_000  # pixels; larger strokes wait for Run


def window_of(atoms: Sequence[Any], shape: tuple[int, int]) -> Window | None:
    """Return the box of what a stroke changed; None if it changed nothing.

    Parameters
    ----------
    atoms : sequence
        The value of the event `paint` of a flat labels layer. Each is an object with a
        `slice_key`, or, before napari 0.9, a tuple that begins with index arrays.
    shape : tuple of int
        Height and width of the layer.
    """
    found: Window | None = None
    for atom in atoms:
        key = getattr(atom, "slice_key", None)
        window = _of_indices(atom[0]) if key is None else _of_slices(key, shape)
        if window is not None:
            found = window if found is None else found.union(window)
    return found


def _of_slices(key: Any, shape: tuple[int, int]) -> Window | None:  # noqa: ANN401 - napari's
    (y0, y1, _), (x0, x1, _) = (
        part.indices(length) for part, length in zip(key[-2:], shape, strict=True)
    )
    return Window(y0, y1, x0, x1) if y0 < y1 and x0 < x1 else None


def _of_indices(indices: Sequence[Any]) -> Window | None:
    rows, columns = (np.atleast_1d(part) for part in indices[-2:])
    if not rows.size:
        return None
    return Window(int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1)


def put(layer: Labels, window: Window, labels: NDArray[np.uint8]) -> None:
    """Write labels into a window of a flat layer, so that only what differs is drawn anew.

    Parameters
    ----------
    layer : Labels
        With two axes.
    window : Window
        Where to.
    labels : (h, w) array
        What is to stand there.
    """
    rows, columns = np.nonzero(layer.data[window.slices] != labels)
    if rows.size:
        layer.data_setitem((rows + window.y0, columns + window.x0), labels[rows, columns])


def dashed(mask: NDArray[np.bool_], length: float = 6.0) -> NDArray[np.bool_]:
    """Return the rim of a mask with gaps.

    Parameters
    ----------
    mask : (h, w) bool array
        One piece.
    length : float
        Of a dash and of a gap, in pixels, if the mask is round.
    """
    from scipy import ndimage

    rim = mask & ~ndimage.binary_erosion(mask)
    rows, columns = np.nonzero(rim)
    if not rows.size:
        return rim
    angle = np.arctan2(rows - rows.mean(), columns - columns.mean())
    pairs = max(2, round(rows.size / (2 * length)))
    gaps = np.floor((angle / np.pi + 1) * pairs).astype(int) % 2 == 1
    rim[rows[gaps], columns[gaps]] = False
    return rim
