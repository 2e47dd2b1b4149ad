"""MI-GAN: a small network for quick completion of pictures of one size.

A. Sargsyan, S. Navasardyan, X. Xu, H. Shi, "MI-GAN: A Simple Baseline for Image Inpainting on
Mobile Devices", ICCV 2023, pp. 7335-7345, in two checkpoint layouts:

``migan``
    The whole network as a traced TorchScript program, for pictures of 512 × 512.
``migan-pt``
    The tensors that the authors published, for pictures of 512 × 512 or 256 × 256.
"""

from napari_greyfill.inpaint.networks.migan.description import NETWORK

__all__ = ["NETWORK"]
