"""What there is to know about LaMa. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.description import (
    COLOURS,
    Descriptor,
    Network,
    StateDict,
    Variant,
    shape_of,
)
from napari_greyfill.inpaint.networks.lama.published import CHECKPOINTS, CITATION
from napari_greyfill.weights.programs import arguments_of, program_of

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.lama.inpainter import LamaInpainter

__all__ = ["NETWORK"]

_TITLE = "LaMa"
_TITLE_TENSORS = "LaMa (training checkpoint)"
_FIRST = "model.1.ffc.convl2l.weight"
_FIRST_BLOCK = 5  # its number among the layers
_BLOCKS = (18, 9)  # big, fourier
_TAKES = tuple((colours + 1, 7, 7) for colours in COLOURS)


def _detect_program(state: StateDict) -> bool:
    return arguments_of(state) == 2  # picture and mask


def _build_program(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.lama.network import LamaProgram

    return LamaProgram(program_of(state)).eval()


def _detect(state: StateDict) -> bool:
    return shape_of(state, _FIRST)[1:] in _TAKES and _blocks(state) > 0


def _blocks(state: StateDict) -> int:
    """Return how many blocks there are in a row."""
    names = (f"model.{_FIRST_BLOCK + n}.conv1.ffc.convg2g.conv2.weight" for n in range(100))
    return next((n for n, name in enumerate(names) if not shape_of(state, name)), 0)


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.lama.network import Lama
    from napari_greyfill.inpaint.networks.modules import built

    blocks, (width, planes) = _blocks(state), shape_of(state, _FIRST)[:2]
    if blocks not in _BLOCKS and width == 64:
        raise BadCheckpointError(
            f"This checkpoint of {_TITLE} has {blocks} blocks, and we know those of 18 (big) and "
            "9 (fourier); choose one of these."
        )
    return built(lambda: Lama(blocks, width, planes - 1), state, _TITLE)


def _inpainter() -> type[LamaInpainter]:
    from napari_greyfill.inpaint.networks.lama.inpainter import LamaInpainter

    return LamaInpainter


def _variant(descriptor: Descriptor) -> Variant:
    # at an eighth, one pixel is reflected, and a spectrum needs more than one
    return Variant.of(descriptor, minimum=32, multiple_of=8)


NETWORK = Network(
    name="lama",
    title=_TITLE,
    summary="Convolutions of the picture's spectrum, so every layer sees all of it: right for "
    "large holes, and for what repeats. Takes pictures of any size.",
    citation=CITATION,
    code="https://github.com/advimman/lama",
    code_licence="Apache-2.0",
    variants=(
        _variant(Descriptor("lama", _TITLE, _detect_program, _build_program)),
        _variant(Descriptor("lama-ckpt", _TITLE_TENSORS, _detect, _build)),
    ),
    bad_at="Fine detail of large holes is soft, and single objects are never invented: it "
    "continues what repeats. On a processor it is slow, and the file is large.",
    inpainter=_inpainter,
    checkpoints=CHECKPOINTS,
    default_method="lama-places2",
    note="`lama` is a TorchScript file, which is a program: it runs only if its SHA-256 is the "
    "one that is written down here, or if you have confirmed the one it has. `lama-ckpt` is what "
    "[the authors' program](https://github.com/advimman/lama) writes, with 18 blocks (big) or 9 "
    "(fourier); of such a file the tensors are read and nothing else. Both give the same picture. "
    "Start with `lama-places2`.",
)
