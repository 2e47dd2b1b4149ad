"""Context Encoder: an encoder and a decoder that predict the centre of a small picture.

D. Pathak, P. Krähenbühl, J. Donahue, T. Darrell, A. A. Efros, "Context Encoders: Feature Learning
by Inpainting", CVPR 2016, arXiv 1604.07379.
"""

from napari_greyfill.inpaint.networks.contextencoder.description import NETWORK

__all__ = ["NETWORK"]
