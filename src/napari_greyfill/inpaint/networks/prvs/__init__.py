"""PRVS: partial convolutions that draw the edges in the hole as they close it.

J. Li, F. He, L. Zhang, B. Du, D. Tao, "Progressive Reconstruction of Visual Structure for Image
Inpainting", ICCV 2019, pp. 5962-5971.
"""

from napari_greyfill.inpaint.networks.prvs.description import NETWORK

__all__ = ["NETWORK"]
