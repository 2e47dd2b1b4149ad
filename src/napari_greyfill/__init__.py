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
    from napari_greyfill.comparison import CompareStep as CompareStep
    from napari_greyfill.comparison import Comparison as Comparison
    from napari_greyfill.comparison import compare as compare
    from napari_greyfill.comparison import compare_steps as compare_steps
    from napari_greyfill.compute.registry import MethodInfo as MethodInfo
    from napari_greyfill.errors import GreyfillError as GreyfillError
    from napari_greyfill.inpaint import methods as methods
    from napari_greyfill.masks import masked_images as masked_images
    from napari_greyfill.masks import random_mask as random_mask
    from napari_greyfill.measure import metrics as metrics
    from napari_greyfill.pipeline.hints import ColourHints as ColourHints
    from napari_greyfill.pipeline.result import FillResult as FillResult
    from napari_greyfill.pipeline.result import Step as Step
    from napari_greyfill.pipeline.run import colorize as colorize
    from napari_greyfill.pipeline.run import fill as fill
    from napari_greyfill.pipeline.run import fill_steps as fill_steps
    from napari_greyfill.pipeline.several import FillResults as FillResults
    from napari_greyfill.pipeline.suggest import suggest_look as suggest_look

_HOMES = {
    "fill": "pipeline.run",
    "fill_steps": "pipeline.run",
    "colorize": "pipeline.run",
    "suggest_look": "pipeline.suggest",
    "methods": "inpaint",
    "colorizers": "colorization",
    "compare": "comparison",
    "compare_steps": "comparison",
    "metrics": "measure",
    "ColourHints": "pipeline.hints",
    "random_mask": "masks",
    "masked_images": "masks",
    "CompareStep": "comparison",
    "Comparison": "comparison",
    "FillResult": "pipeline.result",
    "FillResults": "pipeline.several",
    "Step": "pipeline.result",
    "MethodInfo": "compute.registry",
    "GreyfillError": "errors",
}

__all__ = [
    "ColourHints",
    "CompareStep",
    "Comparison",
    "FillResult",
    "FillResults",
    "GreyfillError",
    "MethodInfo",
    "Step",
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
