"""The network of partial convolutions. Imports torch.

G. Liu et al., "Image Inpainting for Irregular Holes Using Partial Convolutions", ECCV 2018,
section 3, arXiv 1804.07723. Tensors are float32, (N, C, H, W); height and width are multiples
of 128.

What is known is the same for all channels of a feature map but where two maps are joined, so it is
kept as one plane for each map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from napari_greyfill.inpaint.networks.pconv.layouts import DEPTH, Layout

__all__ = ["Known", "PConv", "PartialConv"]

# The planes of what is known, (N, 1, H, W), 1 where it is, and of how many channels each is.
Known: TypeAlias = Sequence[tuple[Tensor, int]]

_CHANNELS = (1, 2, 4, 8, 8, 8, 8)  # of the layers down, in widths of the network
_KERNELS = (7, 5, 5, 3, 3, 3, 3)
_LITTLE = 1e-8


class PartialConv(nn.Module):
    """A convolution of what is known, normalisation and activation.

    The sum under a window is divided by how much of it is known; where nothing is, the result is
    0, and everywhere else the result is known from then on. Section 3.1.

    Parameters
    ----------
    inputs, channels, kernel, stride : int
    scaled : bool
        Whether the sum is also multiplied by the size of the window.
    bias, norm : bool
    slope : float or None
        Of the activation, for negative values; None for no activation.
    """

    def __init__(
        self,
        inputs: int,
        channels: int,
        *,
        kernel: int = 3,
        stride: int = 1,
        scaled: bool,
        bias: bool = False,
        norm: bool = True,
        slope: float | None = 0.0,
    ) -> None:
        super().__init__()
        self.scaled, self.slope = scaled, slope
        self.conv = nn.Conv2d(
            inputs, channels, kernel, stride, padding=(kernel - 1) // 2, bias=bias
        )
        if norm:
            self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor, known: Known) -> tuple[Tensor, Tensor]:
        """Return (N, channels, h, w) features and the plane of what is known, (N, 1, h, w)."""
        conv = self.conv
        seen = x * torch.cat([plane.expand(-1, n, -1, -1) for plane, n in known], dim=1)
        amount = torch.stack([n * self._count(plane) for plane, n in known]).sum(dim=0)
        found = (amount > 0).to(x.dtype)
        window = conv.weight[0].numel() if self.scaled else 1
        bias = 0 if conv.bias is None else conv.bias[:, None, None]
        # the convolution itself, so that its bias is not divided too
        plain = conv(seen) - bias
        # nothing is divided by 0: where there is nothing, the result is 0 anyway
        x = (plain * (window / (amount + _LITTLE)) + bias) * found
        if hasattr(self, "bn"):
            x = self.bn(x)
        if self.slope is not None:
            x = functional.leaky_relu(x, self.slope)
        return x, found

    def _count(self, plane: Tensor) -> Tensor:
        """Return how many pixels of each window are known; beyond the border none is."""
        kernel = self.conv.kernel_size
        ones = plane.new_ones(1, 1, *kernel)
        padding = ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2)
        counted = functional.conv2d(plane, ones, stride=self.conv.stride, padding=padding)
        return counted.float().round()


class PConv(nn.Module):
    """Picture and mask to picture.

    Parameters
    ----------
    layout : Layout
        What the weights were trained with.
    width : int
        Channels of the first layer; 64 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    smallest: ClassVar[int] = 1 << (DEPTH + 1)  # of pictures that it is tried out with

    def __init__(self, layout: Layout, width: int = 64, colours: int = 3) -> None:
        super().__init__()
        self.layout, self.colours = layout, colours
        self.planes = colours + 1
        scaled = layout.scaled
        sizes = [colours, *(n * width for n in _CHANNELS)]
        self.encoder = nn.ModuleList(
            PartialConv(
                sizes[i],
                sizes[i + 1],
                kernel=_KERNELS[i],
                stride=2,
                scaled=scaled,
                bias=layout.first_bias and i == 0,
                norm=i > 0,
            )
            for i in range(DEPTH)
        )
        self.decoder = nn.ModuleList(
            PartialConv(
                sizes[i + 1] + sizes[i],
                sizes[i] if i else colours,
                scaled=scaled,
                bias=i == 0,
                norm=i > 0,
                slope=0.2 if i else None,
            )
            for i in range(DEPTH)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture, (N, C, H, W), normalised as the layout wants it and not limited.

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            The picture, normalised, 0 in the hole; then the mask, 1 in the hole.
        """
        features, known = x[:, : self.colours], 1 - x[:, self.colours :]
        down = [(features, known)]
        for layer in self.encoder:
            features, known = layer(features, [(known, features.shape[1])])
            down.append((features, known))
        for layer, (skipped, also) in zip(reversed(self.decoder), down[-2::-1], strict=True):
            large = functional.interpolate(features, scale_factor=2, mode="nearest")
            found = functional.interpolate(known, scale_factor=2, mode="nearest")
            both = [(found, large.shape[1]), (also, skipped.shape[1])]
            features, known = layer(torch.cat([large, skipped], dim=1), both)
        return features
