"""Stage 1: fill the hole in a plane."""

from napari_greyfill.inpaint.base import Inpainter, fit_to_size, fitting_size, pad_to
from napari_greyfill.inpaint.registry import INPAINTERS, methods
from napari_greyfill.inpaint.scale import SCALES, enlarged_with_detail, reduced, reduction

__all__ = [
    "INPAINTERS",
    "SCALES",
    "Inpainter",
    "enlarged_with_detail",
    "fit_to_size",
    "fitting_size",
    "methods",
    "pad_to",
    "reduced",
    "reduction",
]
