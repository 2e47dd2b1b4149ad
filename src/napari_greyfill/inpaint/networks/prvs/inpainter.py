"""The inpainter that runs PRVS: what goes into the network and what comes out."""

from __future__ import annotations

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.edgeconnect.inpainter import brightness, known_edges
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["PRVSInpainter", "network_input"]


class PRVSInpainter(NetworkInpainter):
    """Fills with PRVS, which draws edges into the hole as it closes it.

    The authors' program finds edges in the complete picture and takes those of the hole away
    afterwards. Here they are found in what is known, so that the hole has no edge around it.

    References
    ----------
    J. Li, F. He, L. Zhang, B. Du, D. Tao, "Progressive Reconstruction of Visual Structure for
    Image Inpainting", ICCV 2019, pp. 5962-5971.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        inputs = [
            network_input(image, hole, known_edges(brightness(image), hole))
            for image, hole in zip(images, holes, strict=True)
        ]
        return np.clip(self.apply("prvs", np.stack(inputs)), 0, 1)


def network_input(image: Plane, hole: Hole, edges: Hole) -> Channels:
    """Return R, G, B, or grey, with 0 in the hole, the known edges, and what is known.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    edges : (H, W) bool array
        True on an edge; the hole does not count.

    Returns
    -------
    (H, W, C + 2) float32 array
    """
    known = ~hole[..., None]
    planes = [np.where(known, image, 0), edges[..., None] & known, known]
    return np.concatenate(planes, axis=-1, dtype=np.float32)
