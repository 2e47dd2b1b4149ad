"""The edge generator and the completion network. Imports torch.

Both are the same encoder, residual blocks and decoder: K. Nazeri et al., "EdgeConnect:
Generative Image Inpainting with Adversarial Edge Learning", arXiv 1901.00212, sections 3.1
and 3.2 and appendix A. Attributes have the names that published checkpoints use. Tensors are
float32, (N, C, H, W), values in [0, 1]; height and width are multiples of 4 and at least 12.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.description import StateDict

__all__ = ["CompletionNetwork", "EdgeGenerator", "spectral_norm", "with_plain_weights"]

_TRANSPOSED = ("decoder.0", "decoder.3")  # convolutions whose weights are (I, O, h, w)


class _ResidualBlock(nn.Module):
    """Two convolutions, the first dilated, added to what came in."""

    def __init__(self, channels: int, bias: bool) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(2),
            nn.Conv2d(channels, channels, 3, dilation=2, bias=bias),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.conv_block(x)
        return out


class _Generator(nn.Module):
    """What both networks are made of, up to the last activation.

    Normalisation always uses the statistics of the image at hand; it has no weights.
    """

    def __init__(self, channels: int, outputs: int, width: int, blocks: int, bias: bool) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(channels, width, 7),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.InstanceNorm2d(2 * width),
            nn.ReLU(),
            nn.Conv2d(2 * width, 4 * width, 4, stride=2, padding=1),
            nn.InstanceNorm2d(4 * width),
            nn.ReLU(),
        )
        self.middle = nn.Sequential(*(_ResidualBlock(4 * width, bias) for _ in range(blocks)))
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(4 * width, 2 * width, 4, stride=2, padding=1),
            nn.InstanceNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            nn.ReflectionPad2d(3),
            nn.Conv2d(width, outputs, 7),
        )

    def _decoded(self, x: Tensor) -> Tensor:
        out: Tensor = self.decoder(self.middle(self.encoder(x)))
        return out


class EdgeGenerator(_Generator):
    """Grey, its edges and the mask to edges.

    Parameters
    ----------
    width : int
        Channels at full size; 64 as published.
    blocks : int
        Residual blocks; 8 as published.
    """

    def __init__(self, width: int = 64, blocks: int = 8) -> None:
        super().__init__(3, 1, width, blocks, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 1, H, W) edges from (N, 3, H, W): grey, edges, mask."""
        return torch.sigmoid(self._decoded(x))


class CompletionNetwork(_Generator):
    """RGB, or grey, and edges to the same.

    Parameters
    ----------
    width : int
        Channels at full size; 64 as published.
    blocks : int
        Residual blocks; 8 as published.
    colours : {3, 1}
        Channels of the pictures; 3 as published.
    """

    def __init__(self, width: int = 64, blocks: int = 8, colours: int = 3) -> None:
        super().__init__(colours + 1, colours, width, blocks, bias=True)
        self.colours = colours

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) colours from (N, C + 1, H, W): R, G, B or grey, then edges."""
        return (torch.tanh(self._decoded(x)) + 1) / 2


def with_plain_weights(state: StateDict) -> dict[str, Tensor]:
    """Return a state dict in which spectrally normalised weights are plain weights.

    Such a layer's weight is stored before normalisation, as ``weight_orig``, beside the two
    vectors that tell its norm: T. Miyato et al., "Spectral Normalization for Generative
    Adversarial Networks", ICLR 2018, section 2.1.

    Raises
    ------
    BadCheckpointError
        If a layer's vectors are missing or of other lengths than its weight needs.
    """
    plain = dict(state)
    for key in state:
        layer, _, kind = key.rpartition(".")
        if kind == "weight_orig":
            weight, u, v = (
                plain.pop(f"{layer}.weight_{part}", None) for part in ("orig", "u", "v")
            )
            axis = 1 if layer in _TRANSPOSED else 0
            if weight is None or u is None or v is None or not _match(weight, u, v, axis):
                raise BadCheckpointError(
                    f"This checkpoint of EdgeConnect lacks what normalises its layer {layer}, or "
                    "has it in another size; choose the file as it was published."
                )
            norm = spectral_norm(weight.float(), u.float(), v.float(), axis)
            plain[f"{layer}.weight"] = weight / norm
    return plain


def spectral_norm(weight: Tensor, u: Tensor, v: Tensor, axis: int = 0) -> Tensor:
    """Return the norm of a weight as its stored singular vectors tell it, ``u . (W v)``.

    Parameters
    ----------
    weight : (O, I, h, w) or (I, O, h, w) tensor
        Taken as the matrix W with a row for each of the O output channels.
    u : (O,) tensor
        The left singular vector.
    v : (I * h * w,) tensor
        The right singular vector.
    axis : int
        Where the output channels are: 0, or 1 in transposed convolutions.
    """
    return torch.dot(u, torch.mv(weight.transpose(0, axis).flatten(1), v))


def _match(weight: Tensor, u: Tensor, v: Tensor, axis: int) -> bool:
    if weight.ndim != 4 or not weight.numel():
        return False
    rows = weight.shape[axis]
    return u.shape == (rows,) and v.shape == (weight.numel() // rows,)
