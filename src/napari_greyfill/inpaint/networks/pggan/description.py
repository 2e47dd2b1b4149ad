"""What there is to know about PGGAN. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.description import (
    Descriptor,
    Network,
    StateDict,
    Variant,
    ends_fit,
    shape_of,
)

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.pggan.inpainter import PGGANInpainter

__all__ = ["NETWORK"]

_TITLE = "PGGAN"
_CITATION = (
    "U. Demir, G. Unal: Patch-Based Image Inpainting with Generative Adversarial Networks, 2018, "
    "arXiv:1803.07422"
)
_MOST_LEVELS, _MOST_BLOCKS, _LARGEST_DILATION = 4, 64, 64


def _detect(state: StateDict) -> bool:
    first, block = shape_of(state, "enter.conv.weight"), shape_of(state, "middle.0.conv1.weight")
    ends = ends_fit(first, shape_of(state, "leave.weight"), kernel=5)
    return ends and block[2:] == (3, 3) and len(shape_of(state, "dilations")) == 1


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.modules import built, with_counters
    from napari_greyfill.inpaint.networks.pggan.network import Configuration, Generator

    dilations = tuple(int(each) for each in state["dilations"].tolist())
    levels = sum(f"down.{level}.conv.weight" in state for level in range(len(state)))
    sound = all(1 <= each <= _LARGEST_DILATION for each in dilations)
    if not (sound and 1 <= levels <= _MOST_LEVELS and 1 <= len(dilations) <= _MOST_BLOCKS):
        raise BadCheckpointError(
            f"This checkpoint of {_TITLE} has {levels} levels and the dilations {dilations[:8]}; "
            f"choose one with 1 to {_MOST_LEVELS} levels and with up to {_MOST_BLOCKS} dilations "
            f"from 1 to {_LARGEST_DILATION}."
        )
    width, planes = shape_of(state, "enter.conv.weight")[:2]
    own = Configuration(width, levels, dilations, planes - 1)
    return built(lambda: Generator(own), with_counters(state), _TITLE)


def _inpainter() -> type[PGGANInpainter]:
    from napari_greyfill.inpaint.networks.pggan.inpainter import PGGANInpainter

    return PGGANInpainter


NETWORK = Network(
    name="pggan",
    title=_TITLE,
    summary="Residual blocks of a dilated and an ordinary convolution between halving and "
    "doubling, trained by a critic of the picture and one of its patches. Neither code nor "
    "weights were published: blocks, doubling by interpolation and critics are the paper's; "
    "numbers of channels, the mask as a fourth one and the layout of the file are ours.",
    citation=_CITATION,
    code="https://arxiv.org/abs/1803.07422",
    code_licence="none was published",
    variants=(
        Variant.of(Descriptor("pggan", _TITLE, _detect, _build), minimum=16, multiple_of=16),
    ),
    bad_at="Not known: no weights are published, and what it does depends on those you train.",
    inpainter=_inpainter,
    note="It runs with generators that you train: `Generator(Configuration(width, levels, "
    "dilations))` of `napari_greyfill.inpaint.networks.pggan.network` makes one, and `critics` "
    "beside it has the critics and both losses. Save its state dict. That holds `enter`, "
    "`down.I` and `up.I` (each a `conv.weight` and a `norm` for batches), `middle.I` (`conv1`, "
    "`norm1`, `conv2`, `norm2`), `leave` (`weight`, `bias`) and `dilations`, whole numbers, one "
    "for each block. In go R, G, B in [-1, 1] with 0 in the hole and the mask, 1 in the hole; "
    "out come R, G, B in [-1, 1]. Checkpoints of the *progressive growing* GAN of the same short "
    "name are of no use here.",
)
