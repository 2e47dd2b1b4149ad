"""The inpainter that runs EdgeConnect: what goes into its two networks and what comes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.feature import canny

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = [
    "EdgeConnectInpainter",
    "brightness",
    "completion_input",
    "edge_input",
    "known_edges",
]

_WEIGHTS = np.array([0.2125, 0.7154, 0.0721])  # Rec. 709, which the edges were trained on
_SIGMA = 2.0


class EdgeConnectInpainter(NetworkInpainter):
    """Fills with EdgeConnect: the edges in the hole, then the colours.

    References
    ----------
    K. Nazeri, E. Ng, T. Joseph, F. Z. Qureshi, M. Ebrahimi, "EdgeConnect: Generative Image
    Inpainting with Adversarial Edge Learning", arXiv 1901.00212, 2019.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the completion network's pictures; see `NetworkInpainter.complete`."""
        pairs = list(zip(images, holes, strict=True))
        inputs = np.stack([edge_input(*each) for each in pairs])
        edges = self.apply("edgeconnect-edge", inputs)
        inputs = np.stack([completion_input(*p, e) for p, e in zip(pairs, edges, strict=True)])
        return self.apply("edgeconnect-inpaint", inputs)


def edge_input(image: Plane, hole: Hole) -> Channels:
    """Return grey with 1, white, in the hole, the known edges, and the mask.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        Colours, or one channel of grey. What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.

    Returns
    -------
    (H, W, 3) float32 array
    """
    grey = brightness(image)
    channels = [np.where(hole, 1.0, grey), known_edges(grey, hole), hole]
    return np.stack(channels, axis=-1).astype(np.float32)


def completion_input(image: Plane, hole: Hole, edges: Channels) -> Channels:
    """Return R, G, B, or grey, with 1, white, in the hole, and edges.

    The edges are the edge generator's own everywhere, also where they could be seen: the
    published evaluation does it so.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    edges : (H, W, 1) float32 array in [0, 1]
        1 on an edge, completed in the hole.

    Returns
    -------
    (H, W, C + 1) float32 array
    """
    return np.concatenate([np.where(hole[..., None], np.float32(1), image), edges], axis=-1)


def brightness(image: Plane) -> NDArray[np.float64]:
    """Return the grey the edge generator was trained on; of colours it is not our luma."""
    if image.shape[-1] == 1:
        return image[..., 0].astype(np.float64)
    return np.asarray(image.astype(np.float64) @ _WEIGHTS)


def known_edges(grey: NDArray[np.float64], hole: Hole) -> Hole:
    """Return the edges that the known pixels show; there are none in the hole."""
    return np.asarray(canny(grey, sigma=_SIGMA, mask=~hole), dtype=np.bool_)
