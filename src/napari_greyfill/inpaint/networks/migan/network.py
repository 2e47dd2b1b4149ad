"""The network of separable convolutions. Imports torch.

A. Sargsyan et al., "MI-GAN: A Simple Baseline for Image Inpainting on Mobile Devices", ICCV 2023,
section 3. An encoder halves the picture down to 4 × 4 pixels; a decoder doubles it again, adds
what the encoder saw at each size, and sums the pictures of all sizes. Sizes are baked in: planes
of noise belong to one. Attributes have the names that published checkpoints use. Tensors are
float32, (N, C, H, W).
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn

__all__ = ["Migan", "MiganProgram", "channels_at"]

_SMALLEST = 4  # pixels
_SLOPE, _GAIN, _LARGEST = 0.2, sqrt(2), 256.0  # of the activation


def channels_at(side: int, base: int = 32768, most: int = 512) -> int:
    """Return how many channels features have where the picture is so large.

    Parameters
    ----------
    side : int
        Height and width there, in pixels.
    base : int
        32768 as published.
    most : int
        512 as published.
    """
    return min(base // side, most)


def _active(x: Tensor) -> Tensor:
    """Return a leaky ReLU that keeps the variance, without what would explode."""
    y: Tensor = nn.functional.leaky_relu(x, _SLOPE) * _GAIN
    return y.clamp(-_LARGEST, _LARGEST)


class _Halved(nn.Module):
    """A blur of four pixels with stride two, each channel on its own.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.filter = nn.Conv2d(channels, channels, 4, 2, 1, groups=channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        smaller: Tensor = self.filter(x)
        return smaller


class _Doubled(nn.Module):
    """Zeros between the pixels, then a blur of four pixels, each channel on its own.

    Parameters
    ----------
    channels, side : int
        Of what comes out.
    """

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.filter = nn.Conv2d(channels, channels, 4, groups=channels, bias=False)
        # a grid of ones where the pixels are; the files hold it, and it is always the same
        self.register_buffer("filter_const", torch.zeros(1, 1, side, side))

    def forward(self, x: Tensor) -> Tensor:
        # a transposed convolution puts the zeros there itself, with the kernel turned
        kernel = self.filter.weight.flip(2, 3)
        larger: Tensor = nn.functional.conv_transpose2d(
            x, kernel, stride=2, padding=1, groups=x.shape[1]
        )
        return larger


class _Separable(nn.Module):
    """A convolution of each channel on its own, then one of each pixel on its own.

    Parameters
    ----------
    channels, filters : int
    halved : bool
        Whether the size is halved in between.
    doubled_to, noise_of : int
        The side that it is doubled to, and that of the plane of noise; 0 for neither.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        *,
        halved: bool = False,
        doubled_to: int = 0,
        noise_of: int = 0,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.conv2 = nn.Conv2d(channels, filters, 1, bias=False)
        self.downsample = _Halved(channels) if halved else None
        self.upsample = _Doubled(filters, doubled_to) if doubled_to else None
        self.noisy = noise_of > 0
        if self.noisy:
            self.noise_strength = nn.Parameter(torch.zeros([]))
            self.noise_const: Tensor
            self.register_buffer("noise_const", torch.zeros(noise_of, noise_of))

    def forward(self, x: Tensor) -> Tensor:
        x = _active(self.conv1(x))
        if self.downsample is not None:
            x = self.downsample(x)
        x = self.conv2(x)
        if self.upsample is not None:
            x = self.upsample(x)
        if self.noisy:
            x = x + self.noise_const * self.noise_strength
        return _active(x)


class _Encoding(nn.Module):
    """One size of the encoder.

    Parameters
    ----------
    channels, filters : int
    picture : int
        Channels of the picture; 0 but for the first.
    halved : bool
    """

    def __init__(self, channels: int, filters: int, *, picture: int, halved: bool) -> None:
        super().__init__()
        self.fromrgb = nn.Conv2d(picture, channels, 1) if picture else None
        self.conv1 = _Separable(channels, channels)
        self.conv2 = _Separable(channels, filters, halved=halved)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return features for the next size, and those of this one."""
        if self.fromrgb is not None:
            x = _active(self.fromrgb(x))
        seen = self.conv1(x)
        return self.conv2(seen), seen


class _Decoding(nn.Module):
    """One size of the decoder.

    Parameters
    ----------
    channels, filters : int
    side : int
        Height and width of what comes out.
    colours : int
        Channels of the picture.
    """

    def __init__(self, channels: int, filters: int, side: int, colours: int) -> None:
        super().__init__()
        first = side == _SMALLEST
        size = 0 if first else side
        self.conv1 = _Separable(channels, filters, doubled_to=size, noise_of=size)
        self.conv2 = _Separable(filters, filters, noise_of=size)
        self.torgb = nn.Conv2d(filters, colours, 1)
        self.upsample = None if first else _Doubled(colours, side)

    def forward(self, x: Tensor, seen: Tensor, picture: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return features, and the picture so far."""
        x = self.conv2(self.conv1(x) + seen)
        own: Tensor = self.torgb(x)
        if picture is not None and self.upsample is not None:
            own = own + self.upsample(picture)
        return x, own


class Migan(nn.Module):
    """The mask and masked RGB to RGB.

    Parameters
    ----------
    side : int
        Height and width of the pictures it takes: 512 or 256 as published.
    base, most : int
        As in `channels_at`.
    colours : {3, 1}
        Channels of the pictures; 1 in networks that were trained on grey.
    """

    def __init__(
        self, side: int = 512, base: int = 32768, most: int = 512, colours: int = 3
    ) -> None:
        super().__init__()
        self.side, self.colours, self.planes = side, colours, colours + 1
        sides = [side >> n for n in range(side.bit_length() - 2)]  # down to 4
        at = {each: channels_at(each, base, most) for each in sides}
        self.encoder = nn.ModuleDict()
        self.synthesis = nn.ModuleDict()
        for index, each in enumerate(sides):
            last = each == _SMALLEST
            self.encoder[f"b{each}"] = _Encoding(
                at[each],
                at[each if last else each // 2],
                picture=0 if index else self.planes,
                halved=not last,
            )
        for each in reversed(sides):
            before = at[each if each == _SMALLEST else each // 2]
            self.synthesis[f"b{each}"] = _Decoding(before, at[each], each, colours)

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture.

        Parameters
        ----------
        x : (N, C + 1, side, side) tensor
            0.5 less the mask, which is 1 in the hole; then R, G, B, or grey, in [-1, 1] and 0 in
            the hole.

        Returns
        -------
        (N, C, side, side) tensor
            In about [-1, 1].
        """
        seen = {}
        for name, block in self.encoder.items():
            x, seen[name] = block(x)
        picture: Tensor | None = None
        for name, block in self.synthesis.items():
            x, picture = block(x, seen[name], picture)
        assert picture is not None  # there is at least one size
        return picture


class MiganProgram(nn.Module):
    """A TorchScript program of the network, called as `Migan` is.

    Parameters
    ----------
    program : torch.jit.ScriptModule
        Takes what `Migan` takes.
    side : int
        Height and width of the pictures it was traced with.
    """

    planes = 4

    def __init__(self, program: torch.jit.ScriptModule, side: int = 512) -> None:
        super().__init__()
        self.program, self.side = program, side

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture; see `Migan.forward`."""
        with torch.autocast(x.device.type, enabled=False):
            output: Tensor = self.program(x)
        if output.shape != (len(x), 3, *x.shape[2:]):
            raise ValueError("the program returns no pictures of the size it was given")
        return output
