"""An image and its mask, as the user gave them -> the picture that the stages work on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import array_of, flag_of
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.alpha import is_erased
from napari_greyfill.image.arrays import ImageLike, MaskLike
from napari_greyfill.image.layer import data_of
from napari_greyfill.image.lazy import LazyPlane, is_lazy
from napari_greyfill.image.picture import Picture, plane_of
from napari_greyfill.image.regions import plan_regions
from napari_greyfill.masks import feather, grow, hole_from_mask
from napari_greyfill.pipeline.options import FillOptions

__all__ = ["read_picture"]


def read_picture(
    image: ImageLike,
    mask: MaskLike,
    options: FillOptions,
    *,
    rgb: bool | None = None,
) -> Picture:
    """Check image and mask and return them as the stages work on them.

    Axes of length 1 beyond those of a plane do not matter, in neither of them.

    Parameters
    ----------
    image, mask, rgb
        As in `napari_greyfill.fill`.
    options : FillOptions
        What was chosen.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    if flag_of("rgb", rgb) is None:
        rgb = getattr(image, "rgb", None)
    given = _opened(image)
    pixels = _plane_of(given, rgb)
    hole, near = hole_from_mask(data_of(mask), labels=options.labels), []
    if pixels.ndim >= 2 and hole.shape == pixels.shape[:2]:
        hole = _grown(hole, options.grow)
        near = [region.window for region in plan_regions(hole)]
    picture = Picture.from_array(
        pixels,
        hole,
        rgb=rgb,
        nodata=options.nodata,
        keep_invalid=options.keep_invalid,
        transparent_is_unknown=True,
        near=near,
    )
    if pixels.shape != given.shape:
        picture = replace(picture, given=given.shape)
    if picture.transparent:
        alpha = np.asarray(picture.original)[..., 3]
        picture = replace(picture, revealed=is_erased(alpha, picture.hole))
    if options.feather == 0:
        return picture
    return picture.with_blend(feather(picture.hole, options.feather))


def _grown(hole: NDArray[np.bool_], by: float) -> NDArray[np.bool_]:
    """Return a hole that was grown; raises `NothingKnownError` if that leaves nothing known."""
    grown = grow(hole, by)
    if grown.all() and not hole.all():
        raise NothingKnownError(
            f"Grown by {by:g} pixels the mask covers every pixel, so there is nothing to fill "
            "from; grow it by less."
        )
    return grown


def _opened(image: ImageLike) -> NDArray[Any] | LazyPlane:
    """Return the array of an image or its layer, or what reads it window by window.

    Of a pyramid that is the finest level, wherever it is kept.
    """
    data = data_of(image)
    if isinstance(data, LazyPlane):
        return data
    if getattr(image, "multiscale", False) or is_lazy(data):
        return LazyPlane(data)
    return array_of("image", data)


def _plane_of(image: NDArray[Any] | LazyPlane, rgb: bool | None) -> NDArray[Any] | LazyPlane:
    """Return an image without axes of length 1 beyond those of a plane."""
    if not isinstance(image, LazyPlane):
        return plane_of(image, rgb=rgb)
    colour = image.ndim >= 3 and image.shape[-1] in (3, 4) if rgb is None else rgb
    return image.flat(3 if colour else 2)
