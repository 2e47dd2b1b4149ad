"""What every published network shares: how a checkpoint is recognised and how it is called.

A network's folder holds the module proper and a `Descriptor`, which recognises a checkpoint by
the names and shapes of its tensors and builds the module from it, hyper-parameters included.
This module imports torch only when a network runs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from napari_greyfill.colour import luma
from napari_greyfill.device import Compute, clear_memory_errors
from napari_greyfill.inpaint.base import Hole, Inpainter, Plane

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Descriptor", "NetworkInpainter", "StateDict"]

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


class NetworkInpainter(Inpainter):
    """An inpainter whose work is done by torch modules built from checkpoints.

    Parameters
    ----------
    compute : Compute
    modules : mapping of str to torch module
        One for each checkpoint the network needs, by descriptor name.
    """

    channels: ClassVar[tuple[int, ...]] = (3,)
    training_scale: ClassVar[int | None] = 256

    def __init__(self, compute: Compute, modules: Mapping[str, nn.Module]) -> None:
        super().__init__(compute)
        self.modules = {name: module.to(compute.device) for name, module in modules.items()}

    @abstractmethod
    def complete(self, image: Plane, hole: Hole) -> Plane:
        """Return the network's picture of a colour plane.

        Parameters
        ----------
        image : (H, W, 3) float32 array in [0, 1]
            0 in the hole; height and width fit `minimum` and `multiple_of`.
        hole : (H, W) bool array

        Returns
        -------
        (H, W, 3) float32 array in [0, 1]
            What it holds outside the hole does not matter.
        """

    def run(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Fill the hole; grey goes in as three equal channels and comes out as luma."""
        import torch

        yield 0.0
        grey = plane.ndim == 2
        image = np.repeat(plane[..., None], 3, axis=-1) if grey else plane
        with torch.inference_mode(), clear_memory_errors(self.compute.device):
            filled = self.complete(image, hole)
        return luma(filled) if grey else filled
