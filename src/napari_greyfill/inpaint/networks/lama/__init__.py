"""LaMa: fast Fourier convolutions, which see the whole picture in every layer.

R. Suvorov, E. Logacheva, A. Mashikhin, A. Remizova, A. Ashukha, A. Silvestrov, N. Kong, H. Goka,
K. Park, V. Lempitsky, "Resolution-robust Large Mask Inpainting with Fourier Convolutions",
WACV 2022, arXiv 2109.07161, in two checkpoint layouts:

``lama``
    The whole network as a TorchScript program, as it is passed on most often.
``lama-ckpt``
    The tensors as training wrote them, with 18 blocks (big) or 9 (fourier).
"""

from napari_greyfill.inpaint.networks.lama.description import NETWORK

__all__ = ["NETWORK"]
