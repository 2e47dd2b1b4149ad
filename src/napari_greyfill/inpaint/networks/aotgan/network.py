"""The generator of AOT-GAN. Imports torch.

Y. Zeng, J. Fu, H. Chao, B. Guo, "Aggregated Contextual Transformations for High-Resolution Image
Inpainting", 2022, section 3.1, arXiv 2104.01431. Attributes have the names that the authors'
checkpoints use. Tensors are float32, (N, C, H, W); height and width are multiples of 4 and at
least 36.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["AOTGAN", "AOTBlock"]

_RATES = (1, 2, 4, 8)


class AOTBlock(nn.Module):
    """Looks around at four distances, and adds what it sees where a gate lets it.

    The gate is normalised by the whole picture's mean and deviation, so that it depends on all of
    the picture.

    Parameters
    ----------
    channels : int
        A multiple of 4.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        for index, rate in enumerate(_RATES):
            branch = (*_convolution(channels, channels // len(_RATES), rate), nn.ReLU())
            self.add_module(f"block0{index}", nn.Sequential(*branch))
        self.fuse = nn.Sequential(*_convolution(channels, channels, 1))
        self.gate = nn.Sequential(*_convolution(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, H, W) features."""
        branches = [self.get_submodule(f"block0{index}")(x) for index in range(len(_RATES))]
        fused: Tensor = self.fuse(torch.cat(branches, dim=1))
        gate = torch.sigmoid(_normalised(self.gate(x)))
        return x * (1 - gate) + fused * gate


class _Enlarged(nn.Module):
    """Twice the size, and a convolution."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, 2 H, 2 W) features."""
        x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        out: Tensor = self.conv(x)
        return out


class AOTGAN(nn.Module):
    """Picture and mask to picture.

    Parameters
    ----------
    width : int
        Channels of the first layer; 64 as published.
    blocks : int
        8 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    def __init__(self, width: int = 64, blocks: int = 8, colours: int = 3) -> None:
        super().__init__()
        self.colours = colours
        self.encoder = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(colours + 1, width, 7),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(2 * width, 4 * width, 4, stride=2, padding=1),
            nn.ReLU(),
        )
        self.middle = nn.Sequential(*(AOTBlock(4 * width) for _ in range(blocks)))
        self.decoder = nn.Sequential(
            _Enlarged(4 * width, 2 * width),
            nn.ReLU(),
            _Enlarged(2 * width, width),
            nn.ReLU(),
            nn.Conv2d(width, colours, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture, (N, C, H, W) in [-1, 1].

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            The picture in [-1, 1], 1 in the hole; then the mask, 1 in the hole.
        """
        return torch.tanh(self.decoder(self.middle(self.encoder(x))))


def _convolution(inputs: int, channels: int, rate: int) -> tuple[nn.Module, nn.Module]:
    return nn.ReflectionPad2d(rate), nn.Conv2d(inputs, channels, 3, dilation=rate)


def _normalised(gate: Tensor) -> Tensor:
    """Return ``5 (2 z - 1)``, z being standardised in each channel of each picture."""
    deviation, mean = torch.std_mean(gate.float(), dim=(2, 3), keepdim=True)
    return 5 * (2 * (gate - mean) / (deviation + 1e-9) - 1)
