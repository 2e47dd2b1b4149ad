"""Checkpoints of GMCNN as frozen TensorFlow graphs: recognised, and mapped onto our module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.description import Descriptor, StateDict, shape_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["GRAPH"]

_TITLE = "GMCNN (TensorFlow)"
_SCOPE = "inpaint_net/"
_FIRST, _LAST = "b1conv1/kernel", "mergeconv18/kernel"


def _scope(state: StateDict) -> str | None:
    """Return what stands before the names of the network's constants, None if it is another."""
    found = [key.removesuffix(_FIRST) for key in state if key.endswith(f"{_SCOPE}{_FIRST}")]
    return found[0] if len(found) == 1 else None


def _detect(state: StateDict) -> bool:
    scope = _scope(state)
    if scope is None:
        return False
    first, last = (shape_of(state, f"{scope}{name}") for name in (_FIRST, _LAST))
    return first[:3] == (7, 7, 5) and len(last) == 4 and last[3] == 3


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.gmcnn.graph_network import GraphGMCNN
    from napari_greyfill.inpaint.networks.modules import built

    scope = _scope(state) or ""
    width = shape_of(state, f"{scope}{_FIRST}")[3]
    return built(lambda: GraphGMCNN(width), _mapped(state, scope), _TITLE)


def _mapped(state: StateDict, scope: str) -> dict[str, Tensor]:
    """Return the weights by the names of our module; other constants are what graphs compute with.

    TensorFlow has the axes of a kernel as height, width, channels, filters.
    """
    from napari_greyfill.inpaint.networks.gmcnn.graph_network import layer_names

    mapped: dict[str, Tensor] = {}
    for ours, theirs in layer_names().items():
        kernel, bias = (state.get(f"{scope}{theirs}/{part}") for part in ("kernel", "bias"))
        if kernel is not None and kernel.ndim == 4:
            mapped[f"{ours}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()
        if bias is not None:
            mapped[f"{ours}.bias"] = bias
    return mapped


GRAPH = Descriptor("gmcnn-tf", _TITLE, _detect, _build)
