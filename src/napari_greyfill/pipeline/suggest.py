"""Which look suits the hole of an image: faithful, for measuring, or texture, for looking."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from napari_greyfill.image.picture import Picture
from napari_greyfill.image.regions import plan_regions
from napari_greyfill.image.validity import KeepInvalid
from napari_greyfill.inpaint.texture import Look, recommend_look
from napari_greyfill.pipeline.handover import handed_over
from napari_greyfill.pipeline.job import ArrayOrLayer, FillParameters, read_picture

__all__ = ["methods_of_look", "suggest_look", "suggested_look"]

_METHODS = {"faithful": ("auto",), "texture": ("texture",), "both": ("auto", "texture")}


def methods_of_look(look: str) -> tuple[str, ...]:
    """Return the inpainting methods of "faithful", "texture" or "both"."""
    return _METHODS[look]


def suggested_look(picture: Picture) -> Look:
    """Return the look that suits the region with the most to fill."""
    hole = picture.hole
    regions = plan_regions(hole, unknown=picture.unknown)
    widest = max(regions, key=lambda region: np.count_nonzero(hole[region.core.slices]))
    plane, missing = picture.planes(widest.window), picture.missing(widest.window)
    return recommend_look(handed_over(plane, missing)[1], missing)


def suggest_look(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    rgb: bool | None = None,
    labels: Collection[int] | None = None,
    grow: float = 0,
    nodata: float | None = None,
    keep_invalid: KeepInvalid = "auto",
) -> Look:
    """Say whether a faithful fill or a texture fill suits a hole, and why.

    Takes a fraction of a second. It looks at the largest hole, or group of holes.

    Parameters
    ----------
    image, mask, rgb, labels, grow, nodata, keep_invalid
        As in `fill`.

    Returns
    -------
    Look
        Its `name` is "faithful" (the default method) or "texture" (the method of that name),
        its `reason` a sentence.

    Raises
    ------
    GreyfillError
        As in `fill`, for what is wrong with image and mask.
    """
    parameters = FillParameters(labels=labels, grow=grow, nodata=nodata, keep_invalid=keep_invalid)
    return suggested_look(read_picture(image, mask, parameters, rgb=rgb))
