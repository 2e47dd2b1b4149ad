"""Stage 1: fill the hole in a plane."""

from napari_greyfill.inpaint.base import Inpainter
from napari_greyfill.inpaint.registry import INPAINTERS, methods
from napari_greyfill.inpaint.scale import SCALES, enlarged_with_detail, reduced, reduction

__all__ = [
    "INPAINTERS",
    "SCALES",
    "Inpainter",
    "enlarged_with_detail",
    "methods",
    "reduced",
    "reduction",
]
