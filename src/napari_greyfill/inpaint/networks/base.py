"""What every published network shares: how a checkpoint is recognised and how it is called.

A network's folder holds the module proper and a `Descriptor`, which recognises a checkpoint by
the names and shapes of its tensors and builds the module from it, hyper-parameters included.
This module imports torch only when a network runs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from napari_greyfill.compute.device import Compute, clear_memory_errors, free_memory
from napari_greyfill.image.colour import luma
from napari_greyfill.inpaint.base import Hole, Inpainter, Plane

if TYPE_CHECKING:
    from torch import Tensor, nn

    from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["Descriptor", "HalfPrecision", "NetworkInpainter", "StateDict"]

StateDict: TypeAlias = "Mapping[str, Tensor]"


@dataclass(frozen=True)
class Descriptor:
    """One checkpoint layout of one network.

    Attributes
    ----------
    name : str
        The layout's name, for example "edgeconnect-edge" or "deepfillv2-tf".
    network : str
        The inpainting method it belongs to, for example "edgeconnect".
    title : str
        For people.
    detect : callable
        Tells whether a state dict (keys without a "module." prefix) has this layout. It looks
        at names and shapes only and never raises.
    build : callable
        Makes the module, in evaluation mode on the CPU, from a state dict it detected, taking
        hyper-parameters from the tensors' shapes.
    """

    name: str
    network: str
    title: str
    detect: Callable[[StateDict], bool]
    build: Callable[[StateDict], nn.Module]


class HalfPrecision:
    """Whether a network on a graphics card may compute in half precision.

    The first pictures are completed both ways; half precision is used from then on if it gave
    nearly the same in the hole. One belongs to one set of weights on one device.

    Attributes
    ----------
    close : bool or None
        None as long as it was not tried.
    """

    MEAN, MOST = 0.5 / 255, 4 / 255  # differences that do not show

    def __init__(self) -> None:
        self.close: bool | None = None

    def judge(self, full: Plane, half: Plane, holes: Hole) -> None:
        """Compare two completions of the same pictures.

        Parameters
        ----------
        full, half : (N, H, W, 3) float32 arrays in [0, 1]
        holes : (N, H, W) bool array
        """
        difference = np.abs(half - full)[holes]
        near = difference.mean() <= self.MEAN and difference.max() <= self.MOST
        self.close = bool(near)  # False for NaN


class NetworkInpainter(Inpainter):
    """An inpainter whose work is done by torch modules built from checkpoints.

    Parameters
    ----------
    compute : Compute
    modules : mapping of str to torch module
        One for each checkpoint the network needs, by descriptor name, on the device of
        `compute`.
    half : HalfPrecision, optional
        What is known about half precision with these modules.
    """

    channels: ClassVar[tuple[int, ...]] = (3,)
    training_scale: ClassVar[int | None] = 256
    bytes_per_pixel: ClassVar[int] = 4096

    def __init__(
        self,
        compute: Compute,
        modules: Mapping[str, nn.Module],
        half: HalfPrecision | None = None,
    ) -> None:
        super().__init__(compute)
        self.modules = {name: module.to(compute.device) for name, module in modules.items()}
        self.half = half or HalfPrecision()
        self._in_half = False

    @abstractmethod
    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures of colour planes.

        Parameters
        ----------
        images : (N, H, W, 3) float32 array in [0, 1]
            0 in the hole; height and width fit `minimum` and `multiple_of`.
        holes : (N, H, W) bool array

        Returns
        -------
        (N, H, W, 3) float32 array in [0, 1]
            What it holds outside the hole does not matter.
        """

    def apply(self, name: str, channels: Channels) -> Channels:
        """Run one of the modules on (N, H, W, C) pictures, in the precision of the moment."""
        from napari_greyfill.inpaint.networks.modules import applied

        return applied(self.modules[name], channels, self.compute, half=self._in_half)

    def most_pixels(self) -> int:
        """Return how many pixels of windows may go through the network at a time.

        On a CPU one window after the other is as fast, and kinder to memory.
        """
        if self.compute.device == "cpu":
            return 0
        return free_memory(self.compute.device) // (2 * self.bytes_per_pixel)

    def run(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Fill the hole; grey goes in as three equal channels and comes out as luma."""
        (filled,) = yield from self.run_together([plane], [hole])
        return filled

    def run_together(
        self, planes: Sequence[Plane], holes: Sequence[Hole]
    ) -> Generator[float, None, list[Plane]]:
        """Fill the holes of several planes at a time; see `Inpainter.run_together`."""
        yield 0.0
        grey = planes[0].ndim == 2
        images = np.stack([np.repeat(p[..., None], 3, axis=-1) if grey else p for p in planes])
        with clear_memory_errors(self.compute.device):
            filled = self._completed(images, np.stack(holes))
        return list(luma(filled) if grey else filled)

    def _completed(self, images: Plane, holes: Hole) -> Plane:
        """Complete pictures in half precision where that is known to give nearly the same."""
        if self.compute.device != "cuda":
            return self._in_precision(images, holes, half=False)
        if self.half.close:
            filled = self._in_precision(images, holes, half=True)
            if np.isfinite(filled).all():
                return filled
            self.half.close = False
        full = self._in_precision(images, holes, half=False)
        if self.half.close is None:
            self.half.judge(full, self._in_precision(images, holes, half=True), holes)
        return full

    def _in_precision(self, images: Plane, holes: Hole, *, half: bool) -> Plane:
        self._in_half = half
        return np.asarray(self.complete(images, holes), dtype=np.float32)
