"""Stage 2: give the filled grey its colour back."""

from napari_greyfill.colorization.base import Colorizer, Level
from napari_greyfill.colorization.registry import COLORIZERS, colorizers

__all__ = ["COLORIZERS", "Colorizer", "Level", "colorizers"]
