"""Shift-Net: a U-Net that copies features of known places into the hole.

Z. Yan, X. Li, M. Li, W. Zuo, S. Shan, "Shift-Net: Image Inpainting via Deep Feature
Rearrangement", ECCV 2018, arXiv 1801.09392.
"""

from napari_greyfill.inpaint.networks.shiftnet.description import NETWORK

__all__ = ["NETWORK"]
