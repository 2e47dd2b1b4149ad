"""Which picture fills are to be measured against, where several are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.measure.damage import about_reference

__all__ = ["ReferenceAdvice", "is_intact_partner", "suggest_reference"]

_VALUES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class ReferenceAdvice:
    """What to measure against.

    Attributes
    ----------
    kind : {"image", "layer", "none"}
        The image itself, another one, or nothing.
    partner : str
        Which other one; empty unless there is an intact partner.
    damage : str
        Why the image itself is none, as a sentence with what to do next; empty if it may be one.
    """

    kind: Literal["image", "layer", "none"] = "image"
    partner: str = ""
    damage: str = ""


def suggest_reference(
    image: NDArray[Any] | LazyPlane,
    hole: NDArray[np.bool_],
    others: Mapping[str, NDArray[Any] | LazyPlane],
    *,
    nodata: float | None = None,
) -> ReferenceAdvice:
    """Return what to measure fills of an image against.

    An intact partner of the image if there is one; else the image itself, unless its hole is
    plainly damaged; else nothing.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array or LazyPlane
        The image whose hole is filled.
    hole : (H, W) bool array
        True where it is filled.
    others : mapping of str to array or LazyPlane
        Other pictures by their names; the first that fits is taken.
    nodata : float, optional
        As in `fill`.

    Examples
    --------
    >>> from skimage import data
    >>> photo, hole = data.camera(), np.zeros((512, 512), bool)
    >>> hole[100:110, 100:300] = True
    >>> scratched = np.where(hole, 255, photo).astype("uint8")
    >>> suggest_reference(scratched, hole, {"other": data.moon(), "intact": photo}).partner
    'intact'
    >>> suggest_reference(scratched, hole, {}).kind
    'none'
    >>> suggest_reference(photo, hole, {"scratched": scratched})
    ReferenceAdvice(kind='image', partner='', damage='')
    """
    damage = about_reference(image, hole, nodata=nodata)
    for name, other in others.items():
        if is_intact_partner(image, other, hole, nodata=nodata):
            return ReferenceAdvice("layer", name, damage)
    return ReferenceAdvice("none" if damage else "image", "", damage)


def is_intact_partner(
    image: NDArray[Any] | LazyPlane,
    other: NDArray[Any] | LazyPlane,
    hole: NDArray[np.bool_],
    *,
    nodata: float | None = None,
) -> bool:
    """Return whether another picture is the image without its damage.

    It has the image's shape and type, is equal outside the hole, differs inside it, and is not
    plainly damaged there itself.

    Parameters
    ----------
    image, other : (H, W), (H, W, 3) or (H, W, 4) arrays or LazyPlanes
        What is filled, and what may be the truth.
    hole : (H, W) bool array
        True where the image is filled.
    nodata : float, optional
        As in `fill`.
    """
    same = image.shape == other.shape and image.dtype == other.dtype
    if not same or tuple(image.shape[:2]) != hole.shape:
        return False
    return _differ_in_hole_only(image, other, hole) and not about_reference(
        other, hole, nodata=nodata
    )


def _differ_in_hole_only(
    image: NDArray[Any] | LazyPlane, other: NDArray[Any] | LazyPlane, hole: NDArray[np.bool_]
) -> bool:
    """Return whether pictures differ, and nowhere but in the hole; most that do are soon known."""
    first, second = np.asarray(image), np.asarray(other)
    rows = max(1, _VALUES_AT_ONCE // max(1, first[:1].size))
    inside = False
    for top in range(0, len(first), rows):
        strip = slice(top, top + rows)
        differ = first[strip] != second[strip]
        if first.dtype.kind == "f":
            differ &= ~(np.isnan(first[strip]) & np.isnan(second[strip]))
        pixels = differ.any(axis=-1) if differ.ndim == 3 else differ
        if (pixels & ~hole[strip]).any():
            return False
        inside = inside or bool(pixels.any())
    return inside
