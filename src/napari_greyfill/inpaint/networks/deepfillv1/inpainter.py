"""The inpainter that runs DeepFill v1."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["DeepFillV1Inpainter"]


class DeepFillV1Inpainter(OnePassInpainter):
    """Fills with DeepFill v1: convolutions and contextual attention.

    References
    ----------
    J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Generative Image Inpainting with Contextual
    Attention", CVPR 2018, arXiv 1801.07892.
    """

    showing = Showing(planes=("picture", "ones", "hole"), bgr=True)
