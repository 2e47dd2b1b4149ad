"""The U-Net that draws edges in its two outer levels. Imports torch.

J. Li et al., "Progressive Reconstruction of Visual Structure for Image Inpainting", ICCV 2019,
section 3, as the authors' code has it: without attention, which is off there, and without an
activation in the last but one layer, whose name for it that code does not know. Attributes have
the names that checkpoints of that code use. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from napari_greyfill.inpaint.networks.prvs.parts import Bottleneck, PartialLayer, StructureLayer

__all__ = ["PRVS"]

_LEVELS = 8


class PRVS(nn.Module):
    """Masked RGB, or grey, its edges and what is known to the same.

    Parameters
    ----------
    width : int
        Channels of the outermost level; 64 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    smallest: ClassVar[int] = 1 << _LEVELS

    def __init__(self, width: int = 64, colours: int = 3) -> None:
        super().__init__()
        self.colours, self.planes = colours, colours + 2
        widths = [colours, *(width * min(2**level, 8) for level in range(_LEVELS))]
        self.enc_1 = StructureLayer(colours, width, width, 7, 2, rectified=True)
        self.enc_2 = StructureLayer(width, 2 * width, width, 5, 2, rectified=True)
        for level in range(3, _LEVELS + 1):
            before, after = widths[level - 1], widths[level]
            kernel = 5 if level == 3 else 3
            self.add_module(f"enc_{level}", PartialLayer(before, after, kernel, 2))
        self.deconv = nn.ConvTranspose2d(widths[-1], widths[-1], 4, stride=2, padding=1)
        below = widths[-1]
        for level in range(_LEVELS, 2, -1):
            joined, below = below + widths[level - 1], widths[level - 1]
            self.add_module(f"dec_{level}", PartialLayer(joined, below, 3, doubled=True))
        self.dec_2 = StructureLayer(below + width, width, width, 3, doubled=True)
        self.dec_1 = StructureLayer(width + colours, width, width, 3, norm=False)
        self.resolver = Bottleneck(width, width // 4)
        self.output = nn.Conv2d(2 * width, colours, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) pictures, about in [0, 1].

        Parameters
        ----------
        x : (N, C + 2, H, W) tensor
            R, G, B, or grey, in [0, 1] and 0 in the hole;
            edges, 1 on an edge and 0 in the hole; and 1 where
            pixels are known, 0 in the hole. Height and width are multiples of 256.
        """
        picture, edge, seen = x[:, :-2], x[:, -2:-1], x[:, -1:]
        features, known, edges = [picture], [seen], [edge]
        for structure in (self.enc_1, self.enc_2):
            y, m, edge = structure(features[-1], _for_all(known[-1], features[-1]), edges[-1])
            features, known, edges = [*features, y], [*known, m], [*edges, edge]
        for level in range(3, _LEVELS + 1):
            layer = self.get_submodule(f"enc_{level}")
            y, m = layer(features[-1], _for_all(known[-1], features[-1]))
            features, known = [*features, y], [*known, m]
        y, m = self.deconv(features[-1]), interpolate(known[-1], scale_factor=2)
        for level in range(_LEVELS, 0, -1):
            skip = features[level - 1]
            both = torch.cat([_for_all(m, y), _for_all(known[level - 1], skip)], 1)
            # the two outer levels go on with the edges that the encoder has drawn there
            also = (edges[level],) if level < len(edges) else ()
            y, m, *_ = self.get_submodule(f"dec_{level}")(torch.cat([y, skip], 1), both, *also)
        return torch.as_tensor(self.output(torch.cat([self.resolver(y), y], 1)))


def _for_all(known: Tensor, features: Tensor) -> Tensor:
    """Return what is known for each channel of features."""
    return known.expand(-1, features.shape[1], -1, -1)
