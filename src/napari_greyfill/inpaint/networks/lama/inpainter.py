"""The inpainter that runs LaMa: what goes into the network and what comes out."""

from __future__ import annotations

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["LamaInpainter", "network_input"]


class LamaInpainter(NetworkInpainter):
    """Fills with LaMa, in one pass.

    It takes one module, of any of the network's variants.

    References
    ----------
    R. Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV
    2022, arXiv 2109.07161.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        (name,) = self.modules
        inputs = np.stack([network_input(*each) for each in zip(images, holes, strict=True)])
        return self.apply(name, inputs).clip(0, 1)


def network_input(image: Plane, hole: Hole) -> Channels:
    """Return the picture in [0, 1] with 0, black, in the hole, and the mask.

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
    return np.concatenate([np.where(missing, 0, image), missing], axis=-1, dtype=np.float32)
