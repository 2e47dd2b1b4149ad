"""The inpainter that runs DeepFill v1."""

from __future__ import annotations

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.deepfillv2.inpainter import network_input

__all__ = ["DeepFillV1Inpainter"]


class DeepFillV1Inpainter(NetworkInpainter):
    """Fills with DeepFill v1: convolutions and contextual attention.

    References
    ----------
    J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Generative Image Inpainting with Contextual
    Attention", CVPR 2018, arXiv 1801.07892.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the networks' pictures; see `NetworkInpainter.complete`."""
        pairs = zip(images, holes, strict=True)
        inputs = np.stack([network_input(*each, bgr=True) for each in pairs])
        output = self.apply("deepfillv1-mm", inputs)[..., ::-1]
        return np.asarray((output + 1) / 2, dtype=np.float32)
