"""What the fill of a stack hands out: planes on the way, and the result at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.neighbours.gain import Gain
from napari_greyfill.pipeline.presentation import LayerData
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.ome import Place
from napari_greyfill.stack.pasting import Pasted, filled_region, paste
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import Source, StackPatch, TaskResult

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["FilledPlane", "PlaneReport", "StackResult"]

Index = tuple[int, ...]
IN_MEMORY = 2**30  # bytes; results up to here are arrays, larger ones are read in parts


@dataclass(frozen=True)
class PlaneReport:
    """How a plane was filled.

    Attributes
    ----------
    index : tuple of int
        Its place along each axis along which planes follow each other.
    name : str
        The same for people, as in "T 1, Z 2".
    pixels : int
        How many were filled.
    expected_error : float or None
        The root mean square error to expect in them, in the units of the image.
    share : float
        How much came from other planes, 0 to 1.
    words : str
        What was used, for people; of several holes that of the largest.
    metrics : dict
        As `metrics` returns them, if there was a reference; empty otherwise.
    """

    index: Index
    name: str
    pixels: int
    expected_error: float | None
    share: float
    words: str
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FilledPlane:
    """A plane that is finished, before the whole stack is; the source of a preview.

    Attributes
    ----------
    stack : StackImage
    index : tuple of int
        Which plane.
    patches : tuple of StackPatch
        What was filled in it.
    finished : int
        How many planes are finished by now, with those of the run that this one continues.
    """

    stack: StackImage = field(repr=False)
    index: Index
    patches: tuple[StackPatch, ...] = field(repr=False)
    _result: Callable[[], StackResult] = field(repr=False)
    finished: int = 1

    @property
    def name(self) -> str:
        """Return which plane it is, for people."""
        return self.stack.axes.words(self.index)

    @property
    def image(self) -> NDArray[Any]:
        """Return the whole plane, (H, W) or (H, W, C), filled; it is read and pasted anew."""
        return paste(np.array(self.stack.read(self.index)), self.patches)

    @property
    def report(self) -> PlaneReport:
        """Return how it was filled."""
        return _report(self.stack.axes, self.index, self.patches)

    def paste(self, target: NDArray[Any], labels: NDArray[Any] | None = None) -> None:
        """Write what was filled into an array of the stack's shape, and into labels of it.

        Parameters
        ----------
        target : array
            Of the shape and the axes of the stack.
        labels : array, optional
            Of the same shape without colour; gets the `Source` of each filled pixel.
        """
        axes = self.stack.axes
        paste(axes.upright(target[axes.place(self.index)]), self.patches)
        if labels is not None:
            own = axes.without_colour()
            plane = own.upright(labels[own.place(self.index)])
            for patch in self.patches:
                plane[patch.window.slices][patch.hole] = patch.source

    @property
    def so_far(self) -> StackResult:
        """Return the result as it is now, to be kept, or resumed, should the run be cancelled."""
        return self._result()


@dataclass(frozen=True, eq=False)
class StackResult:
    """A filled stack, all of it or as far as a run got.

    Attributes
    ----------
    stack : StackImage
        What was filled; never written to.
    results : dict
        What each finished task returned, by its key.
    total : int
        How many tasks there are.
    notes : tuple of str
        Sentences the user should know.
    method, pipeline, colorizer : str
        What really ran.
    provenance : dict
        JSON-able: parameters, seed, versions, planes with their errors, seconds.
    seconds : float
        Wall time of the run, without those it continued.
    fingerprint : str
        Stands for stack, mask and options: what may be continued.
    gains : dict
        The gain of static dust, of whole planes, by what it was measured on: `apply_gain` corrects
        new recordings by one, `save_gain` writes it to a file.
    metrics : dict
        The means of those of the planes, if there was a reference; empty otherwise.
    plane_metrics : dict
        Those of each plane, by its index.
    stored : bool
        Whether filled pixels are in a store and not in memory; the image is then read from there.

    Examples
    --------
    >>> from skimage import data
    >>> import napari_greyfill as greyfill
    >>> stack = np.stack([data.camera()[z : z + 64, :64] for z in range(3)])
    >>> mask = np.zeros((64, 64), dtype=bool)
    >>> mask[30:32, 10:50] = True
    >>> result = greyfill.fill(stack, mask, axes="ZYX", context="none", method="biharmonic")
    >>> result.image.shape, len(result.planes), result.complete
    ((3, 64, 64), 3, True)
    """

    stack: StackImage = field(repr=False)
    results: dict[str, TaskResult] = field(repr=False)
    total: int
    notes: tuple[str, ...]
    method: str
    pipeline: str
    colorizer: str
    provenance: dict[str, Any]
    seconds: float
    fingerprint: str = ""
    reason: str = ""
    gains: dict[str, Gain] = field(default_factory=dict, repr=False)
    metrics: dict[str, float] = field(default_factory=dict)
    stored: bool = False
    plane_metrics: dict[Index, dict[str, float]] = field(default_factory=dict, repr=False)

    @property
    def axes(self) -> Axes:
        """Return the axes of the stack."""
        return self.stack.axes

    @property
    def complete(self) -> bool:
        """Return whether nothing is left to do."""
        return len(self.results) == self.total

    @cached_property
    def patches(self) -> tuple[StackPatch, ...]:
        """Return everything that was filled."""
        return tuple(patch for result in self.results.values() for patch in result.patches)

    @cached_property
    def lazy(self) -> Pasted:
        """Return the filled stack, put together where it is read; has its shape and its type."""
        return Pasted(self.stack.data, self.axes, self.patches)

    @cached_property
    def image(self) -> Any:  # noqa: ANN401 - numpy, or dask where it is large
        """Return the filled stack: shape, type and axes of the input, known pixels identical.

        A numpy array up to a gigabyte, or where the input is one in memory. Beyond that, and where
        a store keeps what was filled, it is laid over the input where it is read: a dask array,
        if dask is there.
        """
        data = self.stack.data
        if self.stored and not isinstance(data, np.ma.MaskedArray):
            return _in_parts(self.lazy, self.axes)
        if isinstance(data, np.ndarray) and not isinstance(data, np.memmap):
            return self._masked(np.asarray(self.lazy))
        return _readable(self.lazy, self.axes)

    @cached_property
    def filled(self) -> Any:  # noqa: ANN401 - numpy, or dask where it is large
        """Return where it was filled: labels, 0 where it was not, otherwise a `Source`.

        They have the axes of the stack without colour.
        """
        return _readable(filled_region(self.axes, self.patches), self.axes.without_colour())

    @property
    def hole(self) -> NDArray[np.bool_]:
        """Return which pixels were invented, in the shape of the stack without colour."""
        return np.asarray(self.filled) > 0

    @cached_property
    def planes(self) -> tuple[PlaneReport, ...]:
        """Return how each plane was filled, in order."""
        by_plane: dict[Index, list[StackPatch]] = {}
        for patch in self.patches:
            by_plane.setdefault(patch.index, []).append(patch)
        return tuple(
            replace(
                _report(self.axes, index, tuple(patches)),
                metrics=self.plane_metrics.get(index, {}),
            )
            for index, patches in sorted(by_plane.items())
        )

    @property
    def expected_error(self) -> float | None:
        """Return the root mean square error to expect over all planes, in the image's units."""
        return _mean_error([(p.expected_error, p.pixels) for p in self.planes])

    @property
    def worst_plane(self) -> PlaneReport | None:
        """Return the plane with the largest error to expect, if any is known."""
        known = [plane for plane in self.planes if plane.expected_error is not None]
        return max(known, key=lambda plane: plane.expected_error or 0.0, default=None)

    @property
    def used(self) -> dict[str, int]:
        """Return how many pixels were filled from what, in words."""
        counts: dict[str, int] = {}
        for patch in self.patches:
            words = Source(patch.source).words
            counts[words] = counts.get(words, 0) + int(np.count_nonzero(patch.hole))
        return counts

    def to_dataframe(self) -> DataFrame:
        """Return a table with a row for each filled plane.

        Returns
        -------
        pandas.DataFrame
            The plane's place along each axis, its pixels, expected error, share of other planes,
            what was used, and its metrics, if there was a reference.
        """
        import pandas as pd

        names = [name or f"axis {n}" for n, name in enumerate(self.axes.stack_names)]
        rows = []
        for plane in self.planes:
            row: dict[str, Any] = dict(zip(names, plane.index, strict=True))
            row |= {"pixels": plane.pixels, "expected_error": plane.expected_error}
            row |= {"share": plane.share, "used": plane.words}
            rows.append(row | plane.metrics)
        return pd.DataFrame(rows)

    def bake(self, path: str | PathLike[str], place: Place | None = None) -> None:
        """Write the filled stack to an OME-Zarr of its own, block by block.

        Parameters
        ----------
        path : path
            A folder that does not exist yet, ending in ``.ome.zarr`` by custom.
        place : Place, optional
            Where its pixels lie; `place_of` tells it of a layer.

        Raises
        ------
        UnwritablePathError
            If something is there already, or it cannot be written.
        UnsupportedImageError
            If an OME-Zarr cannot have such axes.
        MissingDependencyError
            If zarr or ome-zarr are not installed.
        """
        exhaust(bake(self.lazy, self.axes, Path(fspath(path)), place))

    def to_layers(self) -> list[LayerData]:
        """Return the result as layers for napari: the stack, and labels of where it was filled.

        Returns
        -------
        list of (array, dict, str)
            What `napari.layers.Layer.create` takes; only the image is visible at first.
        """
        shown = {
            "name": "filled",
            "rgb": self.axes.colour is not None,
            "metadata": {"greyfill": self.provenance},
        }
        region = {"name": "filled region", "visible": False}
        return [(self.image, shown, "image"), (self.filled, region, "labels")]

    def _masked(self, image: NDArray[Any]) -> NDArray[Any]:
        data = self.stack.data
        if not isinstance(data, np.ma.MaskedArray):
            return image
        mask = np.ma.getmaskarray(data).copy()
        filled = np.asarray(self.filled) > 0
        if self.axes.colour is not None:
            filled = np.broadcast_to(np.expand_dims(filled, self.axes.colour), mask.shape)
        return np.ma.MaskedArray(image, mask=mask & ~filled)

    def __repr__(self) -> str:
        """Say in one line what was filled, how, and how well."""
        pixels = sum(plane.pixels for plane in self.planes)
        shape = " × ".join(map(str, self.axes.shape))
        error = self.expected_error
        expected = "" if error is None else f", expected error {error:.3g}"
        rest = "" if self.complete else f", {len(self.results)} of {self.total} tasks done"
        return (
            f"<StackResult {shape} {self.stack.dtype}: {pixels:,} pixels of {len(self.planes)} "
            f"planes filled by {self.method} in {self.seconds:.2g} s{expected}{rest}>"
        )


