"""PGGAN: residual blocks, some dilated, between halving and doubling, trained by two critics.

U. Demir, G. Unal, "Patch-Based Image Inpainting with Generative Adversarial Networks", 2018, arXiv
1803.07422.
"""

from napari_greyfill.inpaint.networks.pggan.description import NETWORK

__all__ = ["NETWORK"]
