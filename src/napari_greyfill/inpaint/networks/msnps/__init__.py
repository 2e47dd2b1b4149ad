"""MSNPS: a fill is changed until its features look like those of the known picture.

C. Yang, X. Lu, Z. Lin, E. Shechtman, O. Wang, H. Li, "High-Resolution Image Inpainting using
Multi-Scale Neural Patch Synthesis", CVPR 2017, arXiv 1611.09969.
"""

from napari_greyfill.inpaint.networks.msnps.description import NETWORK

__all__ = ["NETWORK"]
