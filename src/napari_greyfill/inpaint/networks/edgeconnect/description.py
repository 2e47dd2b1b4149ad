"""What there is to know about EdgeConnect. Imports torch only to build it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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

    from napari_greyfill.inpaint.networks.edgeconnect.inpainter import EdgeConnectInpainter

__all__ = ["NETWORK"]

_EDGE_TITLE = "EdgeConnect (edge generator)"
_INPAINT_TITLE = "EdgeConnect (completion network)"
_CITATION = (
    "K. Nazeri, E. Ng, T. Joseph, F. Z. Qureshi, M. Ebrahimi: EdgeConnect: Generative Image "
    "Inpainting with Adversarial Edge Learning, ICCV Workshops 2019, arXiv:1901.00212"
)


def _detect_edge(state: StateDict) -> bool:
    return _ends(state) == (3, 1)


def _detect_inpaint(state: StateDict) -> bool:
    return _ends(state) in [(colours + 1, colours) for colours in COLOURS]


def _build_edge(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import EdgeGenerator

    return _built(EdgeGenerator, state, _EDGE_TITLE)


def _build_inpaint(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork

    colours = _ends(state)[1]
    network = partial(CompletionNetwork, colours=colours)
    return _built(network, state, _INPAINT_TITLE)


def _built(network: Callable[[int, int], nn.Module], state: StateDict, title: str) -> nn.Module:
    from napari_greyfill.inpaint.networks.edgeconnect.network import with_plain_weights
    from napari_greyfill.inpaint.networks.modules import built

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


def _inpainter() -> type[EdgeConnectInpainter]:
    from napari_greyfill.inpaint.networks.edgeconnect.inpainter import EdgeConnectInpainter

    return EdgeConnectInpainter


_FOLDERS = "https://drive.google.com/drive/folders/"
# For each data set: its name in ids, in menus and at length, what it is good for, and its folder.
_DATA_SETS = (
    (
        "places2",
        "Places2",
        "Places2 (outdoor and indoor scenes)",
        "General photographs with strokes or larger holes",
        "158ch9Psjop0mQEdeIp9DKjrYIGTDsZKN",
    ),
    ("celeba", "CelebA", "CelebA (faces)", "Faces", "13JgMA5sKMYgRwHBp4f7PBc5orNJ_Cv-p"),
    (
        "psv",
        "Paris StreetView",
        "Paris StreetView (facades)",
        "Facades and streets",
        "1hMGVz6Ck3erpP3BRNzG90HNCJl85kveN",
    ),
)
# For each of the two files: its layout, its title, and its name where it is published.
_FILES = (
    ("edgeconnect-edge", "edges", "EdgeModel_gen.pth"),
    ("edgeconnect-inpaint", "colours", "InpaintingModel_gen.pth"),
)

NETWORK = Network(
    name="edgeconnect",
    title="EdgeConnect",
    summary="Draws the outlines in the hole first and fills in between them.",
    citation=_CITATION,
    code="https://github.com/knazeri/edge-connect",
    code_licence="CC BY-NC 4.0",
    variants=(
        Variant(
            "edgeconnect",
            "EdgeConnect",
            (
                Descriptor("edgeconnect-edge", _EDGE_TITLE, _detect_edge, _build_edge),
                Descriptor("edgeconnect-inpaint", _INPAINT_TITLE, _detect_inpaint, _build_inpaint),
            ),
            minimum=12,
            multiple_of=4,
        ),
    ),
    bad_at="Where it draws a wrong outline, the fill is wrong with it: fine texture without "
    "outlines (grass, fur, noise) is smooth. It takes two files, and is not for commercial "
    "use.",
    inpainter=_inpainter,
    checkpoints=tuple(
        CheckpointInfo(
            id=f"{layout}-{data}",
            network="edgeconnect",
            descriptor=layout,
            title=f"EdgeConnect {what}, {name}",
            training_data=training_data,
            masks="irregular masks",
            size=256,
            good_for=f"{good_for}; needs two files, edges and colours.",
            page=f"{_FOLDERS}{folder}",
            published_as=published_as,
            file=f"edgeconnect_{data}_{published_as}",
            licence="CC BY-NC 4.0 (stated for the repository, nothing separate for the weights)",
            citation=_CITATION,
        )
        for data, name, training_data, good_for, folder in _DATA_SETS
        for layout, what, published_as in _FILES
    ),
    default_method="edgeconnect-places2",
    note="**It needs two files of the same training data**, one for edges and one for colours. In "
    "the folder, download `EdgeModel_gen.pth` and `InpaintingModel_gen.pth`; the two files whose "
    "names end in `_dis.pth` are only for training. Not for commercial use.",
)
