"""The U-Net with a shift layer. Imports torch.

Z. Yan et al., "Shift-Net: Image Inpainting via Deep Feature Rearrangement", ECCV 2018, arXiv
1801.09392, sections 3.1 and 3.2 and the supplement. Published checkpoints nest each level in the
one above it; here levels are counted from the outside, and `description` knows both names.
Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, relu

from napari_greyfill.inpaint.networks.shiftnet.shift import Shift

__all__ = ["LEVELS", "SHIFTED", "ShiftNet"]

LEVELS = 8
SHIFTED = 2  # the level, counted from 0, whose features are shifted, at an eighth of the size


class ShiftNet(nn.Module):
    """Masked RGB, or grey, and what is known to the same.

    Parameters
    ----------
    width : int
        Channels of the outermost level; 64 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    smallest: ClassVar[int] = 1 << LEVELS

    def __init__(self, width: int = 64, colours: int = 3) -> None:
        super().__init__()
        self.colours = colours
        widths = [width * min(2**level, 8) for level in range(LEVELS)]
        self.down = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1)
            for before, after in zip([colours + 1, *widths], widths, strict=False)
        )
        self.down_norm = nn.ModuleDict(_norms(widths[1:-1]))
        outputs = [colours, *widths[:-1]]
        inputs = [2 * width for width in widths]
        inputs[SHIFTED], inputs[-1] = 3 * widths[SHIFTED], widths[-1]
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)
            for before, after in zip(inputs, outputs, strict=True)
        )
        self.up_norm = nn.ModuleDict(_norms(outputs[1:]))
        self.shift = Shift()

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) pictures in [-1, 1].

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            R, G, B, or grey, in [-1, 1] and 0 in the hole;
            then 1 where pixels are known and 0 in the hole.
            Height and width are at least 256 and multiples of 8.
        """
        step = 2 ** (SHIFTED + 1)
        hole = x[:, -1, ::step, ::step] < 0.5
        skips = self._encoded(x)
        y = skips[-1]
        for level in reversed(range(LEVELS)):
            joined = (
                y
                if level == LEVELS - 1
                else torch.cat([_fitted(y, skips[level]), skips[level]], 1)
            )
            joined = relu(joined)
            if level == SHIFTED:
                joined = self.shift(joined, hole)
            y = self.up[level](joined)
            if level:
                y = self.up_norm[str(level)](y)
        return torch.tanh(y)

    def _encoded(self, x: Tensor) -> list[Tensor]:
        """Return what each level of the encoder gives."""
        skips: list[Tensor] = []
        for level, layer in enumerate(self.down):
            x = layer(leaky_relu(x, 0.2) if level else x)
            if str(level) in self.down_norm:
                x = self.down_norm[str(level)](x)
            skips.append(x)
        return skips


def _norms(widths: list[int]) -> dict[str, nn.Module]:
    """Return normalisations by the statistics of the picture at hand, from the second level on."""
    return {
        str(level): nn.InstanceNorm2d(width, affine=True) for level, width in enumerate(widths, 1)
    }


def _fitted(x: Tensor, skip: Tensor) -> Tensor:
    """Enlarge what comes from below where halving the size of a picture left a remainder."""
    if x.shape[2:] == skip.shape[2:]:
        return x
    return interpolate(x, skip.shape[2:], mode="bilinear", align_corners=False)
