"""The two networks of DeepFill v1. Imports torch.

J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Generative Image Inpainting with Contextual
Attention", CVPR 2018, arXiv 1801.07892, sections 3 and 4. A coarse network fills the hole; a
refinement network, one of whose two branches is contextual attention, fills it again. Attributes
have the names that published checkpoints use. Pictures are float32, (N, C, H, W), values in
[-1, 1], H and W multiples of 8 and at least 72.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from napari_greyfill.inpaint.networks.deepfillv2.attention import ContextualAttention
from napari_greyfill.inpaint.networks.deepfillv2.layouts import AttentionRules

__all__ = ["ATTENTION", "DeepFillV1"]

ATTENTION = AttentionRules(exclusive=True)

# Channels of each layer, in halves of the networks' width.
_COARSE = (2, 4, 4, 8, 8, 8)
_CONVOLVED = (2, 2, 4, 4, 8, 8)
_ATTENDED = (2, 2, 4, 8, 8, 8)
_DEEP = 8  # at a quarter of the size
_DECODED = (8, 8, 4, 4, 2, 1)

_KERNELS = (5, 3, 3, 3, 3, 3)
_STRIDES = (1, 2, 1, 2, 1, 1)
_RATES = (2, 4, 8, 16)
_ENLARGING = (3, 5)  # layers of a decoder, from 1, that work at twice the size of those before


class _Conv(nn.Module):
    """A convolution of a picture with reflected margins, and an ELU."""

    def __init__(
        self,
        inputs: int,
        channels: int,
        *,
        kernel: int = 3,
        stride: int = 1,
        rate: int = 1,
        enlarge: bool = False,
        last: bool = False,
    ) -> None:
        super().__init__()
        self.enlarge, self.last = enlarge, last
        self.conv = nn.Conv2d(
            inputs,
            channels,
            kernel,
            stride,
            padding=rate * (kernel - 1) // 2,
            dilation=rate,
            padding_mode="reflect",
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, H, W) features."""
        if self.enlarge:
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
        out: Tensor = self.conv(x)
        return out if self.last else functional.elu(out)


def _widths(multiples: Sequence[int], width: int) -> list[int]:
    return [multiple * width // 2 for multiple in multiples]


def _encoder(inputs: int, channels: Sequence[int]) -> nn.Sequential:
    """Return layers to a quarter of the size."""
    sizes = zip(pairwise((inputs, *channels)), _KERNELS, _STRIDES, strict=True)
    layers = [_Conv(i, n, kernel=k, stride=stride) for (i, n), k, stride in sizes]
    return _numbered("enc", layers)


def _neck(channels: int) -> nn.Sequential:
    """Return layers that look further and further around."""
    layers = nn.Sequential(*(_Conv(channels, channels, rate=rate) for rate in _RATES))
    return nn.Sequential(OrderedDict(dilation_convs=layers))


def _decoder(inputs: int, channels: Sequence[int], colours: int) -> nn.Sequential:
    """Return layers back to the full size and to colours, which are not limited yet."""
    pairs = enumerate(pairwise((inputs, *channels)), 1)
    layers = [_Conv(i, n, enlarge=number in _ENLARGING) for number, (i, n) in pairs]
    return _numbered("dec", [*layers, _Conv(channels[-1], colours, last=True)])


def _numbered(name: str, layers: Sequence[nn.Module]) -> nn.Sequential:
    return nn.Sequential(OrderedDict((f"{name}{i}", layer) for i, layer in enumerate(layers, 1)))


class _Coarse(nn.Module):
    """The first network: picture, ones and mask to colours in [-1, 1]."""

    def __init__(self, width: int, colours: int) -> None:
        super().__init__()
        deep = _DEEP * width // 2
        self.encoder = _encoder(colours + 2, _widths(_COARSE, width))
        self.dilation_neck = _neck(deep)
        self.decoder = _decoder(deep, _widths(_DECODED, width), colours)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) colours from (N, C + 2, H, W)."""
        colours: Tensor = self.decoder(self.dilation_neck(self.encoder(x)))
        return colours.clamp(-1, 1)


class _AttentionNeck(nn.Module):
    """Contextual attention and two layers after it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.contextual_attention = ContextualAttention(ATTENTION)
        self.conv1 = _Conv(channels, channels)
        self.conv2 = _Conv(channels, channels)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return (N, C, h, w) features; the masks are (N, 4 h, 4 w), 1 in the hole."""
        valid = torch.stack([self.contextual_attention.validity(own) for own in mask])
        out: Tensor = self.conv2(self.conv1(self.contextual_attention(x, valid)))
        return out


class _Refinement(nn.Module):
    """The second network: a branch of convolutions, one with attention, and a decoder for both."""

    def __init__(self, width: int, colours: int) -> None:
        super().__init__()
        deep = _DEEP * width // 2
        self.encoder_attention = _encoder(colours + 2, _widths(_ATTENDED, width))
        self.encoder_conv = _encoder(colours + 2, _widths(_CONVOLVED, width))
        self.contextual_attention_neck = _AttentionNeck(deep)
        self.dilation_neck = _neck(deep)
        self.decoder = _decoder(2 * deep, _widths(_DECODED, width), colours)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) colours in [-1, 1] from the coarse picture, ones and mask."""
        convolved = self.dilation_neck(self.encoder_conv(x))
        attended = self.contextual_attention_neck(self.encoder_attention(x), x[:, -1])
        colours: Tensor = self.decoder(torch.cat([convolved, attended], dim=1))
        return colours.clamp(-1, 1)


class DeepFillV1(nn.Module):
    """The coarse network and the refinement network.

    Parameters
    ----------
    width : int
        Channels of the first layer; 32 as published. Even.
    colours : {3, 1}
        Channels of the pictures; 3, in the order B, G, R, as published.
    """

    def __init__(self, width: int = 32, colours: int = 3) -> None:
        super().__init__()
        self.colours = colours
        self.stage1 = _Coarse(width, colours)
        self.stage2 = _Refinement(width, colours)

    def forward(self, x: Tensor) -> Tensor:
        """Return the refined picture, (N, C, H, W) in [-1, 1].

        Parameters
        ----------
        x : (N, C + 2, H, W) tensor
            The picture, 0 in the hole; a plane of ones; the mask, 1 in the hole.
        """
        picture, mask = x[:, : self.colours], x[:, -1:]
        seen = self.stage1(x) * mask + picture * (1 - mask)
        refined: Tensor = self.stage2(torch.cat([seen, x[:, self.colours :]], dim=1))
        return refined
