"""Where the features come from: VGG-19, or a bank of fixed oriented filters. Imports torch.

C. Yang et al., CVPR 2017, arXiv 1611.09969, use VGG-19: K. Simonyan, A. Zisserman, ICLR 2015,
arXiv 1409.1556. The bank is ours: derivatives of a Gaussian of second and third order along 3 and
4 directions and what they leave, at two scales, as in W. T. Freeman, E. H. Adelson, "The Design
and Use of Steerable Filters", IEEE TPAMI 13(9), 1991, and E. P. Simoncelli, W. T. Freeman, "The
Steerable Pyramid", ICIP 1995. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate, pad, pixel_unshuffle

__all__ = ["FilterBank", "VGG19Features"]

# Channels of VGG-19's convolutions, in units of the first, and where the size is halved.
_LAYERS = (1, 1, "pool", 2, 2, "pool", 4, 4, 4, 4, "pool", 8, 8)
_TEXTURE, _CONTENT = 20, 22  # relu4_1 and relu4_2, by their places among all layers
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's colours
_GREY = (0.299, 0.587, 0.114)
_REACH = 4  # pixels from the middle of a filter to its rim


class VGG19Features(nn.Module):
    """The convolutions of VGG-19 as far as relu4_2.

    Parameters
    ----------
    width : int
        Channels of the first convolution; 64 as published.
    """

    standardised: ClassVar[bool] = False
    mean: Tensor
    std: Tensor

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for unit in _LAYERS:
            if isinstance(unit, str):
                layers.append(nn.MaxPool2d(2))
                continue
            layers += [nn.Conv2d(channels, unit * width, 3, padding=1), nn.ReLU()]
            channels = unit * width
        self.features = nn.Sequential(*layers)
        self.register_buffer("mean", torch.tensor(_MEAN)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(_STD)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is compared as content of (N, 3, H, W) pictures in [0, 1]."""
        return self.maps(x)[1]

    def maps(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is compared as texture and as content of (N, 3, H, W) pictures."""
        x = (x - self.mean) / self.std
        texture = x
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number == _TEXTURE:
                texture = x
        return texture, x


class FilterBank(nn.Module):
    """Fixed oriented filters at two scales, and the colours under them."""

    standardised: ClassVar[bool] = True
    filters: Tensor
    grey: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filters", _oriented(), persistent=False)
        self.register_buffer("grey", torch.tensor(_GREY)[None, :, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is compared as content of (N, 3, H, W) pictures in [0, 1]."""
        return self.maps(x)[1]

    def maps(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is compared as texture and as content of (N, 3, H, W) pictures.

        Textures are at half the size: what the filters see there, what they see at full size in
        each of four pixels, and the colours, smooth and with their hues. Contents are colours at
        a quarter of the size.
        """
        height, width = (side % 4 for side in x.shape[2:])
        x = pad(x, (0, -width % 4, 0, -height % 4), mode="replicate")
        half = avg_pool2d(x, 2)
        fine, coarse = self._seen(x), self._seen(half)
        quarter = avg_pool2d(half, 2)
        below = interpolate(quarter, half.shape[2:], mode="bilinear")
        hue = half[:, ::2] - (half * self.grey).sum(1, keepdim=True)  # R - Y and B - Y
        return torch.cat([pixel_unshuffle(fine, 2), coarse, below, hue], 1), quarter

    def _seen(self, x: Tensor) -> Tensor:
        grey = pad((x * self.grey).sum(1, keepdim=True), (_REACH,) * 4, mode="replicate")
        return conv2d(grey, self.filters)


def _oriented() -> Tensor:
    """Return (8, 1, 9, 9) filters: second derivatives along 3 directions, third along 4, the rest.

    The rest is what a Gaussian leaves, so that no pattern of pixels is invisible.
    """
    places = torch.arange(-_REACH, _REACH + 1, dtype=torch.float64)
    y, x = torch.meshgrid(places, places, indexing="ij")
    bell = torch.exp(-(x**2 + y**2) / 2)
    filters = []
    for order, count in ((2, 3), (3, 4)):
        for angle in torch.arange(count, dtype=torch.float64) * torch.pi / count:
            along = x * torch.cos(angle) + y * torch.sin(angle)
            shape = along**2 - 1 if order == 2 else along**3 - 3 * along
            derivative = shape * bell
            derivative = derivative - derivative.mean()
            filters.append(derivative / derivative.norm())
    middle = torch.zeros_like(bell)
    middle[_REACH, _REACH] = 1
    residual = middle - bell / bell.sum()
    filters.append(residual / residual.norm())
    return torch.stack(filters)[:, None].float()
