"""GLCIC: globally and locally consistent image completion. Importing it does not import torch.

S. Iizuka, E. Simo-Serra, H. Ishikawa, "Globally and Locally Consistent Image Completion", ACM
Transactions on Graphics 36(4), article 107, 2017, in three checkpoint layouts: ``glcic-mm``,
trained anew by OpenMMLab; ``glcic-otenim``, trained anew on CelebA; and ``glcic-t7``, the authors'
own, read from Torch7.
"""

from napari_greyfill.inpaint.networks.glcic.description import NETWORK

__all__ = ["NETWORK"]
