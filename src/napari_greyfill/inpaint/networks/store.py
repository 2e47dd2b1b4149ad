"""The weights of the networks: what is published, and the folder they are kept in."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.weights.catalogue import CheckpointInfo, require_sound
from napari_greyfill.weights.own import LayoutInfo
from napari_greyfill.weights.store import WeightsStore

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["catalogue", "network_weights"]


@cache
def catalogue() -> tuple[CheckpointInfo, ...]:
    """Return every published checkpoint of the networks."""
    entries = tuple(info for network in NETWORKS for info in network.checkpoints)
    require_sound(entries)
    return entries


@cache
def _layouts() -> dict[str, LayoutInfo]:
    return {
        layout.name: LayoutInfo(
            network.name, layout.name, layout.title, variant.training_scale, network.citation
        )
        for network in NETWORKS
        for variant in network.variants
        for layout in variant.descriptors
    }


def network_weights(folder: str | os.PathLike[str] | None = None) -> WeightsStore:
    """Return the checkpoints of the networks and the folder they are kept in.

    Parameters
    ----------
    folder : path, optional
        By default what `weights_folder` says.
    """
    return WeightsStore(folder, entries=catalogue(), recogniser=_recognised, layouts=_layouts())


def _recognised(state: dict[str, Tensor], name: str, cancelled: CancelCheck) -> str:
    """Return the layout of tensors once the network has run with them on a small picture."""
    from napari_greyfill.inpaint.networks.detection import detect
    from napari_greyfill.inpaint.networks.trial import try_out

    descriptor = detect(state)
    try_out(descriptor, state, name, cancelled)
    return descriptor.name
