"""Stage 1: fill the hole in a plane."""

from napari_greyfill.inpaint.base import Inpainter, fit_to_size
from napari_greyfill.inpaint.registry import INPAINTERS, methods

__all__ = ["INPAINTERS", "Inpainter", "fit_to_size", "methods"]
