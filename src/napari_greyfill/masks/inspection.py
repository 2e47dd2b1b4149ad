"""One look at image and mask together, before any work: what is odd, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane, values_in
from napari_greyfill.masks.painted import looks_like_mask

__all__ = ["MOSTLY", "Finding", "about_hole", "inspected", "is_black_and_white", "mostly_masked"]

MOSTLY = 0.6  # share of the picture; half a picture is masked on purpose often enough
_PURE = 0.9  # of a mask's pixels are black or white; the others lie at soft edges
_LEFTOVERS = (
    64  # so small a part of white may lossy compression leave in black, and take from white
)
_SIDE = 1024  # pixels of the part that is looked at to tell a mask from a picture
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


def inspected(image: NDArray[Any] | LazyPlane, hole: NDArray[np.bool_]) -> list[Finding]:
    """Return what is odd about an image and its hole.

    Where a hole is most of the picture, that is said and no error: filling from a few per cent
    of the pixels is a usual test of inpainting. Holes of nothing or of everything are errors,
    which `hole_from_mask` and `Picture.from_array` raise.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array or LazyPlane
    hole : (H, W) bool array
    """
    swapped = _image_is_mask(image)
    return about_hole(hole) + ([] if swapped is None else [swapped])


def about_hole(hole: NDArray[Any]) -> list[Finding]:
    """Return what is odd about a hole alone, as `inspected` does; all but 0 counts as hole."""
    finding = _mostly(hole)
    return [] if finding is None else [finding]


def mostly_masked(hole: NDArray[np.bool_]) -> str:
    """Return a sentence if most of the picture is masked, or an empty string."""
    finding = _mostly(hole)
    return "" if finding is None else finding.sentence


def _mostly(hole: NDArray[Any]) -> Finding | None:
    share = np.count_nonzero(hole) / hole.size if hole.size else 0.0
    if share <= MOSTLY:
        return None
    how_much = f"{share:.0%}" if share < 0.99 else "More than 99%"
    return Finding(
        f"{how_much} of the picture is masked; if what should stay is masked, invert the mask.",
        "invert",
    )


def _image_is_mask(image: NDArray[Any] | LazyPlane) -> Finding | None:
    """Notice pictures in 8 bits and more that hold what a mask holds."""
    if not is_black_and_white(image):
        return None
    return Finding(
        "The image holds black and white only, as a mask does; check the order of image and mask."
    )


def is_black_and_white(image: NDArray[Any] | LazyPlane) -> bool:
    """Return whether the middle of an image is 0 and white, with a mask's leftovers at most.

    Pictures of one bit have nothing but black and white, and do not count.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
    """
    if image.dtype.kind != "u":
        return False
    middle = _middle(image)
    colours = middle[..., :3] if middle.ndim == 3 else middle
    white = np.iinfo(image.dtype).max
    is_black = colours <= white // _LEFTOVERS
    is_white = colours >= white - white // _LEFTOVERS
    return bool(
        np.count_nonzero(colours == 0) >= np.count_nonzero(is_black) / 2 > 0
        and is_white.any()
        and np.count_nonzero(is_black | is_white) >= _PURE * colours.size
        and np.count_nonzero(is_white) >= np.count_nonzero(~is_black) / 2
        and looks_like_mask(middle)  # which takes longest
    )


def _middle(image: NDArray[Any] | LazyPlane) -> NDArray[Any]:
    """Return the middle of an image, where it is large: it is looked at before every fill."""
    height, width = image.shape[:2]
    y, x = (max(0, (length - _SIDE) // 2) for length in (height, width))
    return values_in(image, Window(y, min(height, y + _SIDE), x, min(width, x + _SIDE)))
