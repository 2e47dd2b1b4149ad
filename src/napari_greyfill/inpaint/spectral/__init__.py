"""The spectral fill: the mean of what the image's own power spectrum makes likely."""

from napari_greyfill.inpaint.spectral.inpainter import Spectral

__all__ = ["Spectral"]
