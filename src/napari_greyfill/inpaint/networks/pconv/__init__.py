"""PConv: partial convolutions, which see only what is known. Importing it does not import torch.

G. Liu, F. A. Reda, K. J. Shih, T.-C. Wang, A. Tao, B. Catanzaro, "Image Inpainting for Irregular
Holes Using Partial Convolutions", ECCV 2018, arXiv 1804.07723. Its authors published no weights;
there are two trainings of others: ``pconv-mm`` by OpenMMLab and ``pconv-naoto``.
"""

from napari_greyfill.inpaint.networks.pconv.description import NETWORK

__all__ = ["NETWORK"]
