"""What PRVS is made of: partial convolutions, and layers that draw edges. Imports torch.

Partial convolutions are those of G. Liu et al., "Image Inpainting for Irregular Holes Using
Partial Convolutions", ECCV 2018, arXiv 1804.07723, section 3.1, with a mask for each channel.
Attributes have the names that the authors' checkpoints use.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

__all__ = ["Bottleneck", "PartialLayer", "StructureLayer", "partial"]


def partial(layer: nn.Conv2d, features: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Convolve what is known, and return with it what is known afterwards.

    Parameters
    ----------
    layer : torch module
        Whose kernel is a square.
    features, known : (N, C, H, W) tensors
        Where `known` is 0, the features do not count; elsewhere it is 1.

    Returns
    -------
    features : (N, D, h, w) tensor
        Multiplied by the numbers of a window over the known ones of them, 0 where there are none.
    known : (N, 1, h, w) tensor
        1 where a window had something known.
    """
    side, stride, padding = layer.kernel_size[0], layer.stride[0], layer.padding[0]
    # sums of whole numbers, which half precision would round
    total = avg_pool2d(known.sum(1, keepdim=True), side, stride, int(padding), divisor_override=1)
    reached = total.clamp(0, 1)
    ratio = side * side * known.shape[1] / (total + 1e-8) * reached
    bias = 0 if layer.bias is None else layer.bias[:, None, None]
    output = layer(features * known) - bias
    return (output * ratio + bias) * reached, reached


class Bottleneck(nn.Module):
    """Three convolutions with few channels between them, added to what came in.

    Parameters
    ----------
    width, narrow : int
        Channels outside and between.
    """

    def __init__(self, width: int, narrow: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, narrow, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(narrow)
        self.conv2 = nn.Conv2d(narrow, narrow, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(narrow)
        self.conv3 = nn.Conv2d(narrow, width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) features like those that come in."""
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = (self.bn3(self.conv3(y)) + x).relu()
        return torch.as_tensor(y)


class _EdgeGenerator(nn.Module):
    """Features and edges to edges that reach a little further into the hole."""

    def __init__(self, channels: int, width: int, kernel: int) -> None:
        super().__init__()
        self.p_conv = nn.Conv2d(channels + 1, width, kernel, padding=kernel // 2, bias=False)
        self.edge_resolver = Bottleneck(width, width // 4)
        self.out_layer = nn.Conv2d(width, 1, 1, bias=False)

    def forward(self, features: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """Return edges and what is known of them.

        Parameters
        ----------
        features, known : (N, C, H, W) tensors
            With the edges as the last channel.

        Returns
        -------
        edges, known : (N, 1, H, W) tensors
        """
        drawn, reached = partial(self.p_conv, features, known)
        return self.out_layer(self.edge_resolver(drawn)), reached


class StructureLayer(nn.Module):
    """A partial convolution that draws edges first, and sees them; section 3.1.

    Parameters
    ----------
    channels, filters : int
        Channels that come in and go out.
    width : int
        Channels that edges are drawn with.
    kernel : int
        Pixels.
    stride : int
        1 or 2.
    doubled : bool
        Whether the output has twice the size.
    norm, rectified : bool
        Whether the output is normalised, and whether a ReLU follows.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        width: int,
        kernel: int,
        stride: int = 1,
        *,
        doubled: bool = False,
        norm: bool = True,
        rectified: bool = False,
    ) -> None:
        super().__init__()
        self.edge_generator = _EdgeGenerator(channels, width, kernel)
        self.feat_rec = nn.Conv2d(channels + 1, filters, kernel, stride, kernel // 2)
        if doubled:
            self.deconv = nn.ConvTranspose2d(filters, filters, 4, stride=2, padding=1)
        if norm:
            self.batchnorm = nn.BatchNorm2d(filters)
        self._doubled, self._norm, self._rectified = doubled, norm, rectified

    def forward(
        self, features: Tensor, known: Tensor, edge: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return features, what is known, and edges.

        Parameters
        ----------
        features, known : (N, C, H, W) tensors
            What is known is 1, else 0.
        edge : (N, 1, h, w) tensor
            Of any size.

        Returns
        -------
        features : (N, D, h', w') tensor
        known : (N, 1, h', w') tensor
        edge : (N, 1, H, W) tensor
        """
        edge = interpolate(edge, features.shape[2:])
        seen = known[:, :1]
        joined = torch.cat([features, edge], 1)
        drawn, reached = self.edge_generator(joined, torch.cat([known, seen], 1))
        edge = edge * seen + drawn * (reached - seen)
        output, after = partial(
            self.feat_rec, torch.cat([features, edge], 1), torch.cat([known, reached], 1)
        )
        if self._doubled:
            output = self.deconv(output)
        if self._norm:
            output = self.batchnorm(output)
        if self._rectified:
            output = output.relu()
        size = output.shape[2:]
        return output, interpolate(after, size) * interpolate(reached, size), edge


class PartialLayer(nn.Module):
    """A partial convolution with its normalisation and activation.

    Parameters
    ----------
    channels, filters : int
        Channels that come in and go out.
    kernel : int
        Pixels.
    stride : int
        1 or 2.
    doubled : bool
        Whether the output has twice the size; the activation is a leaky ReLU then.
    """

    def __init__(
        self, channels: int, filters: int, kernel: int, stride: int = 1, *, doubled: bool = False
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
        if doubled:
            self.deconv = nn.ConvTranspose2d(filters, filters, 4, 2, 1, bias=False)
        self.bn = nn.BatchNorm2d(filters)
        self.activation = nn.LeakyReLU(0.2) if doubled else nn.ReLU()
        self._doubled = doubled

    def forward(self, features: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and what is known.

        Parameters
        ----------
        features, known : (N, C, H, W) tensors
            What is known is 1, else 0.

        Returns
        -------
        features : (N, D, h, w) tensor
        known : (N, 1, h, w) tensor
        """
        output, after = partial(self.conv, features, known)
        if self._doubled:
            output = self.deconv(output)
        output = self.activation(self.bn(output))
        return output, interpolate(after, output.shape[2:])
