"""A small network that corrects the spectral fill; its weights come with the package."""

from napari_greyfill.inpaint.correction.inpainter import (
    Correction,
    corrected,
    correction_of,
    with_correction,
)

__all__ = ["Correction", "corrected", "correction_of", "with_correction"]
