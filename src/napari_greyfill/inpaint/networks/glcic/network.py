"""The completion network of GLCIC. Imports torch.

S. Iizuka, E. Simo-Serra, H. Ishikawa, "Globally and Locally Consistent Image Completion", ACM
Transactions on Graphics 36(4), 2017, section 3.2 and table 1. Tensors are float32, (N, C, H, W);
height and width are multiples of 4.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from napari_greyfill.inpaint.networks.glcic.layouts import Layout

__all__ = ["GLCIC"]

# Channels of the first 16 layers, in halves of the network's width, and what is unlike
# a convolution of 3 x 3 pixels in single layers, counted from 0.
_CHANNELS = (2, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 4, 4, 2, 1)
_STRIDED = (1, 3)
_RATES = {6: 2, 7: 4, 8: 8, 9: 16}
_TRANSPOSED = (12, 14)


class GLCIC(nn.Module):
    """Picture and mask to picture.

    Parameters
    ----------
    layout : Layout
        What the weights were trained with.
    width : int
        Channels of the first layer; 64 as published. Even.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    mean : tuple of float
        The mean colour of the training data in [0, 1], in the order R, G, B, if the layout needs
        it.
    """

    def __init__(
        self,
        layout: Layout,
        width: int = 64,
        colours: int = 3,
        mean: tuple[float, ...] = (),
    ) -> None:
        super().__init__()
        self.layout, self.colours, self.mean = layout, colours, mean
        channels = [colours + 1, *(n * width // 2 for n in _CHANNELS), colours]
        pairs = enumerate(pairwise(channels))
        last = len(_CHANNELS)
        self.convolutions = nn.ModuleList(
            _layer(index, *pair, bias=layout.biased or index == last) for index, pair in pairs
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in channels[1:-1])

    def row(self) -> list[nn.Module]:
        """Return all layers and activations in a row, as the authors' files have them."""
        *layers, last = self.convolutions
        pairs = zip(layers, self.norms, strict=True)
        inner = [part for pair in pairs for part in (*pair, nn.ReLU())]
        return [*inner, last, nn.Sigmoid()]

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture, (N, C, H, W), in the layout's range of values.

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            The picture as the layout wants it; then the mask, 1 in the hole.
        """
        *layers, last = self.convolutions
        for convolution, norm in zip(layers, self.norms, strict=True):
            x = convolution(x)
            x = norm(functional.relu(x)) if self.layout.norm_last else functional.relu(norm(x))
        out: Tensor = last(x)
        return out.clamp(-1, 1) if self.layout.signed else torch.sigmoid(out)


def _layer(index: int, inputs: int, channels: int, *, bias: bool) -> nn.Module:
    if index in _TRANSPOSED:
        return nn.ConvTranspose2d(inputs, channels, 4, stride=2, padding=1, bias=bias)
    kernel, rate = 3 if index else 5, _RATES.get(index, 1)
    return nn.Conv2d(
        inputs,
        channels,
        kernel,
        stride=2 if index in _STRIDED else 1,
        padding=rate * (kernel // 2),
        dilation=rate,
        bias=bias,
    )
