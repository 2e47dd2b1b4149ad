"""Which network a checkpoint is of. Does not import torch."""

from __future__ import annotations

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.foreign import looks_like
from napari_greyfill.inpaint.networks.tensors import StateDict
from napari_greyfill.inpaint.networks.variants import Descriptor

__all__ = ["DESCRIPTORS", "detect", "without_prefix"]

DESCRIPTORS: tuple[Descriptor, ...] = tuple(
    layout for network in NETWORKS for layout in network.descriptors
)

_PREFIX = "module."


def without_prefix(state: StateDict) -> StateDict:
    """Return a state dict without the "module." that training on several devices adds."""
    if not state or not all(key.startswith(_PREFIX) for key in state):
        return state
    return {key.removeprefix(_PREFIX): tensor for key, tensor in state.items()}


def detect(state: StateDict) -> Descriptor:
    """Return the layout of a checkpoint.

    Parameters
    ----------
    state : mapping of str to tensor
        The tensors by name, with or without the prefix "module.".

    Raises
    ------
    BadCheckpointError
        If it is of no network we know.
    """
    if all(isinstance(k, str) and hasattr(v, "shape") for k, v in state.items()):
        plain = without_prefix(state)
        for descriptor in DESCRIPTORS:
            if descriptor.detect(plain):
                return descriptor
    *others, last = (network.title for network in NETWORKS)
    seems = looks_like(map(str, state))
    seems = f"it looks like {seems}; " if seems else ""
    raise BadCheckpointError(
        f"This file is no checkpoint of a network we know ({_described(state)}); "
        f"{seems}choose a checkpoint of {', '.join(others)} or {last}."
    )


def _described(state: StateDict) -> str:
    if not state:
        return "it has no tensors"
    count = f"{len(state)} tensors" if len(state) > 1 else "one tensor"
    return f"it has {count}, the first is {next(iter(state))!s:.80}"
