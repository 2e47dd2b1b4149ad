"""The inpainter that runs AOT-GAN: what goes into the network and what comes out."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["AOTGANInpainter"]


class AOTGANInpainter(OnePassInpainter):
    """Fills with AOT-GAN, in one pass.

    References
    ----------
    Y. Zeng, J. Fu, H. Chao, B. Guo, "Aggregated Contextual Transformations for High-Resolution
    Image Inpainting", 2022, arXiv 2104.01431.
    """

    showing = Showing(hidden=1.0)  # white
