"""The inpainter that runs a PGGAN: what goes into the network and what comes out."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter

__all__ = ["PGGANInpainter"]


class PGGANInpainter(OnePassInpainter):
    """Fills with a generator of PGGAN, in one pass.

    References
    ----------
    U. Demir, G. Unal, "Patch-Based Image Inpainting with Generative Adversarial Networks", 2018,
    arXiv 1803.07422.
    """
