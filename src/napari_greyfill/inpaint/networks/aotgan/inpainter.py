"""The inpainter that runs AOT-GAN: what goes into the network and what comes out."""

from __future__ import annotations

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["AOTGANInpainter", "network_input"]


class AOTGANInpainter(NetworkInpainter):
    """Fills with AOT-GAN, in one pass; it takes one module, of any of the network's layouts.

    References
    ----------
    Y. Zeng, J. Fu, H. Chao, B. Guo, "Aggregated Contextual Transformations for High-Resolution
    Image Inpainting", 2022, arXiv 2104.01431.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        (name,) = self.modules
        inputs = np.stack([network_input(*each) for each in zip(images, holes, strict=True)])
        return np.asarray((self.apply(name, inputs) + 1) / 2, dtype=np.float32)


def network_input(image: Plane, hole: Hole) -> Channels:
    """Return R, G, B, or grey, in [-1, 1] with 1, white, in the hole, and the mask.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.

    Returns
    -------
    (H, W, C + 1) float32 array
    """
    missing = hole[..., None]
    return np.concatenate(
        [np.where(missing, 1, 2 * image - 1), missing], axis=-1, dtype=np.float32
    )
