"""A filled stack as a full copy of its own: an OME-Zarr of its pixels, with coarser levels.

It is written block by block beside its place, and takes it once it is complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from itertools import product
from math import ceil, prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import part_of, reason_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import CancelledError, GreyfillError, UnwritablePathError
from napari_greyfill.image.values import as_type
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import (
    Place,
    StoredAxes,
    open_zarr,
    stored_axes,
    write_image_metadata,
)

__all__ = ["bake"]

_CHUNK = 512  # pixels along y and x
_SMALLEST = 512  # the coarsest level has about as many along its longer side


def bake(
    image: Any,  # noqa: ANN401 - any array type
    axes: Axes,
    path: Path,
    place: Place | None = None,
    *,
    name: str = "filled",
    cancelled: CancelCheck = never,
) -> Generator[float, None, None]:
    """Write a stack to an OME-Zarr 0.5 of its own; yields the finished share.

    Parameters
    ----------
    image : array-like
        Such as a `Composite`; read block by block, of which only one is in memory.
    axes : Axes
        Its axes.
    path : Path
        A folder that does not exist yet.
    place : Place, optional
        Where its pixels lie.
    name : str
        Of the image, for people.
    cancelled : callable
        Asked before each block. Nothing is left behind.

    Yields
    ------
    float
        0 to 1.

    Raises
    ------
    UnwritablePathError
        If something is there already, or it cannot be written.
    UnsupportedImageError
        If an OME-Zarr cannot have such axes.
    CancelledError
    MissingDependencyError
    """
    zarr = open_zarr()
    stored, place = stored_axes(axes), place or Place.of(axes)
    if path.exists():
        raise UnwritablePathError(f"{path} exists already; choose another name, or remove it.")
    part = part_of(path)
    try:
        group = zarr.open_group(str(part), mode="w-", zarr_format=3)
        factors = _factors(axes.plane_shape)
        levels = [_level(group, i, axes, stored, image.dtype, by) for i, by in enumerate(factors)]
        write_image_metadata(group, stored, place, name=name, factors=factors)
        finished, total = 0, sum(_blocks_in(level) for level in levels)
        for number, level in enumerate(levels):
            for block in _blocks(level):
                if cancelled():
                    raise CancelledError("The copy was cancelled; nothing was written.")
                if number == 0:
                    own = tuple(block[i] for i in stored.back)
                    level[block] = np.asarray(image[own]).transpose(stored.order)
                else:
                    level[block] = _halved(levels[number - 1], block, stored)
                finished += 1
                yield finished / total
        part.replace(path)
    except GreyfillError:
        raise
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another place."
        ) from error
    finally:
        if part.exists():
            with suppress(OSError):
                shutil.rmtree(part)


def _factors(plane: tuple[int, int]) -> list[int]:
    """Return by how much the pixels of each level are larger."""
    factors = [1]
    while max(plane) > _SMALLEST * factors[-1] and min(plane) >= 4 * factors[-1]:
        factors.append(2 * factors[-1])
    return factors


def _level(
    group: Any,  # noqa: ANN401 - a zarr group
    number: int,
    axes: Axes,
    stored: StoredAxes,
    dtype: Any,  # noqa: ANN401
    factor: int,
) -> Any:  # noqa: ANN401 - a zarr array
    sides = [
        ceil(axes.shape[own] / (factor if name in ("y", "x") else 1))
        for own, name in zip(stored.order, stored.names, strict=True)
    ]
    small = dict(zip("yxc", (_CHUNK, _CHUNK, 4 if axes.colour is not None else 1), strict=True))
    return group.create_array(
        str(number),
        shape=sides,
        chunks=[min(n, small.get(name, 1)) for n, name in zip(sides, stored.names, strict=True)],
        dtype=np.dtype(dtype).newbyteorder("="),
        fill_value=0,
        dimension_names=stored.names,
    )


def _blocks_in(level: Any) -> int:  # noqa: ANN401 - a zarr array
    return prod(ceil(n / c) for n, c in zip(level.shape, level.chunks, strict=True))


def _blocks(level: Any) -> Iterator[tuple[slice, ...]]:  # noqa: ANN401 - a zarr array
    """Return the chunks of an array, in the order of its axes."""
    starts = [range(0, n, c) for n, c in zip(level.shape, level.chunks, strict=True)]
    for corner in product(*starts):
        yield tuple(
            slice(at, min(at + c, n))
            for at, c, n in zip(corner, level.chunks, level.shape, strict=True)
        )


def _halved(finer: Any, block: Sequence[slice], stored: StoredAxes) -> NDArray[Any]:  # noqa: ANN401
    """Return a block of a coarser level: the means of two by two pixels of the finer one."""
    twice = tuple(
        slice(2 * part.start, min(2 * part.stop, length)) if name in ("y", "x") else part
        for part, name, length in zip(block, stored.names, finer.shape, strict=True)
    )
    values = np.asarray(finer[twice])
    means = values.astype(np.float64)
    for axis, name in enumerate(stored.names):
        if name in ("y", "x"):
            starts = np.arange(0, means.shape[axis], 2)
            counts = np.minimum(2, means.shape[axis] - starts)
            shape = [-1 if i == axis else 1 for i in range(means.ndim)]
            means = np.add.reduceat(means, starts, axis=axis) / counts.reshape(shape)
    return as_type(means, values.dtype)
