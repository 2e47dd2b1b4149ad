"""Fill painted holes through a monochromic bottleneck: grey first, then the colour.

The public names below are loaded on first use, so that importing the package costs
next to nothing and never imports torch, napari or Qt.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

try:
    __version__ = version("napari-greyfill")
except PackageNotFoundError:  # running from a source tree that was never installed
    __version__ = "0+unknown"

if TYPE_CHECKING:
    from napari_greyfill.colorization import colorizers as colorizers
    from napari_greyfill.comparison import Comparison as Comparison
    from napari_greyfill.comparison import compare as compare
    from napari_greyfill.comparison import compare_steps as compare_steps
    from napari_greyfill.compute.events import Note as Note
    from napari_greyfill.compute.events import Preview as Preview
    from napari_greyfill.compute.events import Progress as Progress
    from napari_greyfill.compute.events import Result as Result
    from napari_greyfill.compute.registry import MethodInfo as MethodInfo
    from napari_greyfill.errors import GreyfillError as GreyfillError
    from napari_greyfill.inpaint import methods as methods
    from napari_greyfill.masks import masked_images as masked_images
    from napari_greyfill.masks import random_mask as random_mask
    from napari_greyfill.measure import metrics as metrics
    from napari_greyfill.pipeline.hints import ColourHints as ColourHints
    from napari_greyfill.pipeline.options import FillOptions as FillOptions
    from napari_greyfill.pipeline.result import FillResult as FillResult
    from napari_greyfill.pipeline.result import Intermediate as Intermediate
    from napari_greyfill.pipeline.run import colorize as colorize
    from napari_greyfill.pipeline.run import fill as fill
    from napari_greyfill.pipeline.run import fill_steps as fill_steps
    from napari_greyfill.pipeline.run import suggest_look as suggest_look

_HOMES = {
    "fill": "pipeline.run",
    "fill_steps": "pipeline.run",
    "colorize": "pipeline.run",
    "suggest_look": "pipeline.run",
    "methods": "inpaint",
    "colorizers": "colorization",
    "compare": "comparison",
    "compare_steps": "comparison",
    "metrics": "measure",
    "ColourHints": "pipeline.hints",
    "random_mask": "masks",
    "masked_images": "masks",
    "Comparison": "comparison",
    "FillOptions": "pipeline.options",
    "Note": "compute.events",
    "Preview": "compute.events",
    "Progress": "compute.events",
    "Result": "compute.events",
    "FillResult": "pipeline.result",
    "Intermediate": "pipeline.result",
    "MethodInfo": "compute.registry",
    "GreyfillError": "errors",
}

__all__ = [
    "ColourHints",
    "Comparison",
    "FillOptions",
    "FillResult",
    "GreyfillError",
    "Intermediate",
    "MethodInfo",
    "Note",
    "Preview",
    "Progress",
    "Result",
    "__version__",
    "colorize",
    "colorizers",
    "compare",
    "compare_steps",
    "fill",
    "fill_steps",
    "masked_images",
    "methods",
    "metrics",
    "random_mask",
    "suggest_look",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(home, name)


def __dir__() -> list[str]:
    return __all__
