"""GMCNN: a generative multi-column network that fills a hole in one pass.

Y. Wang, X. Tao, X. Qi, X. Shen, J. Jia, "Image Inpainting via Generative Multi-column
Convolutional Neural Networks", NeurIPS 2018, pp. 331-340, arXiv 1810.08771.
"""

from napari_greyfill.inpaint.networks.gmcnn.description import NETWORK

__all__ = ["NETWORK"]
