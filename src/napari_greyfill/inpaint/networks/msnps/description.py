"""What there is to know about MSNPS. Imports torch only to build it."""

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

    from napari_greyfill.inpaint.networks.msnps.inpainter import MSNPSInpainter

__all__ = ["NETWORK"]

_TITLE = "MSNPS"
_CITATION = (
    "C. Yang, X. Lu, Z. Lin, E. Shechtman, O. Wang, H. Li: High-Resolution Image Inpainting using "
    "Multi-Scale Neural Patch Synthesis, CVPR 2017, arXiv:1611.09969"
)
_LAST = 21  # place of the last convolution that is used, relu4_2's


def _detect(state: StateDict) -> bool:
    first, last = shape_of(state, "features.0.weight"), shape_of(state, "features.34.weight")
    return first[1:] == (3, 3, 3) and last[2:] == (3, 3)  # VGG-16 has no layer 34


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.modules import built
    from napari_greyfill.inpaint.networks.msnps.network import VGG19Features

    used = {key: tensor for key, tensor in state.items() if _is_used(key)}
    width = shape_of(state, "features.0.weight")[0]
    return built(lambda: VGG19Features(width), used, "VGG-19")


def _is_used(key: str) -> bool:
    part, _, rest = key.partition(".")
    number = rest.partition(".")[0]
    return part == "features" and number.isdigit() and int(number) <= _LAST


def _inpainter() -> type[MSNPSInpainter]:
    from napari_greyfill.inpaint.networks.msnps.inpainter import MSNPSInpainter

    return MSNPSInpainter


NETWORK = Network(
    name="msnps",
    title=_TITLE,
    summary="Changes the pixels of another method's fill, at three scales, until patches of "
    "their features look like known ones. Energy, scales and patches of VGG-19's features are "
    "the paper's; the faithful blend in place of its content network, the hole alone as the "
    "variable, and patches that are not turned or scaled are ours. Without the weights of VGG-19 "
    "the method `msnps` takes a bank of fixed oriented filters, which is ours too and knows "
    "textures, not things.",
    citation=_CITATION,
    code="https://github.com/leehomyc/Faster-High-Res-Neural-Inpainting",
    code_licence="MIT, with the remark that it is for research only",
    variants=(
        Variant.of(
            Descriptor("msnps-vgg19", f"{_TITLE} (VGG-19)", _detect, _build),
            minimum=32,
            multiple_of=8,
            training_scale=512,
        ),
    ),
    bad_at="It is slow, and knows textures, not things: what the first fill got wrong stays wrong."
    " The filters that stand in for VGG-19 tell coarse textures apart only.",
    inpainter=_inpainter,
    checkpoints=(
        CheckpointInfo(
            id="msnps-vgg19-imagenet",
            network="msnps",
            descriptor="msnps-vgg19",
            title="VGG-19 for MSNPS, ImageNet",
            training_data="ImageNet (photographs)",
            masks="none: it was trained to name what is in a picture",
            size=224,
            good_for="Texture in photographs, slowly: minutes for a hole without a graphics card.",
            url="https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
            page="https://docs.pytorch.org/vision/stable/models/generated/"
            "torchvision.models.vgg19.html",
            published_as="vgg19-dcbb9e9d.pth",
            file="vgg19-dcbb9e9d.pth",
            sha256_prefix="dcbb9e9d",
            licence="BSD-3-Clause (stated for torchvision, nothing separate for the weights); "
            "ImageNet is for research only",
            citation=_CITATION,
        ),
    ),
    default_method="msnps-vgg19-imagenet",
    slow="from some seconds to minutes for each hole",
    note="`msnps` needs PyTorch and no weights. `msnps-vgg19-imagenet` needs VGG-19 as "
    "torchvision publishes it, 548 MB. The authors' own content network, "
    "`imagenet_inpaintCenter.t7`, cannot be used: it works for a square in the middle only, and "
    "in batches of 32.",
)
