"""A method that fills with the mean of the rim, and a colorizer that takes the rim's colour."""

from scipy import ndimage

from napari_greyfill.colorization import Colorizer, Colours, Level
from napari_greyfill.compute.registry import Method, MethodInfo
from napari_greyfill.inpaint import Fill, Inpainter


class MeanOfRim(Inpainter):
    """Fills with the mean of the known pixels around the hole."""

    def run(self, plane, hole, unknown=None):
        yield 0.0
        filled = plane.copy()
        filled[hole] = plane[rim_of(hole)].mean(axis=0)
        return Fill(filled)


class RimColour(Colorizer):
    """Gives the hole the mean difference from grey of the known pixels around it."""

    def run(self, colour, grey, hole, hints=None):
        rim = rim_of(hole)
        tint = (colour[rim] - grey[rim][:, None]).mean(axis=0)
        filled = colour.copy()
        filled[hole] = grey[hole][:, None] + tint
        yield Level("colouring", 1.0)
        return Colours(filled)


def rim_of(hole):
    """Return the known pixels that touch the hole."""
    return ndimage.binary_dilation(hole) & ~hole


MEAN_OF_RIM = Method(
    MethodInfo("mean-of-rim", "Mean of the rim", "inpainter", summary="One grey for the hole."),
    MeanOfRim,
)
RIM_COLOUR = Method(
    MethodInfo("rim-colour", "Colour of the rim", "colorizer", summary="One tint for the hole."),
    RimColour,
)
