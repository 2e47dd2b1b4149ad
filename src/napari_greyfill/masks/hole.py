"""From what users call a mask to the boolean hole of the engine."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of, known_values, labels_of
from napari_greyfill.errors import BadMaskError, EmptyMaskError
from napari_greyfill.image.picture import plane_of

__all__ = ["hole_from_mask", "painted_in", "selected_labels"]


def hole_from_mask(mask: ArrayLike, *, labels: Collection[int] | None = None) -> NDArray[np.bool_]:
    """Return True where a mask is painted.

    Parameters
    ----------
    mask : (H, W) array
        Painted pixels are not 0. Booleans and integers are taken as they are; floats only
        if they hold two values, of which 0 is unpainted. Masked pixels of a masked array are
        unpainted. More axes, of length 1, do not matter.
    labels : collection of int, optional
        Only these labels count as painted; by default all but 0 do.

    Returns
    -------
    (H, W) bool array, never the mask itself

    Raises
    ------
    BadMaskError
        If the mask is not two-dimensional or has values in between.
    EmptyMaskError
        If nothing is painted.
    """
    chosen = labels_of(labels)
    array = plane_of(array_of("mask", mask, BadMaskError))
    known = known_values(array)
    array = np.asarray(array) if known is None else np.where(known, np.asarray(array), 0)
    if array.ndim != 2:
        raise BadMaskError(
            f"A mask has two dimensions, this one has {array.ndim}; "
            "pass the mask of one plane, height x width."
        )
    hole: NDArray[np.bool_] = painted_in(array, chosen)
    if not hole.any():
        wanted = "" if chosen is None else f" with label {_listed(chosen)}"
        raise EmptyMaskError(f"No pixel of the mask is painted{wanted}; paint a mask first.")
    return hole


def painted_in(plane: NDArray[Any], chosen: Collection[int] | None = None) -> NDArray[np.bool_]:
    """Return where a plane of a mask, or a window of it, is painted; it may be nowhere.

    Parameters
    ----------
    plane : (H, W) array
        Booleans, integers, or floats of two values, of which 0 is unpainted.
    chosen : collection of int, optional
        The labels that count; by default all but 0.

    Raises
    ------
    BadMaskError
        If it has values in between.
    """
    return selected_labels(_checked(plane), chosen)


def selected_labels(
    labels: NDArray[Any], chosen: Collection[int] | None = None
) -> NDArray[np.bool_]:
    """Return where a label image has one of the chosen labels (default: any but 0).

    Parameters
    ----------
    labels : (H, W) array of booleans or integers
        0 is unpainted.
    chosen : collection of int, optional
        The labels that count.
    """
    if chosen is None:
        # booleans may hold other bytes than 0 and 1, which only comparing the bytes settles
        return np.asarray((labels.view(np.uint8) if labels.dtype == bool else labels) != 0)
    return np.isin(labels, list(chosen))


def _checked(mask: NDArray[Any]) -> NDArray[Any]:
    if mask.dtype.kind in "biu":
        return mask
    if mask.dtype.kind != "f":
        raise BadMaskError(f"A mask cannot be of type {mask.dtype}; use booleans or integers.")
    values = mask[mask != 0]
    if not np.isfinite(values).all() or (values.size and values.min() != values.max()):
        raise BadMaskError(
            "The mask holds floats with values in between; "
            "decide what is painted first, for example with: mask > 0.5"
        )
    return mask


def _listed(labels: Collection[int]) -> str:
    return ", ".join(str(label) for label in sorted(labels)) or "(none chosen)"
