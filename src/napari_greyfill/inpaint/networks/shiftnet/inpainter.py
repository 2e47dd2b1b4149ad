"""The inpainter that runs Shift-Net: what goes into the network and what comes out."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["ShiftNetInpainter"]


class ShiftNetInpainter(OnePassInpainter):
    """Fills with Shift-Net, in one pass.

    References
    ----------
    Z. Yan, X. Li, M. Li, W. Zuo, S. Shan, "Shift-Net: Image Inpainting via Deep Feature
    Rearrangement", ECCV 2018, arXiv 1801.09392.
    """

    showing = Showing(planes=("picture", "known"))
