"""What there is to know about PRVS. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    from napari_greyfill.inpaint.networks.prvs.inpainter import PRVSInpainter

__all__ = ["NETWORK"]

_TITLE = "PRVS"
_CITATION = (
    "J. Li, F. He, L. Zhang, B. Du, D. Tao: Progressive Reconstruction of Visual Structure for "
    "Image Inpainting, ICCV 2019, pp. 5962-5971"
)
_EDGES = "enc_1.edge_generator.p_conv.weight"


def _detect(state: StateDict) -> bool:
    last = shape_of(state, "output.weight")
    return ends_fit(shape_of(state, _EDGES), last, kernel=7) and last[2:] == (1, 1)


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.modules import built, with_counters
    from napari_greyfill.inpaint.networks.prvs.network import PRVS

    width, planes = shape_of(state, _EDGES)[:2]
    return built(lambda: PRVS(width, planes - 1), with_counters(state), _TITLE)


def _inpainter() -> type[PRVSInpainter]:
    from napari_greyfill.inpaint.networks.prvs.inpainter import PRVSInpainter

    return PRVSInpainter


NETWORK = Network(
    name="prvs",
    title=_TITLE,
    summary="Closes the hole from its border inwards and draws its edges on the way. Its authors "
    "published no weights, so it runs with those that you trained with their code.",
    citation=_CITATION,
    code="https://github.com/jingyuanli001/PRVS-Image-Inpainting",
    code_licence="not stated",
    variants=(
        Variant.of(Descriptor("prvs", _TITLE, _detect, _build), minimum=256, multiple_of=256),
    ),
    bad_at="Not known: no weights are published, and nobody has measured it here with trained "
    "ones. Windows are padded to multiples of 256 pixels, which costs time.",
    inpainter=_inpainter,
    note="No weights are published. Training with the authors' code writes files called "
    "`g_<iteration>.pth`; add one with `napari-greyfill weights add FILE --name NAME`.",
)
