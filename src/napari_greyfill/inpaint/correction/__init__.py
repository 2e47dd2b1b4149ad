"""A small network that corrects the spectral fill; its weights come with the package."""


__all__ = ["Correction"]
