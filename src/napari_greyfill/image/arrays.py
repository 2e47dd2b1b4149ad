"""What callers may pass as an image, a mask or points, and where the colours of an image lie.

The layers of napari are described by what is read of them; nothing here imports napari.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of, flag_of, whole_of
from napari_greyfill.errors import BadParameterError, UnsupportedImageError
from napari_greyfill.image.layer import data_of

__all__ = [
    "HintsLike",
    "ImageLayer",
    "ImageLike",
    "LabelsLayer",
    "MaskLike",
    "PointsLayer",
    "channels_at",
    "channels_last",
    "described",
]


class ImageLayer(Protocol):
    """A napari Image layer, as far as it is read."""

    data: Any
    rgb: bool
    multiscale: bool


class LabelsLayer(Protocol):
    """A napari Labels layer, as far as it is read."""

    data: Any
    selected_label: int


class PointsLayer(Protocol):
    """A napari Points layer, as far as it is read."""

    data: Any
    face_color: Any
    size: Any


ImageLike: TypeAlias = ArrayLike | ImageLayer
MaskLike: TypeAlias = ArrayLike | LabelsLayer
T = TypeVar("T", bound=ImageLike)
HintsLike: TypeAlias = ArrayLike | tuple[ArrayLike, ArrayLike] | PointsLayer | LabelsLayer


def channels_last(
    image: T, channel_axis: int | None, *, rgb: bool | None = None
) -> tuple[T | NDArray[Any], bool | None]:
    """Return an image with its colours along the last axis, and whether it has any.

    Parameters
    ----------
    image : array, or a napari Image layer
        With the axes of its own.
    channel_axis : int or None
        The axis with red, green, blue and perhaps alpha, counted from the end if negative.
        None leaves the image as it is.
    rgb : bool, optional
        What the caller said about the last axis; passed on where `channel_axis` is None.

    Returns
    -------
    image : array of 3 or 4 along the last axis, or what was given
        A view if it is an array.
    rgb : bool or None
        Whether the last axis is colour; None if nobody said so.

    Raises
    ------
    BadParameterError
        If there is no such axis, or `rgb` says that there is no colour.
    UnsupportedImageError
        If the axis has neither 3 nor 4 entries.
    """
    if channel_axis is None:
        return image, rgb
    if flag_of("rgb", rgb) is False:
        raise BadParameterError(
            "rgb=False and a channel_axis contradict each other; leave one of them out."
        )
    array = array_of("image", data_of(image))
    axis = whole_of("channel_axis", channel_axis, low=-array.ndim, example=-1)
    if axis >= array.ndim:
        raise BadParameterError(
            f"channel_axis is {axis}, but the image has {array.ndim} axes; "
            f"set it to a number below {array.ndim}."
        )
    if array.shape[axis] not in (3, 4):
        raise UnsupportedImageError(
            f"The image has {array.shape[axis]} entries along channel_axis {axis}, which are no "
            "colours; pass the axis of red, green, blue and perhaps alpha."
        )
    return np.moveaxis(array, axis, -1), True


def channels_at(image: NDArray[Any], channel_axis: int | None) -> NDArray[Any]:
    """Return a filled image with its colours along the axis they were given along.

    Parameters
    ----------
    image : (..., C) array
        Colours along the last axis.
    channel_axis : int or None
        As for `channels_last`; None returns the image itself.

    Returns
    -------
    array
        A view.
    """
    return image if channel_axis is None else np.moveaxis(image, -1, channel_axis)


def described(array: NDArray[Any]) -> str:
    """Return the size and the type of an array, for people: 512 × 512 × 3 uint8."""
    return f"{' × '.join(map(str, array.shape))} {array.dtype}"
