"""The internal colorization network and its training step. Imports torch.

A residual network without downsampling, trained from scratch on the known pixels of one
image: T. Wang, H. Ouyang, Q. Chen, "Image Inpainting with External-Internal Learning and
Monochromic Bottleneck", CVPR 2021, section 3.3, arXiv 2104.09068. Tensors are float32,
(N, C, H, W), values in [0, 1]; batch normalisation always uses the statistics of the image
at hand, in training and for the result.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import CancelledError

__all__ = ["ColourNet", "masked_mse", "new_network", "stop_when", "training"]

_RANDOM = threading.Lock()  # torch draws initial weights from one generator for all threads
_WIDTH = 32
_BLOCKS = 8
_SLOPE = 0.2


class _ResidualBlock(nn.Module):
    """Two convolutions without bias, added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(_WIDTH, _WIDTH, 3, bias=False),
            nn.BatchNorm2d(_WIDTH),
            nn.LeakyReLU(_SLOPE),
            nn.ReflectionPad2d(1),
            nn.Conv2d(_WIDTH, _WIDTH, 3, bias=False),
            nn.BatchNorm2d(_WIDTH),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.blocks(x)
        return out


class ColourNet(nn.Module):
    """Grey, and above the coarsest level the coarser colours, to RGB.

    Parameters
    ----------
    in_channels : {1, 4}
        1 at the coarsest level (grey); 4 above it (grey, then enlarged RGB).
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(in_channels, _WIDTH, 3),
            nn.LeakyReLU(_SLOPE),
            *(_ResidualBlock() for _ in range(_BLOCKS)),
            nn.ReflectionPad2d(1),
            nn.Conv2d(_WIDTH, _WIDTH, 3),
            nn.BatchNorm2d(_WIDTH),
            nn.ReflectionPad2d(1),
            nn.Conv2d(_WIDTH, 3, 3),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 3, H, W) colours in [0, 1]."""
        out: Tensor = self.model(x)
        return out


def new_network(in_channels: int, seed: int) -> ColourNet:
    """Return a network with torch's default random weights, drawn from `seed` alone."""
    with _RANDOM, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ColourNet(in_channels)


def masked_mse(output: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Return the squared error at known pixels, averaged over all elements."""
    return nn.functional.mse_loss(output * known, target * known)


def training(
    network: ColourNet, inputs: Tensor, target: Tensor, known: Tensor, steps: int, rate: float
) -> Iterator[Tensor]:
    """Yield the output of each step's forward pass while training with Adam.

    The last output comes before a last update would, so that update is left out.

    Parameters
    ----------
    network : ColourNet
        Changed in place.
    inputs : (1, 1 or 4, H, W) tensor
    target : (1, 3, H, W) tensor
    known : (1, 1, H, W) tensor
        1 at known pixels, 0 in the hole.
    steps : int
    rate : float
        Learning rate.
    """
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    for step in range(steps):
        output = network(inputs)
        yield output.detach()
        if step + 1 < steps:
            optimizer.zero_grad()
            masked_mse(output, target, known).backward()
            optimizer.step()


def stop_when(network: ColourNet, cancelled: CancelCheck) -> None:
    """Make the network ask, between its layers, whether to stop; it then raises `CancelledError`.

    A step on a large window takes seconds; this lets it end within a fraction of that.
    """

    def ask(*_: object) -> None:
        if cancelled():
            raise CancelledError("The fill was cancelled; nothing was changed.")

    def watch(_: nn.Module, __: object, output: Tensor) -> None:
        ask()
        if output.requires_grad:
            output.register_hook(ask)

    for layer in network.model:
        if isinstance(layer, _ResidualBlock):
            layer.register_forward_hook(watch)
