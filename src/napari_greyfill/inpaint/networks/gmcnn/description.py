"""What there is to know about GMCNN. Imports torch only to build it."""

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
from napari_greyfill.inpaint.networks.gmcnn.graph import GRAPH
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.gmcnn.inpainter import GMCNNInpainter

__all__ = ["NETWORK"]

_TITLE = "GMCNN"
_CITATION = (
    "Y. Wang, X. Tao, X. Qi, X. Shen, J. Jia: Image Inpainting via Generative Multi-column "
    "Convolutional Neural Networks, NeurIPS 2018, arXiv:1810.08771"
)


def _detect(state: StateDict) -> bool:
    firsts = [shape_of(state, f"EB{column}.0.weight")[1:] for column in (1, 2, 3)]
    last = shape_of(state, "decoding_layers.1.weight")
    if len(last) != 4 or last[0] not in COLOURS:
        return False
    return firsts == [(last[0] + 1, k, k) for k in (7, 5, 3)]


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN
    from napari_greyfill.inpaint.networks.modules import built

    width = shape_of(state, "EB1.0.weight")[0]
    colours, merged = shape_of(state, "decoding_layers.1.weight")[:2]
    return built(lambda: GMCNN(width, merged, colours), state, _TITLE)


def _inpainter() -> type[GMCNNInpainter]:
    from napari_greyfill.inpaint.networks.gmcnn.inpainter import GMCNNInpainter

    return GMCNNInpainter


NETWORK = Network(
    name="gmcnn",
    title=_TITLE,
    summary="Three columns of convolutions that see the picture at three scales, in one go. "
    "One was trained on scenes with strokes, one on faces with a square hole.",
    citation=_CITATION,
    code="https://github.com/shepnerd/inpainting_gmcnn",
    code_licence="MIT",
    variants=(
        Variant.of(Descriptor("gmcnn", _TITLE, _detect, _build), minimum=196, multiple_of=4),
        Variant.of(GRAPH, minimum=8, multiple_of=4, training_scale=512),
    ),
    bad_at="The faces were trained with one rectangle, so that strokes and other shapes come out "
    "poorly; windows below 196 pixels are padded. A large hole repeats one texture.",
    inpainter=_inpainter,
    checkpoints=(
        CheckpointInfo(
            id="gmcnn-celebahq",
            network="gmcnn",
            descriptor="gmcnn",
            title="GMCNN, CelebA-HQ",
            training_data="CelebA-HQ (faces)",
            masks="rectangles of 128 x 128 pixels",
            size=256,
            good_for="Faces with one compact hole of up to a quarter of the picture; users report "
            "poor results with strokes.",
            page="https://drive.google.com/file/d/1lx0BHKQ-GsbFu60ocYm4wK1HVfv7uean/view",
            file="gmcnn_celebahq256_rect.pth",
            licence="not stated for the weights (code: MIT); CelebA-HQ is for non-commercial "
            "research",
            citation=_CITATION,
        ),
        CheckpointInfo(
            id="gmcnn-tf-places2",
            network="gmcnn",
            descriptor="gmcnn-tf",
            title="GMCNN (TensorFlow), Places2",
            training_data="Places2 (scenes)",
            masks="free-form strokes",
            size=512,
            good_for="General photographs, with strokes; the authors' own weights.",
            url="https://download.01.org/opencv/public_models/092020/gmcnn-places2-tf/"
            "gmcnn-places2-tf.zip",
            page="https://github.com/openvinotoolkit/open_model_zoo/tree/master/models/public/"
            "gmcnn-places2-tf",
            published_as="gmcnn-places2-tf.zip",
            file="gmcnn_places2_tf.zip",
            bytes=46_187_310,
            sha256="18df63c6e244029691a4ad0d33760d92d346df71fe2c5cafe228d1c39e23eb3d",
            licence="MIT",
            citation=_CITATION,
        ),
    ),
    default_method="gmcnn-tf-places2",
    note="The name of the PyTorch file is not published; training writes names that end in "
    "`_net_GM.pth`. `gmcnn-tf` is a frozen graph of TensorFlow, of which the constants are read: "
    "TensorFlow is not needed, and nothing in the file is run. The authors offer more checkpoints "
    "for TensorFlow, which are no frozen graphs. Those cannot be used here.",
)
