"""The network of fast Fourier convolutions. Imports torch.

R. Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV 2022,
sections 2.1 and 2.2, arXiv 2109.07161. Features are in two parts: a local one, which ordinary
convolutions see, and a global one, whose convolutions are of its spectrum. Attributes have the
names that published checkpoints use. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

__all__ = ["Lama", "LamaProgram"]

_DOWN = 3  # times the size is halved
_GLOBAL = 0.75  # share of the features of a block that are global


class _FourierUnit(nn.Module):
    """A convolution of one pixel in the spectrum, so of the whole picture.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_layer = nn.Conv2d(2 * channels, 2 * channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        # spectra have no half precision, and none at all on Apple's graphics cards
        device = x.device
        real = x.float().cpu() if device.type == "mps" else x.float()
        spectrum = torch.view_as_real(torch.fft.rfft2(real, norm="ortho")).to(device)
        # (N, C, H, W, 2) to (N, 2 C, H, W): real and imaginary part of each channel in turn
        count, channels, rows, columns, _ = spectrum.shape
        parts = spectrum.permute(0, 1, 4, 2, 3).reshape(count, 2 * channels, rows, columns)
        parts = self.bn(self.conv_layer(parts)).relu().float()
        parts = parts.reshape(count, channels, 2, rows, columns).permute(0, 1, 3, 4, 2)
        changed = torch.view_as_complex(parts.contiguous().to(real.device))
        back = torch.fft.irfft2(changed, s=real.shape[-2:], norm="ortho")
        there: Tensor = back.to(device)
        return there


class _SpectralTransform(nn.Module):
    """From global to global features, by way of half as many.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.conv1 = nn.Sequential(
            nn.Conv2d(channels, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU()
        )
        self.fu = _FourierUnit(half)
        self.conv2 = nn.Conv2d(half, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        fewer = self.conv1(x)
        more: Tensor = self.conv2(fewer + self.fu(fewer))
        return more


class _Convolutions(nn.Module):
    """The four ways from local and global features to local and global ones.

    Parameters
    ----------
    taken, given : pair of int
        Local and global channels that come in and go out.
    kernel, stride, padding : int
    """

    def __init__(
        self,
        taken: tuple[int, int],
        given: tuple[int, int],
        kernel: int,
        stride: int,
        padding: int,
    ) -> None:
        super().__init__()

        def between(channels: int, filters: int) -> nn.Conv2d:
            return nn.Conv2d(
                channels,
                filters,
                kernel,
                stride,
                padding,
                bias=False,
                padding_mode="reflect" if padding else "zeros",
            )

        self.convl2l = between(taken[0], given[0])
        self.convl2g = between(taken[0], given[1]) if given[1] else None
        self.convg2l = between(taken[1], given[0]) if taken[1] else None
        self.convg2g = _SpectralTransform(taken[1]) if taken[1] and given[1] else None

    def forward(self, near: Tensor, far: Tensor | None) -> tuple[Tensor, Tensor | None]:
        near_given = self.convl2l(near)
        far_given = None if self.convl2g is None else self.convl2g(near)
        if far is not None and self.convg2l is not None:
            near_given = near_given + self.convg2l(far)
        if far is not None and self.convg2g is not None:
            far_given = far_given + self.convg2g(far)
        return near_given, far_given


class _Layer(nn.Module):
    """Convolutions, then a norm and a ReLU for each part; parameters are of `_Convolutions`."""

    def __init__(
        self,
        taken: tuple[int, int],
        given: tuple[int, int],
        kernel: int = 3,
        stride: int = 1,
        padding: int = 1,
    ) -> None:
        super().__init__()
        self.ffc = _Convolutions(taken, given, kernel, stride, padding)
        self.bn_l = nn.BatchNorm2d(given[0])
        self.bn_g = nn.BatchNorm2d(given[1]) if given[1] else None

    def forward(self, parts: tuple[Tensor, Tensor | None]) -> tuple[Tensor, Tensor | None]:
        near, far = self.ffc(*parts)
        near = self.bn_l(near).relu()
        return near, None if self.bn_g is None else self.bn_g(far).relu()


class _Block(nn.Module):
    """Two layers whose result is added to what went in.

    Parameters
    ----------
    channels : pair of int
        Local and global ones.
    """

    def __init__(self, channels: tuple[int, int]) -> None:
        super().__init__()
        self.conv1 = _Layer(channels, channels)
        self.conv2 = _Layer(channels, channels)

    def forward(self, parts: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        near, far = self.conv2(self.conv1(parts))
        return parts[0] + near, parts[1] + far


class _Joined(nn.Module):
    """Local and global features as one."""

    def forward(self, parts: tuple[Tensor, Tensor]) -> Tensor:
        return torch.cat(parts, dim=1)


class _Alone(nn.Module):
    """Features that are all local, as a pair; pads the picture before them."""

    def __init__(self) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d(3)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return self.pad(x), None


class Lama(nn.Module):
    """Masked RGB and the mask to RGB.

    Parameters
    ----------
    blocks : int
        18 in the big network, 9 in the small one ("fourier").
    width : int
        Channels at full size; 64 as published.
    colours : {3, 1}
        Channels of the pictures; 1 in networks that were trained on grey.
    """

    def __init__(self, blocks: int = 18, width: int = 64, colours: int = 3) -> None:
        super().__init__()
        self.colours, self.planes = colours, colours + 1
        self.model = nn.Sequential(*_layers(blocks, width, colours))

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture.

        Parameters
        ----------
        x : (N, C + 1, H, W) tensor
            R, G, B, or grey, in [0, 1] and 0 in the hole; then the mask, 1 in the hole. Height
            and width are multiples of 8, and at least 16.

        Returns
        -------
        (N, C, H, W) tensor in [0, 1]
        """
        output: Tensor = self.model(x)
        return output


def _layers(blocks: int, width: int, colours: int) -> Iterator[nn.Module]:
    """Yield the layers in the order that checkpoints number them."""
    yield _Alone()
    yield _Layer((colours + 1, 0), (width, 0), 7, padding=0)
    for level in range(_DOWN):
        most = 2 * width << level
        far = int(_GLOBAL * most) if level == _DOWN - 1 else 0
        yield _Layer((width << level, 0), (most - far, far), stride=2)
    for _ in range(blocks):
        yield _Block((most - far, far))
    yield _Joined()
    for level in reversed(range(_DOWN)):
        filters = width << level
        yield nn.ConvTranspose2d(2 * filters, filters, 3, stride=2, padding=1, output_padding=1)
        yield nn.BatchNorm2d(filters)
        yield nn.ReLU()
    yield nn.ReflectionPad2d(3)
    yield nn.Conv2d(width, colours, 7)
    yield nn.Sigmoid()


class LamaProgram(nn.Module):
    """A TorchScript program of the network, called as `Lama` is.

    Parameters
    ----------
    program : torch.jit.ScriptModule
        Takes the picture in [0, 1] and the mask, and returns the picture with the hole filled.
    """

    planes = 4

    def __init__(self, program: torch.jit.ScriptModule) -> None:
        super().__init__()
        self.program = program

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture; see `Lama.forward`."""
        with torch.autocast(x.device.type, enabled=False):  # spectra have no half precision
            output: Tensor = self.program(x[:, :3], x[:, 3:])
        if output.shape != (len(x), 3, *x.shape[2:]):
            raise ValueError("the program returns no pictures of the size it was given")
        return output
