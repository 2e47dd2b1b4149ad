"""The multi-column network as the authors' TensorFlow program has it. Imports torch.

The columns are those of Y. Wang et al., NeurIPS 2018, arXiv 1810.08771, as in `network`; what
differs from the authors' PyTorch program is: the input has a plane of ones, convolutions pad with
zeros as TensorFlow's "SAME" does, a few kernels and widths, and enlarging by nearest pixels keeps
the corners in place. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from napari_greyfill.inpaint.networks.gmcnn.network import Column

__all__ = ["GraphGMCNN", "layer_names"]

_DILATIONS = (1, 1, 2, 4, 8, 16, 1, 1)  # of the convolutions at a quarter of the size
_ENCODER = (
    "conv1",
    "conv2_downsample",
    "conv3",
    "conv4_downsample",
    "conv5",
    "conv6",
    "conv7_atrous",
    "conv8_atrous",
    "conv9_atrous",
    "conv10_atrous",
    "conv11",
    "conv12",
)


def layer_names() -> dict[str, str]:
    """Return the name of each convolution in the graph by its name in the module."""
    names = {
        f"b{n}.{index}": f"b{n}{each}" for n in (1, 2, 3) for index, each in enumerate(_ENCODER)
    }
    for column in (2, 3):
        upsampled = f"b{column}conv13_upsample"
        names[f"b{column}.13"] = f"{upsampled}/{upsampled}_conv"
        names[f"b{column}.14"] = f"b{column}conv14"
    names["b3.16"] = "b3conv15_upsample/b3conv15_upsample_conv"
    names["b3.17"] = "b3conv16"
    return {**names, "merge": "mergeconv17", "finish": "mergeconv18"}


class _Same(nn.Conv2d):
    """A convolution that pads with zeros, of an odd number more below and to the right."""

    def forward(self, x: Tensor) -> Tensor:
        padding: list[int] = []
        for axis in (1, 0):  # columns first
            size, step = x.shape[2 + axis], self.stride[axis]
            reach = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
            rest = max((-(-size // step) - 1) * step + reach - size, 0)
            padding += [rest // 2, rest - rest // 2]
        return super().forward(nn.functional.pad(x, padding))


class _Nearest(nn.Module):
    """Twice the size by nearest pixels, with the corners in place."""

    def forward(self, x: Tensor) -> Tensor:
        for axis in (2, 3):
            side = x.shape[axis]
            scale = torch.tensor((side - 1) / (2 * side - 1), dtype=torch.float32)
            at = torch.arange(2 * side, dtype=torch.float32) * scale
            # halves away from zero, as TensorFlow rounds
            picked = (at + 0.5).floor().long().clamp(max=side - 1)
            x = x.index_select(axis, picked.to(x.device))
        return x


class GraphGMCNN(nn.Module):
    """Masked colours, ones and the mask to colours.

    Parameters
    ----------
    width : int
        Channels of the columns at full size; 32 as published.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.b1 = Column(*_encoder(7, 7, width), _bilinear(4))
        self.b2 = Column(
            *_encoder(5, 5, width),
            _Nearest(),
            _Same(4 * width, 2 * width, 3),
            _Same(2 * width, 2 * width, 5),
            _bilinear(2),
        )
        self.b3 = Column(
            *_encoder(5, 3, width),
            _Nearest(),
            _Same(4 * width, 2 * width, 3),
            _Same(2 * width, 2 * width, 3),
            _Nearest(),
            _Same(2 * width, width, 3),
            _Same(width, width // 2, 3),
        )
        self.merge = _Same(6 * width + width // 2, width // 2, 3)
        self.finish = _Same(width // 2, 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture.

        Parameters
        ----------
        x : (N, 5, H, W) tensor
            B, G, R in [-1, 1] and 0 in the hole; ones; the mask, 1 in the hole. Height and width
            are multiples of 4.

        Returns
        -------
        (N, 3, H, W) tensor in [-1, 1]
            B, G, R.
        """
        columns = torch.cat([self.b1(x), self.b2(x), self.b3(x)], dim=1)
        output: Tensor = self.finish(nn.functional.elu(self.merge(columns)))
        return output.clamp(-1.0, 1.0)


def _encoder(first: int, kernel: int, width: int) -> Iterator[nn.Conv2d]:
    """Yield the twelve convolutions that every column begins with."""
    yield _Same(5, width, first)
    yield _Same(width, 2 * width, kernel, 2)
    yield _Same(2 * width, 2 * width, kernel)
    yield _Same(2 * width, 4 * width, kernel, 2)
    for dilation in _DILATIONS:
        yield _Same(4 * width, 4 * width, kernel, dilation=dilation)


def _bilinear(factor: int) -> nn.Upsample:
    return nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=True)
