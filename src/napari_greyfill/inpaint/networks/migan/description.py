"""What there is to know about MI-GAN. Imports torch only to build it."""

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
from napari_greyfill.inpaint.networks.migan.published import CHECKPOINTS, CITATION
from napari_greyfill.weights.programs import arguments_of, program_of

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.migan.inpainter import MiganInpainter

__all__ = ["NETWORK"]

_TITLE = "MI-GAN"
_TITLE_TENSORS = "MI-GAN (authors' tensors)"
_TAKES = tuple((colours + 1, 1, 1) for colours in COLOURS)
_SIDES = (512, 256, 128, 64, 32, 16, 8)  # the first two are published


def _detect_program(state: StateDict) -> bool:
    return arguments_of(state) == 1


def _build_program(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.migan.network import MiganProgram

    return MiganProgram(program_of(state)).eval()


def _side(state: StateDict) -> int:
    """Return the side of the pictures that a checkpoint takes, 0 if it is none."""
    return next((s for s in _SIDES if _first(state, s)[1:] in _TAKES), 0)


def _first(state: StateDict, side: int) -> tuple[int, ...]:
    return shape_of(state, f"encoder.b{side}.fromrgb.weight")


def _detect(state: StateDict) -> bool:
    last = shape_of(state, f"synthesis.b{_side(state)}.torgb.weight")
    return _side(state) > 0 and len(last) == 4 and last[0] in COLOURS


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.migan.network import Migan
    from napari_greyfill.inpaint.networks.modules import built

    side = _side(state)
    channels, planes = _first(state, side)[:2]
    base = side * channels
    most = (*shape_of(state, "synthesis.b4.torgb.weight"), 0, 0)[1]
    return built(lambda: Migan(side, base, most, planes - 1), state, _TITLE)


def _inpainter() -> type[MiganInpainter]:
    from napari_greyfill.inpaint.networks.migan.inpainter import MiganInpainter

    return MiganInpainter


def _variant(descriptor: Descriptor) -> Variant:
    return Variant.of(descriptor, minimum=1, multiple_of=1, training_scale=512)


NETWORK = Network(
    name="migan",
    title=_TITLE,
    summary="A small network made for telephones, quick on a processor. It sees 512 × 512 pixels: "
    "smaller windows are continued by their mirror image, larger ones are reduced for it.",
    citation=CITATION,
    code="https://github.com/Picsart-AI-Research/MI-GAN",
    code_licence="MIT",
    variants=(
        _variant(Descriptor("migan", _TITLE, _detect_program, _build_program)),
        _variant(Descriptor("migan-pt", _TITLE_TENSORS, _detect, _build)),
    ),
    bad_at="It always works on 512 × 512 pixels: more are reduced for it, so that the fill is "
    "soft, and a small window costs as much as a large one. Structure in large holes is "
    "weaker than LaMa's.",
    inpainter=_inpainter,
    checkpoints=CHECKPOINTS,
    default_method="migan-places2",
    note="`migan` is a TorchScript file, which is a program. Of it only an MD5 is published, "
    "which a forged file may have as well: once it is here, you are asked to confirm its SHA-256, "
    "and before that it does not run. `migan-pt` are the tensors that "
    "[the authors](https://github.com/Picsart-AI-Research/MI-GAN) offer, in which nothing runs.",
)
