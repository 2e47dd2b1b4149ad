"""The generator of PGGAN, from a small configuration. Imports torch.

U. Demir, G. Unal, "Patch-Based Image Inpainting with Generative Adversarial Networks", 2018, arXiv
1803.07422. Neither code nor weights were published. The paper's are one generator with residual
blocks, of a dilated and an ordinary convolution, between halving and doubling by interpolation and
a convolution. Ours are the numbers of channels, nearest interpolation, the mask as a fourth
channel and the names of the tensors. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, relu

__all__ = ["Configuration", "Generator"]


@dataclass(frozen=True)
class Configuration:
    """How large a generator is.

    Attributes
    ----------
    width : int
        Channels at full size; doubled with every level.
    levels : int
        How often the size is halved: 1 to 4.
    dilations : tuple of int
        For each residual block, the dilation of its first convolution; 1 is an ordinary one.
    colours : {3, 1}
        Channels of the pictures.
    """

    width: int = 64
    levels: int = 3
    dilations: tuple[int, ...] = (2, 4, 8, 16)
    colours: int = 3

    @property
    def widths(self) -> list[int]:
        """Channels of every level, from full size on."""
        return [self.width << level for level in range(self.levels + 1)]


class _Layer(nn.Module):
    """A convolution and its normalisation."""

    def __init__(self, channels: int, filters: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.norm(self.conv(x)))


class _Block(nn.Module):
    """Two convolutions, the first dilated, added to what came in."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = relu(self.norm1(self.conv1(x)))
        return relu(x + self.norm2(self.conv2(y)))


class Generator(nn.Module):
    """Masked RGB, or grey, and the mask to the same.

    Its state dict has all that is needed to make it again: widths and levels are shapes, and the
    buffer ``dilations`` has one whole number for each block.

    Parameters
    ----------
    configuration : Configuration
    """

    dilations: Tensor

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__()
        own = configuration or Configuration()
        self.register_buffer("dilations", torch.tensor(own.dilations, dtype=torch.int64))
        self.colours = own.colours
        self.enter = _Layer(own.colours + 1, own.width, 5)
        self.down = nn.ModuleList(
            _Layer(before, after, 3, stride=2) for before, after in pairwise(own.widths)
        )
        self.middle = nn.ModuleList(_Block(own.widths[-1], each) for each in own.dilations)
        self.up = nn.ModuleList(
            _Layer(before, after, 3) for before, after in pairwise(own.widths[::-1])
        )
        self.leave = nn.Conv2d(own.width, own.colours, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) pictures in [-1, 1].

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            R, G, B, or grey, in [-1, 1] and 0 in the hole;
            then the mask, 1 in the hole. Height and width
            are multiples of 2 to the power of the levels.
        """
        y = self.enter(x)
        for layer in (*self.down, *self.middle):
            y = layer(y)
        for layer in self.up:
            y = layer(interpolate(y, scale_factor=2))
        return torch.tanh(self.leave(y))
