"""Plain data of the Fill dock: what was asked for, and how to ask for it in Python.

No Qt and no napari here, so everything can be tested without a window.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.options import SHARED, FillOptions
from napari_greyfill.pipeline.result import FillResult

__all__ = [
    "FillRequest",
    "PlaneSource",
    "as_python",
    "checksum",
]


def checksum(array: NDArray[Any]) -> int:
    """Return a number that tells whether an array was changed; a gigabyte takes some 0.3 s."""
    return zlib.crc32(np.ascontiguousarray(array).data)


@dataclass(frozen=True, eq=False)
class PlaneSource:
    """One plane of a layer's data, read when it is needed and not before.

    Attributes
    ----------
    data : array-like
        NumPy, dask, zarr: whatever the layer holds.
    index : tuple of int
        Position along all axes before the last two (not counting colour).
    coarser : tuple of array-like
        The other levels, if the data are the finest one of a pyramid.
    """

    data: Any
    index: tuple[int, ...] = ()
    coarser: tuple[Any, ...] = ()

    @property
    def is_lazy(self) -> bool:
        """Return whether not all of the plane should be in memory."""
        return bool(self.coarser) or not isinstance(self.data, np.ndarray)

    def opened(self) -> NDArray[Any] | LazyPlane:
        """Return the plane, or what reads it window by window if it is lazy."""
        return LazyPlane(self.data, self.index) if self.is_lazy else self.read()

    def every_level(self) -> Iterator[tuple[Any, tuple[int, ...]]]:
        """Yield the data of each level, finest first, and where the plane lies in them."""
        stack = self.data.shape[: len(self.index)]
        for data in (self.data, *self.coarser):
            lengths = zip(self.index, stack, data.shape, strict=False)
            yield data, tuple(i * length // most for i, most, length in lengths)

    def read(self) -> NDArray[Any]:
        """Return the plane as a NumPy array."""
        return np.asarray(self.data[self.index] if self.index else self.data)


@dataclass(frozen=True, eq=False)
class FillRequest:
    """Everything a run needs, taken from the viewer at the moment Run was pressed.

    Attributes
    ----------
    options : FillOptions
    methods : tuple of str
        All methods, the one of the options first.
    hints : ColourHints or None
    confidence : bool
        Whether to show how sure the colours are.
    after : FillResult or None
        The fill before, of which what has not changed is kept.
    """

    image: PlaneSource
    mask: PlaneSource
    rgb: bool
    options: FillOptions
    image_name: str
    mask_name: str
    mask_index: tuple[int, ...] = ()
    reference: PlaneSource | None = None
    reference_name: str = ""
    intermediates: bool = False
    preview: bool = True
    methods: tuple[str, ...] = ()
    hints: ColourHints | None = None
    hints_name: str = ""
    confidence: bool = False
    after: FillResult | None = None

    @property
    def several(self) -> bool:
        """Return whether more than one method runs, which is a comparison."""
        return len(self.methods) > 1


def as_python(request: FillRequest) -> str:
    """Return lines for napari's console that repeat a run."""
    image = _plane_in_console(request.image_name, request.image.index)
    mask = _plane_in_console(request.mask_name, request.mask_index)
    chosen = request.options.changed()
    if request.several:
        chosen = {
            "methods": list(request.methods),
            "pipelines": request.options.pipeline,
            "colorizers": request.options.colorizer,
            "reference": None,
            **{name: value for name, value in chosen.items() if name in SHARED},
        }
    arguments = [f"{name}={value!r}" for name, value in chosen.items()]
    if request.image.index:
        arguments.insert(0, f"rgb={request.rgb}")
    if request.hints is not None:
        arguments.append(f"hints=viewer.layers[{request.hints_name!r}]")
    listed = "".join(f"    {argument},\n" for argument in [image, mask, *arguments])
    name = request.image_name + " filled"
    place = f"rgb={request.rgb}, **place"
    where = (
        f"source = viewer.layers[{request.image_name!r}]\n"
        "place = {\n"
        "    'scale': source.scale[-2:],\n"
        "    'translate': source.translate[-2:],\n"
        "    'units': source.units[-2:],\n"
        "}\n"
    )
    if not request.several:
        made = "result = greyfill.fill"
        shown = f"viewer.add_image(result.image, name={name!r}, {place})"
    else:
        made = "comparison = greyfill.compare"
        shown = (
            "for row in comparison.rows:\n"
            "    if row.image is not None:\n"
            f"        name = {name!r} + f' ({{row.combination.method}})'\n"
            f"        viewer.add_image(row.image, name=name, {place})"
        )
    return f"import napari_greyfill as greyfill\n\n{made}(\n{listed})\n{where}{shown}\n"


def _plane_in_console(name: str, index: tuple[int, ...]) -> str:
    layer = f"viewer.layers[{name!r}]"
    return f"{layer}.data[{', '.join(str(i) for i in index)}]" if index else layer
