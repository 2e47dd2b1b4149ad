"""The two networks of DeepFill v2. Imports torch.

J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Free-Form Image Inpainting with Gated
Convolution", ICCV 2019, arXiv 1806.03589, section 3. A coarse network fills the hole; a
refinement network, one of whose two branches is contextual attention, fills it again. Pictures
are float32, (N, C, H, W), values in [-1, 1], H and W multiples of 8.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from napari_greyfill.inpaint.networks.deepfillv2.attention import ContextualAttention
from napari_greyfill.inpaint.networks.deepfillv2.layouts import Layout, Padding

__all__ = ["DeepFillV2", "GatedConv"]

Activation = Callable[[Tensor], Tensor]

# Channels of each layer, in quarters of the networks' width.
_COARSE = (4, 8, 8, 16, 16, 16)
_CONVOLVED = (4, 4, 8, 8, 16, 16)
_ATTENDED = (4, 4, 8, 16, 16, 16)
_DEEP = 16  # at a quarter of the size
_DECODED = (16, 16, 8, 8, 4, 2)

_KERNELS = (5, 3, 3, 3, 3, 3)
_STRIDES = (1, 2, 1, 2, 1, 1)
_RATES = (2, 4, 8, 16)
_ENLARGING = (2, 4)  # layers of a decoder that work at twice the size of those before


class GatedConv(nn.Module):
    """A convolution that also makes a gate for each channel: how much of it gets through.

    Section 3.1 of the paper: features through an activation, times gates through a sigmoid. It
    keeps the size, divides it by the stride, or doubles it first.

    Parameters
    ----------
    inputs, channels : int
        How many come in and go out.
    padding : {"symmetric", "same", "reflect"}
    kernel, stride, rate : int
    enlarge : bool
        Repeat every row and column before.
    gated : bool
        Without gates this is an ordinary convolution, without activation.
    activation : callable
    """

    def __init__(
        self,
        inputs: int,
        channels: int,
        padding: Padding,
        *,
        kernel: int = 3,
        stride: int = 1,
        rate: int = 1,
        enlarge: bool = False,
        gated: bool = True,
        activation: Activation = functional.elu,
    ) -> None:
        super().__init__()
        margin = rate * (kernel - 1) // 2
        # TensorFlow pads as little as it can, the upper left less: with stride 2 it needs one less
        uneven = padding == "same" and stride == 2
        self.margins = (margin - 1, margin, margin - 1, margin) if uneven else None
        self.enlarge = enlarge
        self.gated = gated
        self.activation = activation
        self.conv = nn.Conv2d(
            inputs,
            2 * channels if gated else channels,
            kernel,
            stride,
            padding=0 if uneven else margin,
            dilation=rate,
            padding_mode="reflect" if padding == "reflect" else "zeros",
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, H, W) features."""
        if self.enlarge:
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
        if self.margins is not None:
            x = functional.pad(x, self.margins)
        out: Tensor = self.conv(x)
        if not self.gated:
            return out
        features, gates = out.chunk(2, dim=1)
        return self.activation(features) * torch.sigmoid(gates)


def _unchanged(features: Tensor) -> Tensor:
    return features


def _widths(multiples: Sequence[int], width: int) -> list[int]:
    return [multiple * width // 4 for multiple in multiples]


def _encoder(
    inputs: int, channels: Sequence[int], padding: Padding, last: Activation = functional.elu
) -> nn.Sequential:
    """Return layers to a quarter of the size; `last` is the last one's activation."""
    sizes = zip(pairwise((inputs, *channels)), _KERNELS, _STRIDES, strict=True)
    layers = [GatedConv(i, n, padding, kernel=k, stride=stride) for (i, n), k, stride in sizes]
    layers[-1].activation = last
    return nn.Sequential(*layers)


def _neck(channels: int, padding: Padding) -> nn.Sequential:
    """Return layers that look further and further around."""
    return nn.Sequential(*(GatedConv(channels, channels, padding, rate=r) for r in _RATES))


def _decoder(inputs: int, channels: Sequence[int], layout: Layout, colours: int) -> nn.Sequential:
    """Return layers back to the full size, and to colours in [-1, 1]."""
    pad = layout.padding
    pairs = enumerate(pairwise((inputs, *channels)))
    layers = [GatedConv(i, n, pad, enlarge=index in _ENLARGING) for index, (i, n) in pairs]
    last = GatedConv(channels[-1], colours, pad, gated=layout.gated_rgb, activation=_unchanged)
    return nn.Sequential(*layers, last, nn.Tanh())


class _Coarse(nn.Sequential):
    """The first network: picture, ones and mask to colours in [-1, 1]."""

    def __init__(self, layout: Layout, width: int, colours: int) -> None:
        pad, deep = layout.padding, _DEEP * width // 4
        parts = {
            "encoder": _encoder(colours + 2, _widths(_COARSE, width), pad),
            "neck": _neck(deep, pad),
            "decoder": _decoder(deep, _widths(_DECODED, width), layout, colours),
        }
        super().__init__(OrderedDict(parts))


class _Refinement(nn.Module):
    """The second network: a branch of convolutions, one with attention, and a decoder for both."""

    def __init__(self, layout: Layout, width: int, decoder_width: int, colours: int) -> None:
        super().__init__()
        pad, deep = layout.padding, _DEEP * width // 4
        planes = colours + 2 if layout.fine_sees_mask else colours
        self.encoder = _encoder(planes, _widths(_CONVOLVED, width), pad)
        self.neck = _neck(deep, pad)
        last = functional.relu if layout.relu_before_attention else functional.elu
        self.attention_encoder = _encoder(planes, _widths(_ATTENDED, width), pad, last)
        self.attention = ContextualAttention(layout.attention)
        self.attention_neck = nn.Sequential(*(GatedConv(deep, deep, pad) for _ in range(2)))
        self.decoder = _decoder(2 * deep, _widths(_DECODED, decoder_width), layout, colours)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return (N, 3, H, W) colours; the masks are (N, H, W), 1 in the hole."""
        convolved = self.neck(self.encoder(x))
        valid = torch.stack([self.attention.validity(own) for own in mask])
        attended = self.attention(self.attention_encoder(x), valid)
        joined = torch.cat([convolved, self.attention_neck(attended)], dim=1)
        out: Tensor = self.decoder(joined)
        return out


class DeepFillV2(nn.Module):
    """The coarse network and the refinement network.

    Parameters
    ----------
    layout : Layout
        What the weights were trained with.
    width : int
        Channels of the first layer; 24 as published.
    decoder_width : int
        The same for the last decoder, which has 4, 4, 2, 2, 1 and a half times as many; 24 as
        published by the authors, 32 by OpenMMLab.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    def __init__(
        self, layout: Layout, width: int = 24, decoder_width: int = 24, colours: int = 3
    ) -> None:
        super().__init__()
        self.layout = layout
        self.colours = colours
        self.coarse = _Coarse(layout, width, colours)
        self.fine = _Refinement(layout, width, decoder_width, colours)

    def forward(self, x: Tensor) -> Tensor:
        """Return the refined picture, (N, C, H, W) in [-1, 1].

        Parameters
        ----------
        x : (N, C + 2, H, W) tensor
            The picture, 0 in the hole; a plane of ones; the mask, 1 in the hole. Height and
            width are multiples of 8.
        """
        picture, mask = x[:, : self.colours], x[:, -1:]
        seen = self.coarse(x) * mask + picture * (1 - mask)
        if self.layout.fine_sees_mask:
            seen = torch.cat([seen, x[:, self.colours :]], dim=1)
        refined: Tensor = self.fine(seen, mask[:, 0])
        return refined
