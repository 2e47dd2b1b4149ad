"""Stage 1: fill the hole in a plane. What is public here is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_greyfill.inpaint.base import Fill as Fill
    from napari_greyfill.inpaint.base import Inpainter as Inpainter
    from napari_greyfill.inpaint.registry import INPAINTERS as INPAINTERS
    from napari_greyfill.inpaint.registry import methods as methods
    from napari_greyfill.inpaint.scale import SCALES as SCALES
    from napari_greyfill.inpaint.scale import enlarged_with_detail as enlarged_with_detail
    from napari_greyfill.inpaint.scale import reduced as reduced
    from napari_greyfill.inpaint.scale import reduction as reduction

_HOMES = {
    "Fill": "base",
    "INPAINTERS": "registry",
    "SCALES": "scale",
    "Inpainter": "base",
    "enlarged_with_detail": "scale",
    "methods": "registry",
    "reduced": "scale",
    "reduction": "scale",
}

__all__ = [
    "INPAINTERS",
    "SCALES",
    "Fill",
    "Inpainter",
    "enlarged_with_detail",
    "methods",
    "reduced",
    "reduction",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
