"""DeepFill v2: gated convolutions and contextual attention. Importing it does not import torch.

J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Free-Form Image Inpainting with Gated
Convolution", ICCV 2019, arXiv 1806.03589, in three checkpoint layouts:

``deepfillv2-tf``
    The weights the authors published, converted from TensorFlow. Built the way that comes
    closest to what the authors' TensorFlow graph computes: attention scores are fused, and the
    mask is reduced to the attention's size in two steps. `TF_FUSED` (fused, the mask reduced
    in one step) and `TF_PORT` (not fused, one step: as the PyTorch port they were converted for
    runs them) are for comparison; ``description.build(TF_PORT, state)`` makes such a network. With
    the made-up weights of the tests the three differ by several grey levels in the hole.
``deepfillv2-pt``
    Weights trained further in PyTorch from those.
``deepfillv2-mm``
    A training of its own, with other padding, another last layer and exclusive attention.
"""

from napari_greyfill.inpaint.networks.deepfillv2.description import NETWORK

__all__ = ["NETWORK"]
