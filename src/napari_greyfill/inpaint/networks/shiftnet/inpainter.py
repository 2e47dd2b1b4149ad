"""The inpainter that runs Shift-Net: what goes into the network and what comes out."""

from __future__ import annotations

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["ShiftNetInpainter", "network_input"]


class ShiftNetInpainter(NetworkInpainter):
    """Fills with Shift-Net, in one pass.

    References
    ----------
    Z. Yan, X. Li, M. Li, W. Zuo, S. Shan, "Shift-Net: Image Inpainting via Deep Feature
    Rearrangement", ECCV 2018, arXiv 1801.09392.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        inputs = np.stack([network_input(*each) for each in zip(images, holes, strict=True)])
        return np.asarray((self.apply("shiftnet", inputs) + 1) / 2, dtype=np.float32)


def network_input(image: Plane, hole: Hole) -> Channels:
    """Return R, G, B, or grey, in [-1, 1] with 0, mid grey, in the hole, and what is known.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.

    Returns
    -------
    (H, W, C + 1) float32 array
        The last channel is 1 where pixels are known.
    """
    missing = hole[..., None]
    return np.concatenate(
        [np.where(missing, 0, 2 * image - 1), ~missing], axis=-1, dtype=np.float32
    )
