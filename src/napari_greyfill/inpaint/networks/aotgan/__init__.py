"""AOT-GAN: aggregated contextual transformations. Importing it does not import torch.

Y. Zeng, J. Fu, H. Chao, B. Guo, "Aggregated Contextual Transformations for High-Resolution Image
Inpainting", IEEE Transactions on Visualization and Computer Graphics, 2022, arXiv 2104.01431, with
the authors' weights (``aotgan``) and those of OpenMMLab's training (``aotgan-mm``).
"""

from napari_greyfill.inpaint.networks.aotgan.description import NETWORK

__all__ = ["NETWORK"]
