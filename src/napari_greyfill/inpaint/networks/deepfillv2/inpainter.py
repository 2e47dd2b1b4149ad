"""The inpainter that runs DeepFill v2: what goes into the networks and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.modules import Channels

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2

__all__ = ["DeepFillV2Inpainter", "network_input"]


class DeepFillV2Inpainter(NetworkInpainter):
    """Fills with DeepFill v2: gated convolutions and contextual attention.

    It takes one module, of any of the network's variants.

    References
    ----------
    J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Free-Form Image Inpainting with Gated
    Convolution", ICCV 2019, arXiv 1806.03589.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the networks' pictures; see `NetworkInpainter.complete`."""
        ((name, module),) = self.modules.items()
        layout = cast("DeepFillV2", module).layout
        pairs = zip(images, holes, strict=True)
        inputs = np.stack([network_input(*each, bgr=layout.bgr) for each in pairs])
        output = self.apply(name, inputs)[..., :: -1 if layout.bgr else 1]
        return np.asarray((output + 1) / 2, dtype=np.float32)


def network_input(image: Plane, hole: Hole, *, bgr: bool = False) -> Channels:
    """Return the picture in [-1, 1] with 0, mid grey, in the hole; ones; and the mask.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        Colours, or one channel of grey. What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    bgr : bool
        Whether the network takes colours in the order B, G, R.

    Returns
    -------
    (H, W, C + 2) float32 array
    """
    missing = hole[..., None]
    colours = image[..., ::-1] if bgr else image
    planes = [np.where(missing, 0, 2 * colours - 1), np.ones_like(missing), missing]
    return np.concatenate(planes, axis=-1, dtype=np.float32)
