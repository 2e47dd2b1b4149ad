"""How a GMCNN checkpoint is recognised and built. Imports torch only to build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.base import Descriptor, StateDict
from napari_greyfill.inpaint.networks.modules import built, shape_of

if TYPE_CHECKING:
    from torch import nn

__all__ = ["DESCRIPTORS"]

_TITLE = "GMCNN"


def _detect(state: StateDict) -> bool:
    firsts = [shape_of(state, f"EB{column}.0.weight")[1:] for column in (1, 2, 3)]
    last = shape_of(state, "decoding_layers.1.weight")
    return firsts == [(4, k, k) for k in (7, 5, 3)] and len(last) == 4 and last[0] == 3


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN

    width = shape_of(state, "EB1.0.weight")[0]
    merged = shape_of(state, "decoding_layers.1.weight")[1]
    return built(lambda: GMCNN(width, merged), state, _TITLE)


DESCRIPTORS = (Descriptor("gmcnn", "gmcnn", _TITLE, _detect, _build),)