def _report(axes: Axes, index: Index, patches: tuple[StackPatch, ...]) -> PlaneReport:
    sizes = [int(np.count_nonzero(patch.hole)) for patch in patches]
    pixels = sum(sizes)
    share = sum(p.share * n for p, n in zip(patches, sizes, strict=True)) / max(pixels, 1)
    error = _mean_error([(p.expected_error, n) for p, n in zip(patches, sizes, strict=True)])
    words = patches[int(np.argmax(sizes))].words if patches else ""
    return PlaneReport(index, axes.words(index), pixels, error, share, words)


def _mean_error(errors: list[tuple[float | None, int]]) -> float | None:
    known = [(error, count) for error, count in errors if error is not None and count]
    if not known:
        return None
    values, counts = np.array(known, dtype=np.float64).T
    return float(np.sqrt(np.average(values**2, weights=counts)))


def _readable(pasted: Pasted, axes: Axes) -> Any:  # noqa: ANN401 - numpy, or dask
    """Return an array of numpy where it is small, otherwise one that is read in parts."""
    if pasted.nbytes <= IN_MEMORY:
        return np.asarray(pasted)
    return _in_parts(pasted, axes)


def _in_parts(pasted: Pasted, axes: Axes) -> Any:  # noqa: ANN401 - dask, or what is pasted
    """Return an array that is read where it is looked at."""
    try:
        import dask.array
    except ImportError:
        return pasted
    chunks = tuple(
        1 if axis in axes.leading else min(length, 1024) if axis in (axes.y, axes.x) else length
        for axis, length in enumerate(axes.shape)
    )
    assert prod(chunks) > 0  # empty stacks were refused
    return dask.array.from_array(pasted, chunks=chunks, name=False)  # type: ignore[no-untyped-call,attr-defined,unused-ignore]
