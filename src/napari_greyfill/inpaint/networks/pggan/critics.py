"""The critics that a PGGAN is trained with, and what they add to its loss. Imports torch.

U. Demir, G. Unal, arXiv 1803.07422: the first layers are shared; then one path judges the picture
as a whole (G-GAN), the other each of its patches (PatchGAN). Numbers of layers and channels are
ours; the weights of the losses are the paper's as remembered, not checked.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, l1_loss

__all__ = ["Critics", "critics_loss", "generator_loss"]

_PICTURE, _WHOLE, _PATCHES = 0.995, 0.0025, 0.0025  # weights of the three losses


class Critics(nn.Module):
    """RGB to one judgement of the picture and one of each of its patches.

    Parameters
    ----------
    width : int
        Channels after the first layer.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.shared = nn.Sequential(
            *_halved(3, width, norm=False),
            *_halved(width, 2 * width),
            *_halved(2 * width, 4 * width),
        )
        self.whole = nn.Sequential(
            *_halved(4 * width, 8 * width),
            *_halved(8 * width, 8 * width),
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(8 * width, 1, 1),
        )
        self.patches = nn.Conv2d(4 * width, 1, 3, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return (N, 1, 1, 1) and (N, 1, H / 8, W / 8) judgements, large for real pictures.

        Parameters
        ----------
        x : (N, 3, H, W) tensor
            R, G, B in [-1, 1].
        """
        features = self.shared(x)
        return self.whole(features), self.patches(features)


def _halved(channels: int, filters: int, *, norm: bool = True) -> list[nn.Module]:
    first: list[nn.Module] = [nn.Conv2d(channels, filters, 4, 2, 1, bias=not norm)]
    return [*first, *([nn.BatchNorm2d(filters)] if norm else []), nn.LeakyReLU(0.2)]


def generator_loss(filled: Tensor, truth: Tensor, judged: tuple[Tensor, Tensor]) -> Tensor:
    """Return what a generator is to make small.

    Parameters
    ----------
    filled, truth : (N, 3, H, W) tensors
        What it made, and what was there.
    judged : tuple of two tensors
        What the critics think of `filled`.
    """
    whole, patches = (_judgement(each, real=True) for each in judged)
    return _PICTURE * l1_loss(filled, truth) + _WHOLE * whole + _PATCHES * patches


def critics_loss(of_truth: tuple[Tensor, Tensor], of_filled: tuple[Tensor, Tensor]) -> Tensor:
    """Return what critics are to make small.

    Parameters
    ----------
    of_truth, of_filled : tuples of two tensors
        What they think of real and of filled pictures.
    """
    real = [_judgement(each, real=True) for each in of_truth]
    made = [_judgement(each, real=False) for each in of_filled]
    return torch.stack(real + made).mean()


def _judgement(judged: Tensor, *, real: bool) -> Tensor:
    return binary_cross_entropy_with_logits(judged, torch.full_like(judged, float(real)))
