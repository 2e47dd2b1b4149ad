"""The inpainter that runs PConv: what goes into the network and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from napari_greyfill.image.colour import LUMA_WEIGHTS
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels
from napari_greyfill.inpaint.networks.pconv.layouts import Layout

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.pconv.network import PConv

__all__ = ["PConvInpainter", "network_input", "normalisation"]


class PConvInpainter(NetworkInpainter):
    """Fills with partial convolutions; it takes one module, of any of the network's layouts.

    References
    ----------
    G. Liu, F. A. Reda, K. J. Shih, T.-C. Wang, A. Tao, B. Catanzaro, "Image Inpainting for
    Irregular Holes Using Partial Convolutions", ECCV 2018, arXiv 1804.07723.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        ((name, module),) = self.modules.items()
        layout = cast("PConv", module).layout
        pairs = zip(images, holes, strict=True)
        inputs = np.stack([network_input(*each, layout) for each in pairs])
        mean, deviation = normalisation(layout, images.shape[-1])
        output = (self.apply(name, inputs) * deviation + mean)[..., :: -1 if layout.bgr else 1]
        return np.asarray(output.clip(0, 1), dtype=np.float32)


def network_input(image: Plane, hole: Hole, layout: Layout) -> Channels:
    """Return the picture, normalised, with 0 in the hole, and the mask.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        Colours, or one channel of grey. What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    layout : Layout
        Says how to normalise, and the order of colours.

    Returns
    -------
    (H, W, C + 1) float32 array
    """
    missing = hole[..., None]
    colours = image[..., ::-1] if layout.bgr else image
    mean, deviation = normalisation(layout, image.shape[-1])
    shown = np.where(missing, np.float32(0), (colours - mean) / deviation)
    return np.concatenate([shown, missing], axis=-1, dtype=np.float32)


def normalisation(layout: Layout, colours: int) -> tuple[Channels, Channels]:
    """Return what is taken off a picture and what it is divided by, for each channel.

    Parameters
    ----------
    layout : Layout
        Says both for colours, in the order of the network's channels.
    colours : {3, 1}
        Channels; grey has the luma of both.
    """
    both = np.array([layout.mean, layout.deviation], dtype=np.float32)
    if colours == 1:
        both = both @ LUMA_WEIGHTS[:: -1 if layout.bgr else 1, None]
    return both[0], both[1]
