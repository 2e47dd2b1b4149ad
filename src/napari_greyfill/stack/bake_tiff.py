"""A filled stack as a TIFF of its own, written plane by plane, in place once it is complete."""

from __future__ import annotations

from collections.abc import Generator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import CancelledError, UnsupportedImageError, UnwritablePathError
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place

__all__ = ["bake_tiff"]

_IMAGEJ = "TZCYXS"  # the axes that ImageJ knows, in its order
_IMAGEJ_TYPES = ("uint8", "uint16", "float32")
_BIG = 2**32 - 2**25  # bytes, from which on a TIFF needs larger offsets
_REAL = "uif"


def bake_tiff(
    image: Any,  # noqa: ANN401 - any array type
    axes: Axes,
    path: Path,
    place: Place | None = None,
    *,
    cancelled: CancelCheck = never,
) -> Generator[float, None, None]:
    """Write a stack to a TIFF; yields the finished share.

    ImageJ reads its axes and its scale if it is of at most 4 GB and of a type that ImageJ has.

    Parameters
    ----------
    image : array-like
        Such as a `Composite`; read plane by plane.
    axes : Axes
        Its axes.
    path : Path
        With the suffix of a TIFF. A file that is there is replaced at the end.
    place : Place, optional
        Where its pixels lie.
    cancelled : callable
        Asked before each plane. Nothing is left behind.

    Yields
    ------
    float
        0 to 1.

    Raises
    ------
    UnwritablePathError
        If it cannot be written.
    UnsupportedImageError
        If a TIFF cannot have such values.
    CancelledError
    """
    dtype = np.dtype(image.dtype).newbyteorder("=")
    if dtype.kind not in _REAL:
        raise UnsupportedImageError(
            f"A TIFF cannot hold a stack of type {dtype}; write an OME-Zarr instead."
        )
    order = _order(axes)
    shape = tuple(axes.shape[own] for own in order)
    form, dtype = _form(axes, order, shape, dtype, place)
    try:
        with replacing(path) as file:
            written: Any = tifffile.imwrite(
                file, shape=shape, dtype=dtype, data=None, returnoffset=True, **form
            )
            offset = int(written[0])
            last = len(shape) - (2 if axes.colour is None else 3)
            total = prod(shape[:last])
            bytes_each = prod(shape[last:]) * dtype.itemsize
            for number, index in enumerate(np.ndindex(*shape[:last])):
                if cancelled():
                    raise CancelledError("The copy was cancelled; nothing was written.")
                part: list[Any] = [slice(None)] * len(shape)
                for position, at in enumerate(index):
                    part[order[position]] = slice(at, at + 1)
                plane = np.asarray(image[tuple(part)]).transpose(order)
                file.seek(offset + number * bytes_each)
                file.write(np.ascontiguousarray(plane, dtype=dtype).tobytes())
                yield (number + 1) / total
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another place."
        ) from error


def _order(axes: Axes) -> list[int]:
    """Return the axes in the order of ImageJ; those it does not know come first."""
    rank = {name: number for number, name in enumerate(_IMAGEJ)}
    return sorted(range(len(axes.names)), key=lambda own: rank.get(axes.names[own], -1))


def _form(
    axes: Axes, order: list[int], shape: tuple[int, ...], dtype: np.dtype[Any], place: Place | None
) -> tuple[dict[str, Any], np.dtype[Any]]:
    """Return how the file is written, and the type with its order of bytes."""
    names = [axes.names[own] for own in order]
    size = prod(shape) * dtype.itemsize
    metadata: dict[str, Any] = {"axes": "".join(name or "Q" for name in names)}
    form: dict[str, Any] = {"photometric": "minisblack" if axes.colour is None else "rgb"}
    if place is not None:
        y, x = (place.scale[axis] for axis in (axes.y, axes.x))
        unit = place.units[axes.x]
        if y > 0 and x > 0:
            form["resolution"] = 1 / x, 1 / y
            form["resolutionunit"] = "NONE"
        metadata |= {"unit": unit} if unit else {}
        for name, key in (("Z", "spacing"), ("T", "finterval")):
            if name in names:
                metadata[key] = place.scale[axes.names.index(name)]
    unknown = set(names) - set(_IMAGEJ)
    fits = not unknown and size < _BIG and dtype.name in _IMAGEJ_TYPES
    if axes.colour is not None:
        fits = fits and dtype.name == "uint8" and shape[-1] == 3
    if fits:
        return {**form, "imagej": True, "metadata": metadata}, dtype.newbyteorder(">")
    return {**form, "metadata": metadata, "bigtiff": size >= _BIG}, dtype
