"""Stacks in files: TIFF of several pages, as ImageJ and OME write them, and OME-Zarr."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.errors import UnreadableFileError, UnsupportedImageError, UnwritablePathError
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place, open_zarr

__all__ = ["StackFile", "is_stack_file", "is_zarr", "open_levels", "open_stack", "write_stack"]

_SUFFIXES = (".tif", ".tiff", ".btf", ".tf2", ".tf8")
_STRUCTURE = ("ImageJ", "images", "slices", "frames", "channels", "hyperstack", "axes")
_BIG = 2**32 - 2**25  # bytes, from which on a TIFF needs larger offsets


@dataclass(frozen=True, eq=False)
class StackFile:
    """A stack as it lies in a file.

    Attributes
    ----------
    path : Path
    data : array
        Mapped, or read in parts, where the file allows.
    names : tuple of str
        Of its axes; empty where the file does not say.
    imagej, ome : what ImageJ and OME say about it, if they wrote it
    resolution, unit : of a TIFF, as in its tags
    place : Place or None
        Of an OME-Zarr: where its pixels lie.
    """

    path: Path
    data: Any
    names: tuple[str, ...]
    imagej: dict[str, Any] = field(default_factory=dict, repr=False)
    ome: str = field(default="", repr=False)
    description: str = field(default="", repr=False)
    resolution: tuple[float, float] | None = None
    unit: int | None = None
    compressed: bool = False
    place: Place | None = None


def is_zarr(path: Path) -> bool:
    """Return whether a path is a folder that zarr wrote."""
    return any((path / name).is_file() for name in ("zarr.json", ".zgroup", ".zarray"))


def is_stack_file(path: Path) -> bool:
    """Return whether a file holds several planes; what cannot be read holds none."""
    if is_zarr(path):
        return True
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return False
    try:
        with tifffile.TiffFile(path) as tiff:
            shape, names = tiff.series[0].shape, tiff.series[0].axes
    except (OSError, ValueError, IndexError, tifffile.TiffFileError):
        return False
    return any(n > 1 for n, name in zip(shape, names, strict=True) if name not in "YXS")


def open_stack(path: Path) -> StackFile:
    """Open a stack.

    Parameters
    ----------
    path : Path
        A TIFF of several pages, or the folder of an OME-Zarr.

    Returns
    -------
    StackFile

    Raises
    ------
    UnreadableFileError
        If it cannot be read.
    UnsupportedImageError
        If it holds several stacks.
    MissingDependencyError
        If zarr is not installed, and needed.
    """
    try:
        return _open_zarr(path) if is_zarr(path) else _open_tiff(path)
    except (OSError, ValueError, KeyError, IndexError, tifffile.TiffFileError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read as a stack ({reason_of(error)}); get the file again."
        ) from error


def open_levels(path: Path) -> list[Any]:
    """Return a stack as arrays, one for each of its levels, finest first.

    Parameters
    ----------
    path : Path
        As for `open_stack`.

    Raises
    ------
    GreyfillError
        As `open_stack` does.
    """
    finest = open_stack(path).data
    if not is_zarr(path):
        return [finest]
    node = open_zarr().open(str(path), mode="r")
    if hasattr(node, "dtype"):
        return [finest]
    attributes = dict(node.attrs)
    listed = attributes.get("ome", attributes)["multiscales"][0]["datasets"]
    return [finest, *(node[each["path"]] for each in listed[1:])]


def write_stack(path: Path, image: Any, axes: Axes, like: StackFile) -> None:  # noqa: ANN401
    """Write a filled stack as a TIFF, whole or not at all, with what its file says.

    Parameters
    ----------
    path : Path
        With the suffix of a TIFF.
    image : array
        Read plane by plane.
    axes : Axes
        Of it.
    like : StackFile
        Where it was read.

    Raises
    ------
    UnwritablePathError
        If it cannot be written.
    """
    size = int(np.prod(image.shape, dtype=np.int64)) * np.dtype(image.dtype).itemsize
    names = "".join(name or "Q" for name in axes.names)
    colour = axes.colour is not None
    common: dict[str, Any] = {
        "shape": tuple(image.shape),
        "dtype": np.dtype(image.dtype),
        "photometric": "rgb" if colour else "minisblack",
        "resolution": like.resolution,
        "resolutionunit": like.unit,
    }
    if colour and axes.colour != len(axes.names) - 1:
        common["planarconfig"] = "separate"
    if like.imagej and size < _BIG and np.dtype(image.dtype).kind != "b":
        kept = {key: value for key, value in like.imagej.items() if key not in _STRUCTURE}
        form: dict[str, Any] = {"imagej": True, "metadata": {**kept, "axes": names}}
    elif like.ome:
        form = {"description": like.ome.encode(), "metadata": None}
    else:
        form = {"metadata": {"axes": names}}
    if like.compressed and not like.imagej:
        form["compression"] = "zlib"
    try:
        with replacing(path) as file:
            data = _pages(image, axes) if not like.imagej else np.asarray(image)
            if like.imagej:
                common.pop("shape"), common.pop("dtype")
            tifffile.imwrite(file, data, bigtiff=size >= _BIG, **common, **form)
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another name."
        ) from error


def _pages(image: Any, axes: Axes) -> Iterator[NDArray[Any]]:  # noqa: ANN401 - any array
    """Yield the pages of a TIFF in the order of the stack's axes."""
    last = len(axes.names) - (2 if axes.colour is None else 3)
    for index in np.ndindex(*axes.shape[:last]):
        yield np.asarray(image[index])


