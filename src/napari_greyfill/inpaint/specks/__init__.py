"""Fills of holes of a few pixels, many at a time and without iterating."""

from napari_greyfill.inpaint.specks.fill import SpeckFill
from napari_greyfill.inpaint.specks.frames import INNER, SIDE, Frames, middle_of

__all__ = ["INNER", "SIDE", "Frames", "SpeckFill", "middle_of"]
