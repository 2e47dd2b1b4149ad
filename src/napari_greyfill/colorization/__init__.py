"""Stage 2: give the filled grey its colour back."""

from napari_greyfill.colorization.base import Colorizer, Colours, Level
from napari_greyfill.colorization.hybrid import confidence_of, with_moments
from napari_greyfill.colorization.registry import COLORIZERS, colorizers
from napari_greyfill.colorization.specks import flowed

__all__ = [
    "COLORIZERS",
    "Colorizer",
    "Colours",
    "Level",
    "colorizers",
    "confidence_of",
    "flowed",
    "with_moments",
]
