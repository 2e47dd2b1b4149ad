"""What there is to know about the Context Encoder. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.description import (
    COLOURS,
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
_TORCH7 = "modules"  # in a file of Torch7, the text about its modules
_WHOLE = "main.32.weight"  # the last layer if one more enlarges the output


def _detect(state: StateDict) -> bool:
    if _TORCH7 in state:
        return False
    first, narrow, wide = (shape_of(state, f"main.{n}.weight") for n in (0, 14, 17))
    ends = (
        first[2:] == (4, 4) and first[1] in COLOURS and narrow[2:] == (4, 4) and wide[2:] == (4, 4)
    )
    last = shape_of(state, _WHOLE) or shape_of(state, "main.29.weight")
    return ends and narrow[0] == wide[0] and last[1:] == first[1:]


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
    from napari_greyfill.inpaint.networks.modules import built, with_counters

    width, colours = shape_of(state, "main.0.weight")[:2]
    bottleneck = shape_of(state, "main.14.weight")[0]
    bias, whole = "main.0.bias" in state, _WHOLE in state
    return built(
        lambda: ContextEncoder(width, bottleneck, colours, bias=bias, whole=whole),
        with_counters(state),
        _TITLE,
    )


def _detect_torch7(state: StateDict) -> bool:
    return _TORCH7 in state and _detect(_renamed(state))


def _build_torch7(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
    from napari_greyfill.inpaint.networks.torch7 import require_same_modules
    from napari_greyfill.weights.torch7_tensors import modules_of

    whole = _WHOLE in _renamed(state)
    expected = ContextEncoder(1, 1, 3, bias=True, whole=whole).main
    require_same_modules(expected, modules_of(state[_TORCH7]), _TITLE)
    return _build(_renamed(state))


def _renamed(state: StateDict) -> StateDict:
    return {f"main.{key}": tensor for key, tensor in state.items() if key != _TORCH7}


def _inpainter() -> type[ContextEncoderInpainter]:
    from napari_greyfill.inpaint.networks.contextencoder.inpainter import ContextEncoderInpainter

    return ContextEncoderInpainter


def _variant(descriptor: Descriptor, title: str = "") -> Variant:
    return Variant.of(descriptor, title=title, minimum=1, multiple_of=1, training_scale=128)


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
        _variant(Descriptor("contextencoder", _TITLE, _detect, _build)),
        _variant(
            Descriptor(
                "contextencoder-t7", f"{_TITLE} (authors', Torch7)", _detect_torch7, _build_torch7
            ),
            f"{_TITLE} (authors')",
        ),
    ),
    bad_at="Everything but one compact hole in the middle of a small picture. The fill is blurred,"
    " and there may be a seam.",
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
        *(
            CheckpointInfo(
                id=f"contextencoder-t7-{name}",
                network="contextencoder",
                descriptor="contextencoder-t7",
                title=f"Context Encoder (authors'), {title}",
                training_data=training_data,
                masks="a square of 56 x 56 pixels in the middle",
                size=128,
                good_for=f"{good_for} with one compact hole; the authors' own weights.",
                page="https://github.com/pathak22/context-encoder",
                published_as=f"{name}_inpaintCenter.t7",
                file=f"context_encoder_{name}_inpaintCenter.t7",
                licence="UC Berkeley's notice: for education, research and not for profit",
                citation=_CITATION,
            )
            for name, title, training_data, good_for in (
                (
                    "paris",
                    "Paris StreetView",
                    "Paris StreetView (facades)",
                    "Facades and streets",
                ),
                ("imagenet", "ImageNet", "ImageNet (photographs)", "General photographs"),
            )
        ),
    ),
    default_method="contextencoder-paris",
    note="`netG_streetview.pth` (about 285 MB) was trained anew by "
    "[BoyuanJiang](https://github.com/BoyuanJiang/context_encoder_pytorch). The authors' own two "
    "files are in one archive of 504 MB, `inpaintCenterModels.tar.gz`, whose MD5 is "
    "632b1cfcc9bc59212c77ca138235d125; their repository says where it is. Unpack it and add a "
    "`.t7` file in it.",
)
