"""Plain data of the Fill dock: what was asked for, and how to ask for it in Python.

No Qt and no napari here, so everything can be tested without a window.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.job import FillParameters

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
    """

    data: Any
    index: tuple[int, ...] = ()

    def read(self) -> NDArray[Any]:
        """Return the plane as a NumPy array."""
        return np.asarray(self.data[self.index] if self.index else self.data)


@dataclass(frozen=True, eq=False)
class FillRequest:
    """Everything a run needs, taken from the viewer at the moment Run was pressed.

    Attributes
    ----------
    methods : tuple of str
        All methods, if there are more than the one among the parameters.
    look : str
        "suggested" if methods are still to be added: those of the look that suits the hole.
    hints : ColourHints or None
    confidence : bool
        Whether to show how sure the colours are.
    """

    image: PlaneSource
    mask: PlaneSource
    rgb: bool
    parameters: FillParameters
    image_name: str
    mask_name: str
    mask_index: tuple[int, ...] = ()
    reference: PlaneSource | None = None
    reference_name: str = ""
    intermediates: bool = True
    preview: bool = True
    methods: tuple[str, ...] = ()
    look: str = ""
    hints: ColourHints | None = None
    hints_name: str = ""
    confidence: bool = False

    def with_methods(self, methods: tuple[str, ...]) -> FillRequest:
        """Return the request with the methods that were found to suit, before the others."""
        every = tuple(dict.fromkeys((*methods, *self.methods)))
        parameters = replace(self.parameters, method=every[0])
        return replace(self, parameters=parameters, methods=every, look="")

    @property
    def method(self) -> str | list[str]:
        """Return what `fill` takes: a name, or a list if several methods run."""
        return list(self.methods) if len(self.methods) > 1 else self.parameters.method


def as_python(request: FillRequest) -> str:
    """Return lines for napari's console that repeat a run."""
    defaults = vars(FillParameters())
    chosen = {**vars(request.parameters), "method": request.method}
    arguments = [f"{name}={value!r}" for name, value in chosen.items() if value != defaults[name]]
    image = _plane_in_console(request.image_name, request.image.index)
    mask = _plane_in_console(request.mask_name, request.mask_index)
    if request.image.index:
        arguments.insert(0, f"rgb={request.rgb}")
    if request.hints is not None:
        arguments.append(f"hints=viewer.layers[{request.hints_name!r}]")
    listed = "".join(f"    {argument},\n" for argument in [image, mask, *arguments])
    name = request.image_name + " filled"
    if isinstance(request.method, str):
        made, shown = "result", f"viewer.add_image(result.image, name={name!r}, rgb={request.rgb})"
    else:
        made = "results"
        shown = (
            "for method, result in results.items():\n"
            f"    name = {name!r} + f' ({{method}})'\n"
            f"    viewer.add_image(result.image, name=name, rgb={request.rgb})"
        )
    return f"import napari_greyfill as greyfill\n\n{made} = greyfill.fill(\n{listed})\n{shown}\n"


def _plane_in_console(name: str, index: tuple[int, ...]) -> str:
    layer = f"viewer.layers[{name!r}]"
    return f"{layer}.data[{', '.join(str(i) for i in index)}]" if index else layer
