"""The multi-column network. Imports torch.

Three columns of convolutions with kernels of 7, 5 and 3 pixels see the same input, come back
to its size, and are merged by two convolutions: Y. Wang et al., "Image Inpainting via
Generative Multi-column Convolutional Neural Networks", NeurIPS 2018, section 3.1, arXiv
1810.08771. Attributes have the names that published checkpoints use. Tensors are float32,
(N, C, H, W).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

__all__ = ["GMCNN", "Column"]

_DILATIONS = (1, 1, 2, 4, 8, 16, 1, 1)  # of the convolutions at a quarter of the size


class Column(nn.Sequential):
    """Layers in a row, with an ELU after every convolution."""

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes out of the last layer."""
        for layer in self:
            x = layer(x)
            if isinstance(layer, nn.Conv2d):
                x = nn.functional.elu(x)
        return x


class GMCNN(nn.Module):
    """Masked RGB and the mask to RGB.

    Parameters
    ----------
    width : int
        Channels of the columns at full size; 32 as published.
    merged : int
        Channels between the two convolutions that merge the columns; 16 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    def __init__(self, width: int = 32, merged: int = 16, colours: int = 3) -> None:
        super().__init__()
        self.colours = colours
        inputs = colours + 1
        self.EB1 = Column(*_encoder(7, inputs, width), _bilinear(4))
        self.EB2 = Column(
            *_encoder(5, inputs, width),
            _nearest(),
            _conv(5, 4 * width, 2 * width),
            _conv(5, 2 * width, 2 * width),
            _bilinear(2),
        )
        self.EB3 = Column(
            *_encoder(3, inputs, width),
            _nearest(),
            _conv(3, 4 * width, 2 * width),
            _conv(3, 2 * width, 2 * width),
            _nearest(),
            _conv(3, 2 * width, width),
            _conv(3, width, width),
        )
        self.decoding_layers = nn.ModuleList(
            [_conv(3, (4 + 2 + 1) * width, merged), _conv(3, merged, colours)]
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture.

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            R, G, B, or grey, in [-1, 1] and 0 in the hole; then the mask, 1 in the hole. Height
            and width are multiples of 4, and at least 196: the widest padding needs more than 48
            pixels at a quarter of the size.

        Returns
        -------
        (N, C, H, W) tensor in [-1, 1]
        """
        columns = torch.cat([self.EB1(x), self.EB2(x), self.EB3(x)], dim=1)
        merge, finish = self.decoding_layers
        output: Tensor = finish(nn.functional.elu(merge(columns)))
        return output.clamp(-1.0, 1.0)


def _encoder(kernel: int, inputs: int, width: int) -> Iterator[nn.Conv2d]:
    """Yield the twelve convolutions that every column begins with."""
    yield _conv(kernel, inputs, width)
    yield _conv(kernel, width, 2 * width, stride=2)
    yield _conv(kernel, 2 * width, 2 * width)
    yield _conv(kernel, 2 * width, 4 * width, stride=2)
    for dilation in _DILATIONS:
        yield _conv(kernel, 4 * width, 4 * width, dilation=dilation)


def _conv(
    kernel: int, channels: int, filters: int, *, stride: int = 1, dilation: int = 1
) -> nn.Conv2d:
    return nn.Conv2d(
        channels,
        filters,
        kernel,
        stride=stride,
        dilation=dilation,
        padding=dilation * (kernel // 2),
        padding_mode="reflect",
    )


def _nearest() -> nn.Upsample:
    return nn.Upsample(scale_factor=2, mode="nearest")


def _bilinear(factor: int) -> nn.Upsample:
    return nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=True)