def _open_tiff(path: Path) -> StackFile:
    with tifffile.TiffFile(path) as tiff:
        if len(tiff.series) > 1 and tiff.is_ome:
            raise UnsupportedImageError(
                f"{path.name} holds {len(tiff.series)} stacks; save the one to fill by itself."
            )
        series, page = tiff.series[0], tiff.pages[0]
        names = tuple("" if name in "QI" else name for name in series.axes)
        tags = page.tags  # type: ignore[union-attr,unused-ignore]
        across, down = tags.valueof(282), tags.valueof(283)
        resolution = None
        if across and down and across[1] and down[1]:
            resolution = across[0] / across[1], down[0] / down[1]
        unit = tags.valueof(296)
        told = StackFile(
            path,
            None,
            names,
            dict(tiff.imagej_metadata or {}),
            tiff.ome_metadata or "",
            resolution=resolution,
            unit=None if unit is None else int(unit),
            compressed=page.compression != 1,  # type: ignore[union-attr,unused-ignore]
        )
        mapped = series.dataoffset is not None and not told.compressed
        data = tifffile.memmap(path, mode="r") if mapped else series.asarray()
        if tuple(data.shape) != tuple(series.shape):
            data = series.asarray()
    return replace(told, data=data)


def _open_zarr(path: Path) -> StackFile:
    zarr = open_zarr()
    node = zarr.open(str(path), mode="r")
    if not hasattr(node, "attrs") or hasattr(node, "dtype"):
        names = tuple(getattr(node.metadata, "dimension_names", None) or ())
        return StackFile(path, node, tuple(str(name).upper() for name in names))
    attributes = dict(node.attrs)
    multiscale = attributes.get("ome", attributes)["multiscales"][0]
    axes = [each if isinstance(each, dict) else {"name": each} for each in multiscale["axes"]]
    level = multiscale["datasets"][0]
    data = node[level["path"]]
    names = tuple(str(each["name"]).upper() for each in axes)
    steps = {each["type"]: each for each in level.get("coordinateTransformations", [])}
    count = len(names)
    place = Place(
        tuple(map(float, steps.get("scale", {}).get("scale", [1.0] * count))),
        tuple(map(float, steps.get("translation", {}).get("translation", [0.0] * count))),
        tuple(str(each.get("unit", "")) for each in axes),
    )
    return StackFile(path, data, names, place=place)
