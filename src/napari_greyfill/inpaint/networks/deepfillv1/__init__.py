"""DeepFill v1: a coarse and a refinement network with contextual attention.

J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Generative Image Inpainting with Contextual
Attention", CVPR 2018, arXiv 1801.07892, in the layout that OpenMMLab published, ``deepfillv1-mm``.
The authors' own weights are for TensorFlow 1.
"""

from napari_greyfill.inpaint.networks.deepfillv1.description import NETWORK

__all__ = ["NETWORK"]
