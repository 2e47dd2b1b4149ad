"""How EdgeConnect's two checkpoints are recognised and built. Imports torch only to build."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.base import Descriptor, StateDict
from napari_greyfill.inpaint.networks.modules import built, shape_of

if TYPE_CHECKING:
    from torch import nn

__all__ = ["DESCRIPTORS"]

_EDGE_TITLE = "EdgeConnect (edge generator)"
_INPAINT_TITLE = "EdgeConnect (completion network)"


def _detect_edge(state: StateDict) -> bool:
    return _ends(state) == (3, 1)


def _detect_inpaint(state: StateDict) -> bool:
    return _ends(state) == (4, 3)


def _build_edge(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import EdgeGenerator

    return _built(EdgeGenerator, state, _EDGE_TITLE)


def _build_inpaint(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork

    return _built(CompletionNetwork, state, _INPAINT_TITLE)


def _built(network: Callable[[int, int], nn.Module], state: StateDict, title: str) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import with_plain_weights

    plain = with_plain_weights(state)
    width = shape_of(plain, "encoder.1.weight")[0]
    blocks = {key.split(".")[1] for key in plain if key.startswith("middle.")}
    return built(lambda: network(width, len(blocks)), plain, title)


def _ends(state: StateDict) -> tuple[int, ...]:
    """Return how many channels go in and come out; () without the layers that tell it."""
    first = shape_of(state, "encoder.1.weight") or shape_of(state, "encoder.1.weight_orig")
    last = shape_of(state, "decoder.7.weight")
    block = any(key.startswith("middle.0.conv_block.") for key in state)
    if not block or first[2:] != (7, 7) or last[2:] != (7, 7):
        return ()
    return (first[1], last[0])


DESCRIPTORS = (
    Descriptor("edgeconnect-edge", "edgeconnect", _EDGE_TITLE, _detect_edge, _build_edge),
    Descriptor(
        "edgeconnect-inpaint", "edgeconnect", _INPAINT_TITLE, _detect_inpaint, _build_inpaint
    ),
)
