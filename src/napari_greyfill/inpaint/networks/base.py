"""How every published network is called. Imports torch only when a network runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from napari_greyfill.compute.device import Compute, clear_memory_errors, free_memory
from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.networks.modules import Channels, applied
from napari_greyfill.inpaint.networks.variants import Variant

if TYPE_CHECKING:
    from torch import nn

__all__ = ["HalfPrecision", "NetworkInpainter"]


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
        full, half : (N, H, W, C) float32 arrays in [0, 1]
            Completed in full and in half precision.
        holes : (N, H, W) bool array
            True where the pictures were completed.
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
    variant : Variant
        Says which sizes of pictures the checkpoints take.
    half : HalfPrecision, optional
        What is known about half precision with these modules.
    weights : sequence of dict
        What is known about the files the modules were built from.

    Attributes
    ----------
    colours : {1, 3}
        Channels of the pictures that the modules take and give: 1 if one of them says so by its
        own attribute `colours`, as networks that were trained on grey do.
    """

    channels: ClassVar[tuple[int, ...]] = (3,)
    bytes_per_pixel: ClassVar[int] = 4096

    def __init__(
        self,
        compute: Compute,
        modules: Mapping[str, nn.Module],
        variant: Variant,
        half: HalfPrecision | None = None,
        weights: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(compute)
        self.minimum, self.multiple_of = variant.minimum, variant.multiple_of
        self.training_scale, self.unit = variant.training_scale, variant.unit
        self.weights = tuple(weights)
        self.origin = " and ".join(each["file"] for each in weights)
        self.modules = {name: module.to(compute.device) for name, module in modules.items()}
        self.colours = min((getattr(m, "colours", 3) for m in modules.values()), default=3)
        self.half = half or HalfPrecision()
        self._in_half = False

    @abstractmethod
    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures of planes with as many channels as it takes.

        Parameters
        ----------
        images : (N, H, W, C) float32 array in [0, 1]
            0 in the hole; height and width fit `minimum` and `multiple_of`; C is `colours`.
            Where that is 3 and a picture is grey, all three are equal.
        holes : (N, H, W) bool array
            True where pixels are to be filled.

        Returns
        -------
        (N, H, W, C) float32 array in [0, 1]
            What it holds outside the hole does not matter.
        """

    def apply(self, name: str, channels: Channels) -> Channels:
        """Run one of the modules on (N, H, W, C) pictures, in the precision of the moment."""
        return applied(self.modules[name], channels, self.compute, half=self._in_half)

    def most_pixels(self) -> int:
        """Return how many pixels of windows may go through the network at a time.

        On a CPU one window after the other is as fast, and kinder to memory.
        """
        if self.compute.device == "cpu":
            return 0
        return free_memory(self.compute.device) // (2 * self.bytes_per_pixel)

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole.

        Grey goes in as three equal channels and comes out as luma; with weights of one channel it
        goes in and comes out as it is.

        Raises
        ------
        UnsupportedImageError
            If the plane has colours, and the weights one channel.
        """
        (fill,) = yield from self.run_together([plane], [hole])
        return fill

    def run_together(
        self,
        planes: Sequence[Plane],
        holes: Sequence[Hole],
        unknown: Sequence[Hole | None] | None = None,
    ) -> Generator[float, None, list[Fill]]:
        """Fill the holes of several planes at a time; see `Inpainter.run_together`."""
        yield 0.0
        images = np.stack([self._shown(plane) for plane in planes])
        with clear_memory_errors(self.compute.device):
            filled = self._completed(images, np.stack(holes))
        if planes[0].ndim == 2:
            filled = luma(filled) if self.colours == 3 else filled[..., 0]
        return [Fill(plane) for plane in filled]

    def _shown(self, plane: Plane) -> Plane:
        """Return a plane with as many channels as the network takes."""
        if plane.ndim == 2:
            return np.repeat(plane[..., None], self.colours, axis=-1)
        if self.colours == 1:
            raise UnsupportedImageError(
                f"The weights {self.origin or 'of this network'} take grey alone, so they cannot "
                "fill colours; choose the pipeline grey-rgb, which fills grey and recovers the "
                "colours."
            )
        return plane

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
