"""The encoder, its bottleneck and the decoder. Imports torch.

D. Pathak et al., "Context Encoders: Feature Learning by Inpainting", CVPR 2016, arXiv 1604.07379,
section 4 and appendix; the network for pictures of 128 pixels that the authors released weights
of. The module's only part, ``main``, numbers its layers as published checkpoints do. Tensors are
float32, (N, C, H, W).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["ContextEncoder"]


class ContextEncoder(nn.Module):
    """RGB, or grey, with a hidden centre to that of the centre, or of the whole picture.

    Parameters
    ----------
    width : int
        Channels after the first layer; 64 as published.
    bottleneck : int
        Numbers that the whole picture is reduced to; 4000 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    bias : bool
        Whether convolutions have a bias: in the authors' own files they do.
    whole : bool
        Whether one more layer enlarges the output to the size of the picture, as in the authors'
        network for holes that may be anywhere.
    """

    def __init__(
        self,
        width: int = 64,
        bottleneck: int = 4000,
        colours: int = 3,
        *,
        bias: bool = False,
        whole: bool = False,
    ) -> None:
        super().__init__()
        self.colours = colours
        down = (colours, width, width, 2 * width, 4 * width, 8 * width)
        up = (4 * width, 2 * width, width) + ((width,) if whole else ()) + (colours,)
        self.main = nn.Sequential(
            *_encoder(down, bottleneck, bias), *_decoder(bottleneck, 8 * width, up, bias)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H / 2, W / 2), or as large as the picture, in [-1, 1].

        Parameters
        ----------
        x : (N, C, H, W) tensor
            R, G, B, or grey, in [-1, 1], a fixed colour in the centre. Trained with 128 pixels a
            side.
        """
        output: Tensor = self.main(x)
        return output


def _encoder(widths: tuple[int, ...], bottleneck: int, bias: bool) -> Iterator[nn.Module]:
    yield nn.Conv2d(widths[0], widths[1], 4, stride=2, padding=1, bias=bias)
    yield nn.LeakyReLU(0.2)
    for before, after in pairwise(widths[1:]):
        yield nn.Conv2d(before, after, 4, stride=2, padding=1, bias=bias)
        yield nn.BatchNorm2d(after)
        yield nn.LeakyReLU(0.2)
    yield nn.Conv2d(widths[-1], bottleneck, 4, bias=bias)
    yield nn.BatchNorm2d(bottleneck)
    yield nn.LeakyReLU(0.2)


def _decoder(
    bottleneck: int, first: int, widths: tuple[int, ...], bias: bool
) -> Iterator[nn.Module]:
    yield nn.ConvTranspose2d(bottleneck, first, 4, bias=bias)
    yield nn.BatchNorm2d(first)
    yield nn.ReLU()
    for before, after in pairwise((first, *widths[:-1])):
        yield nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=bias)
        yield nn.BatchNorm2d(after)
        yield nn.ReLU()
    yield nn.ConvTranspose2d(widths[-2], widths[-1], 4, stride=2, padding=1, bias=bias)
    yield nn.Tanh()
