"""What there is to know about the Context Encoder. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.description import (
    Descriptor,
    Network,
    StateDict,
    Variant,
    shape_of,
)
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.contextencoder.inpainter import ContextEncoderInpainter

__all__ = ["NETWORK"]

_TITLE = "Context Encoder"
_CITATION = (
    "D. Pathak, P. Krähenbühl, J. Donahue, T. Darrell, A. A. Efros: Context Encoders: Feature "
    "Learning by Inpainting, CVPR 2016, arXiv:1604.07379"
)
_WHOLE = "main.32.weight"  # the last layer if one more enlarges the output


def _detect(state: StateDict) -> bool:
    first, narrow, wide = (shape_of(state, f"main.{n}.weight") for n in (0, 14, 17))
    ends = first[1:] == (3, 4, 4) and narrow[2:] == (4, 4) and wide[2:] == (4, 4)
    last = shape_of(state, _WHOLE) or shape_of(state, "main.29.weight")
    return ends and narrow[0] == wide[0] and last[1:] == (3, 4, 4)


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
    from napari_greyfill.inpaint.networks.modules import built, with_counters

    width = shape_of(state, "main.0.weight")[0]
    bottleneck = shape_of(state, "main.14.weight")[0]
    bias, whole = "main.0.bias" in state, _WHOLE in state
    return built(
        lambda: ContextEncoder(width, bottleneck, bias=bias, whole=whole),
        with_counters(state),
        _TITLE,
    )


def _inpainter() -> type[ContextEncoderInpainter]:
    from napari_greyfill.inpaint.networks.contextencoder.inpainter import ContextEncoderInpainter

    return ContextEncoderInpainter


NETWORK = Network(
    name="contextencoder",
    title=_TITLE,
    summary="Reduces a picture of 128 pixels to 4,000 numbers and predicts its middle from them. "
    "The first network for inpainting; it knows no masks, so a square is cut out around each "
    "piece of the hole and the whole middle is predicted. Blurred, and only for compact holes.",
    citation=_CITATION,
    code="https://github.com/pathak22/context-encoder",
    code_licence="UC Berkeley's notice: for education, research and not for profit",
    variants=(
        Variant(
            "contextencoder",
            _TITLE,
            (Descriptor("contextencoder", _TITLE, _detect, _build),),
            minimum=1,
            multiple_of=1,
            training_scale=128,
        ),
    ),
    inpainter=_inpainter,
    checkpoints=(
        CheckpointInfo(
            id="contextencoder-paris",
            network="contextencoder",
            descriptor="contextencoder",
            title="Context Encoder, Paris StreetView",
            training_data="Paris StreetView (facades)",
            masks="a square of 56 x 56 pixels in the middle",
            size=128,
            good_for="Facades and streets with one compact hole; a training of its own, not the "
            "authors'.",
            page="https://drive.google.com/file/d/0B6oeoQaX0xmzS0RXXzNYZkZ3ZUk/view",
            published_as="netG_streetview.pth",
            file="context_encoder_netG_streetview.pth",
            licence="not stated for the weights (code: MIT); Paris StreetView is for research",
            citation=_CITATION,
        ),
    ),
    default_method="contextencoder-paris",
    note="`netG_streetview.pth` (about 285 MB) was trained anew by "
    "[BoyuanJiang](https://github.com/BoyuanJiang/context_encoder_pytorch).",
)
