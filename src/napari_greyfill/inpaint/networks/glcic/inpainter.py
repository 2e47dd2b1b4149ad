"""The inpainter that runs GLCIC: what goes into the network and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.glcic.layouts import Layout
from napari_greyfill.inpaint.networks.modules import Channels

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.glcic.network import GLCIC

__all__ = ["GLCICInpainter", "network_input"]


class GLCICInpainter(NetworkInpainter):
    """Fills with GLCIC, in one pass; it takes one module, of any of the network's layouts.

    References
    ----------
    S. Iizuka, E. Simo-Serra, H. Ishikawa, "Globally and Locally Consistent Image Completion", ACM
    Transactions on Graphics 36(4), article 107, 2017.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        ((name, module),) = self.modules.items()
        network = cast("GLCIC", module)
        layout = network.layout
        pairs = zip(images, holes, strict=True)
        inputs = np.stack([network_input(*each, layout, network.mean) for each in pairs])
        output = self.apply(name, inputs)[..., :: -1 if layout.bgr else 1]
        return np.asarray((output + 1) / 2 if layout.signed else output, dtype=np.float32)


def network_input(
    image: Plane, hole: Hole, layout: Layout, mean: tuple[float, ...] = ()
) -> Channels:
    """Return the picture as a layout wants it, and the mask.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        Colours, or one channel of grey. What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    layout : Layout
        Says which range, which order of colours, and what the hole shows.
    mean : tuple of float
        The mean colour in [0, 1], if the layout needs it.

    Returns
    -------
    (H, W, C + 1) float32 array
    """
    missing = hole[..., None]
    colours = image[..., ::-1] if layout.bgr else image
    colour = np.array(mean or (0.0,), dtype=np.float32)
    shown = np.zeros_like(colour)
    if layout.signed:
        colours = 2 * colours - 1
    elif layout.mean_off:
        colours = colours - colour
    else:
        shown = colour
    return np.concatenate([np.where(missing, shown, colours), missing], axis=-1, dtype=np.float32)
