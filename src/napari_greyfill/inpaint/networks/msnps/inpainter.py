"""The inpainter: the fill of another method, given the texture of what is known."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust, scaled
from napari_greyfill.image.colour import luma
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.networks.base import HalfPrecision, NetworkInpainter
from napari_greyfill.inpaint.networks.variants import Variant

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.msnps.network import FilterBank, VGG19Features
    from napari_greyfill.inpaint.networks.msnps.synthesis import Energy

__all__ = ["WITHOUT_WEIGHTS", "MSNPSInpainter", "with_filter_bank"]

WITHOUT_WEIGHTS = Variant(
    "msnps", "MSNPS", (), minimum=32, multiple_of=4, training_scale=512, unit=True
)
_OF_VGG = (1.0, 1.0, 1e-2)  # weights of content, texture and variation; not tuned


class MSNPSInpainter(NetworkInpainter):
    """Refines another method's fill by multi-scale neural patch synthesis.

    Parameters
    ----------
    compute : Compute
    modules : mapping of str to torch module
        VGG-19; without any, a bank of fixed oriented filters says what texture is.
    variant : Variant
        Says which sizes of pictures it takes.
    half, weights
        As in `NetworkInpainter`; half precision is not used.
    content : Inpainter, optional
        What fills first; the faithful blend if nothing is said.
    energy : Energy, optional
        What is made small, and for how long.

    References
    ----------
    C. Yang, X. Lu, Z. Lin, E. Shechtman, O. Wang, H. Li, "High-Resolution Image Inpainting using
    Multi-Scale Neural Patch Synthesis", CVPR 2017, arXiv 1611.09969.
    """

    bytes_per_pixel: ClassVar[int] = 8192

    def __init__(
        self,
        compute: Compute,
        modules: Mapping[str, nn.Module],
        variant: Variant = WITHOUT_WEIGHTS,
        half: HalfPrecision | None = None,
        weights: Sequence[Mapping[str, Any]] = (),
        *,
        content: Inpainter | None = None,
        energy: Energy | None = None,
    ) -> None:
        super().__init__(compute, modules, variant, half, weights)
        self.training_scale = None  # it works on each picture anew
        self.content, self.energy = content, energy

    def most_pixels(self) -> int:
        """Return 0: one window after the other."""
        return 0

    def run_together(
        self,
        planes: Sequence[Plane],
        holes: Sequence[Hole],
        unknown: Sequence[Hole | None] | None = None,
    ) -> Generator[float, None, list[Fill]]:
        """Fill the holes of several planes; see `Inpainter.run_together`."""
        unwanted = [None] * len(planes) if unknown is None else unknown
        fills = []
        for number, each in enumerate(zip(planes, holes, unwanted, strict=True)):
            end = (number + 1) / len(planes)
            fills.append((yield from scaled(self._steps(*each), number / len(planes), end)))
        return fills

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the pictures with their holes filled; see `NetworkInpainter.complete`."""
        pairs = zip(images, holes, strict=True)
        return np.stack([exhaust(self._steps(*each, None)).plane for each in pairs])

    def _steps(
        self, plane: Plane, hole: Hole, unknown: Hole | None
    ) -> Generator[float, None, Fill]:
        from napari_greyfill.inpaint.networks.msnps.network import FilterBank
        from napari_greyfill.inpaint.networks.msnps.synthesis import Energy, synthesised

        content = self.content or _blend(self.compute)
        filled = (yield from scaled(content.run(plane, hole, unknown), 0.0, 0.3)).plane
        grey = plane.ndim == 2
        image, first = (np.atleast_3d(each) for each in (plane, filled))
        if grey:
            image, first = (np.repeat(each, 3, axis=-1) for each in (image, first))
        own = next(iter(self.modules.values()), None)
        energy = self.energy or (Energy() if own is None else Energy(*_OF_VGG))
        features = cast("FilterBank | VGG19Features", own or FilterBank().to(self.compute.device))
        work = synthesised(image, hole, first, features, energy, self.compute.check)
        result = yield from scaled(work, 0.3, 1.0)
        return Fill(luma(result) if grey else result)


def with_filter_bank(compute: Compute) -> MSNPSInpainter:
    """Return the inpainter without weights: a bank of filters says what texture is."""
    return MSNPSInpainter(compute, {})


def _blend(compute: Compute) -> Inpainter:
    from napari_greyfill.inpaint.blend import Blend

    return Blend(compute)
