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
from napari_greyfill.errors import (
    GreyfillError,
    UnreadableFileError,
    UnsupportedImageError,
    UnwritablePathError,
)
from napari_greyfill.files.pages import full_series, require_all_pages
from napari_greyfill.files.palettes import as_bytes, is_display_table
from napari_greyfill.files.reading import DAMAGED, quiet
from napari_greyfill.files.tags import NODATA, nodata_in
from napari_greyfill.files.tiff import is_tiff
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place, open_zarr

__all__ = ["StackFile", "is_stack_file", "is_zarr", "open_levels", "open_stack", "write_stack"]

_SUFFIXES = (".tif", ".tiff", ".btf", ".tf2", ".tf8")
_STRUCTURE = ("ImageJ", "images", "slices", "frames", "channels", "hyperstack", "axes")
_BIG = 2**32 - 2**25  # bytes, from which on a TIFF needs larger offsets
_IMAGEJ = "TZCYXS"  # the axes that ImageJ knows, in its order


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
    white_is_zero : bool
        Whether the file shows its smallest value as white.
    colormap : array or None
        The colours in which a TIFF shows 8-bit greys.
    nodata : float or None
        The value that stands for none, from the tag GDAL_NODATA.
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
    white_is_zero: bool = False
    colormap: NDArray[Any] | None = field(default=None, repr=False)
    nodata: float | None = None


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
        with quiet("tifffile"), tifffile.TiffFile(path) as tiff:
            if _like_pages(full_series(tiff)):
                return True
            shape, names = tiff.series[0].shape, tiff.series[0].axes
    except (OSError, *DAMAGED):
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
        with quiet("tifffile"):
            return _open_zarr(path) if is_zarr(path) else _open_tiff(path)
    except GreyfillError:
        raise
    except (OSError, *DAMAGED) as error:
        reason = reason_of(error)
        if not is_zarr(path) and path.is_file() and not is_tiff(_start_of(path)):
            raise UnreadableFileError(
                f"{path} is no stack; give a TIFF of several pages or an OME-Zarr."
            ) from error
        if "imagecodecs" in reason:
            raise UnreadableFileError(
                f"{path.name} is compressed in a way that needs the package imagecodecs; install "
                "it with: pip install imagecodecs, or save the stack uncompressed."
            ) from error
        raise UnreadableFileError(
            f"{path} cannot be read as a stack ({reason}); get the file again."
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
        "photometric": _photometric(like, colour=colour),
        "resolution": like.resolution,
        "resolutionunit": like.unit,
    }
    if common["photometric"] == "palette":
        common["colormap"] = like.colormap
    if like.nodata is not None:
        common["extratags"] = [(NODATA, "s", 0, f"{like.nodata:.17g}".encode(), True)]
    if colour and axes.colour != len(axes.names) - 1:
        common["planarconfig"] = "separate"
    in_order = sorted(names, key=_IMAGEJ.find) == list(names) and set(names) <= set(_IMAGEJ)
    imagej = bool(like.imagej) and in_order and size < _BIG and np.dtype(image.dtype).kind != "b"
    if imagej:
        kept = {key: value for key, value in like.imagej.items() if key not in _STRUCTURE}
        form: dict[str, Any] = {"imagej": True, "metadata": {**kept, "axes": names}}
    elif like.ome:
        form = {"description": like.ome.encode(), "metadata": None}
    else:
        form = {"metadata": {"axes": names}}
    if like.compressed and not imagej:
        form["compression"] = "zlib"
    try:
        with replacing(path) as file:
            data = np.asarray(image) if imagej else _pages(image, axes)
            if imagej:
                common.pop("shape"), common.pop("dtype")
            tifffile.imwrite(file, data, bigtiff=size >= _BIG, **common, **form)
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another name."
        ) from error


def _photometric(like: StackFile, *, colour: bool) -> str:
    """Return how the values of a stack are displayed, as in its file."""
    if colour:
        return "rgb"
    if like.colormap is not None:
        return "palette"
    return "miniswhite" if like.white_is_zero else "minisblack"


def _pages(image: Any, axes: Axes) -> Iterator[NDArray[Any]]:  # noqa: ANN401 - any array
    """Yield the pages of a TIFF in the order of the stack's axes."""
    last = len(axes.names) - (2 if axes.colour is None else 3)
    for index in np.ndindex(*axes.shape[:last]):
        yield np.asarray(image[index])


def _open_tiff(path: Path) -> StackFile:
    with tifffile.TiffFile(path) as tiff:
        full = full_series(tiff)
        if len(full) > 1 and not tiff.is_ome and _like_pages(full):
            with tifffile.TiffFile(path, is_shaped=False) as pages:
                return _stack_in(pages, path, len(full))
        return _stack_in(tiff, path)


def _like_pages(series: list[Any]) -> bool:
    """Return whether what a file holds are several pictures of one size and type."""
    kinds = {(one.shape, one.dtype, one.axes) for one in series}
    return len(series) > 1 and len(kinds) == 1 and not set(series[0].axes) - set("YXS")


def _stack_in(tiff: tifffile.TiffFile, path: Path, pages: int = 0) -> StackFile:
    """Return the only stack of a file; of so many pages that were written one by one."""
    full, series, page = full_series(tiff), tiff.series[0], tiff.series[0].keyframe
    if len(full) > 1 or (pages and series.shape[0] != pages):
        raise UnsupportedImageError(
            f"{path.name} holds {max(len(full), pages)} stacks or pictures; save the one to fill "
            "as a file of its own."
        )
    if tiff.is_ome and any(each is None for each in series):
        raise UnreadableFileError(
            f"{path.name} is one of several files of a stack, and some of them are missing; put "
            "them beside it."
        )
    start = series.dataoffset if series.size > page.size else None
    if start is None or start + series.nbytes > path.stat().st_size:
        require_all_pages(tiff, path)  # which takes a while for very many pages
    names = tuple("" if name in "QI" else name for name in series.axes)
    tags = page.tags
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
        compressed=page.compression != 1,
        white_is_zero=page.photometric == tifffile.PHOTOMETRIC.MINISWHITE,
        colormap=page.colormap,
        nodata=nodata_in(page),
    )
    mapped = series.dataoffset is not None and not told.compressed
    data = tifffile.memmap(path, mode="r") if mapped else series.asarray()
    if tuple(data.shape) != tuple(series.shape):
        data = series.asarray()
    _require_greys_or_colours(page, data, path)
    return replace(told, data=data)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _require_greys_or_colours(page: Any, data: NDArray[Any], path: Path) -> None:  # noqa: ANN401
    """Refuse values that mean neither how bright something is nor red, green and blue."""
    kinds = tifffile.PHOTOMETRIC
    name = getattr(page.photometric, "name", page.photometric)
    if page.photometric == kinds.PALETTE:
        first = data.reshape(-1, *data.shape[-2:])[0]
        if data.dtype == np.uint8 and is_display_table(as_bytes(page.colormap), first):
            return
    elif page.photometric in (kinds.MINISBLACK, kinds.MINISWHITE, kinds.RGB):
        return
    raise UnsupportedImageError(
        f"{path.name} is in {name} colours; convert it to RGB or grey first."
    )


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
