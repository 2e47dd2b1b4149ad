"""One look at image and mask together, before any work: what is odd, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOSTLY", "Finding", "inspected", "mostly_masked"]

MOSTLY = 0.6  # share of the picture; half a picture is masked on purpose often enough
_SAMPLE = 500_000  # pixels that are looked at to tell a mask from a picture
Remedy = Literal["", "invert"]


@dataclass(frozen=True)
class Finding:
    """Something odd about image and mask; the work can be done nevertheless.

    Attributes
    ----------
    sentence : str
        For people, with what to do next.
    remedy : "" or "invert"
        What a window can offer at the press of a button.
    """

    sentence: str
    remedy: Remedy = ""


def inspected(image: NDArray[Any], hole: NDArray[np.bool_]) -> list[Finding]:
    """Return what is odd about an image and its hole.

    Where a hole is most of the picture, that is said and no error: filling from a few per cent
    of the pixels is a usual test of inpainting. Holes of nothing or of everything are errors,
    which `hole_from_mask` and `Picture.from_array` raise.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
    hole : (H, W) bool array
    """
    found = [_mostly(hole), _image_is_mask(image)]
    return [finding for finding in found if finding is not None]


def mostly_masked(hole: NDArray[np.bool_]) -> str:
    """Return a sentence if most of the picture is masked, or an empty string."""
    finding = _mostly(hole)
    return "" if finding is None else finding.sentence


def _mostly(hole: NDArray[np.bool_]) -> Finding | None:
    share = float(hole.mean()) if hole.size else 0.0
    if share <= MOSTLY:
        return None
    return Finding(
        f"{share:.0%} of the picture is masked; if what should stay is masked, invert the mask.",
        "invert",
    )


def _image_is_mask(image: NDArray[Any]) -> Finding | None:
    """Notice pictures of two values in 8 bits and more, which are masks as a rule."""
    if image.dtype.kind == "b" or image.size == 0:
        return None
    step = max(1, int(np.sqrt(image.shape[0] * image.shape[1] / _SAMPLE)))
    colours = image[::step, ::step, :3] if image.ndim == 3 else image[::step, ::step]
    plane = colours.reshape(-1, colours.shape[-1]) if image.ndim == 3 else colours.reshape(-1, 1)
    low, high = plane.min(axis=0), plane.max(axis=0)
    black_and_white = not low.any() and high.min() == high.max() and high.any()
    if not black_and_white or not ((plane == low).all(axis=1) | (plane == high).all(axis=1)).all():
        return None
    return Finding(
        "The image holds black and white only, as a mask does; check the order of image and mask."
    )
