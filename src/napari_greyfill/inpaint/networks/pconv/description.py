"""What there is to know about PConv. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.description import (
    Descriptor,
    Network,
    StateDict,
    Variant,
    ends_fit,
    shape_of,
    within,
)
from napari_greyfill.inpaint.networks.openmmlab import openmmlab_checkpoint
from napari_greyfill.inpaint.networks.pconv.layouts import DEPTH, LAYOUTS, Layout
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.pconv.inpainter import PConvInpainter

__all__ = ["NETWORK", "build", "detect"]

_CITATION = (
    "G. Liu, F. A. Reda, K. J. Shih, T.-C. Wang, A. Tao, B. Catanzaro: Image Inpainting for "
    "Irregular Holes Using Partial Convolutions, ECCV 2018, arXiv:1804.07723"
)


def detect(layout: Layout, state: StateDict) -> bool:
    """Tell whether a state dict has a layout, by its first and last layers.

    Parameters
    ----------
    layout : Layout
        The one in question.
    state : mapping of str to tensor
        The tensors by name, with the prefix "generator." or without any.
    """
    tensors = within(state, "generator.")
    first = shape_of(tensors, _weight(layout, layout.encoder, 1))
    last = shape_of(tensors, _weight(layout, layout.decoder, 1))
    deepest = shape_of(tensors, _weight(layout, layout.decoder, DEPTH))
    return len(deepest) == 4 and ends_fit(first, last, kernel=7, beside=0)


def build(layout: Layout, state: StateDict) -> nn.Module:
    """Return the network of a state dict that `detect` recognised, in evaluation mode.

    Parameters
    ----------
    layout : Layout
        The one in question.
    state : mapping of str to tensor
        The tensors by name, with the prefix "generator." or without any.

    Raises
    ------
    BadCheckpointError
        If tensors are missing, left over or of other shapes.
    """
    from napari_greyfill.inpaint.networks.modules import built, with_counters
    from napari_greyfill.inpaint.networks.pconv.network import PConv

    tensors = within(state, "generator.")
    width, colours = shape_of(tensors, _weight(layout, layout.encoder, 1))[:2]
    renamed = {layout.renamed(key): tensor for key, tensor in tensors.items()}
    renamed.pop("", None)
    return built(lambda: PConv(layout, width, colours), with_counters(renamed), layout.title)


def _weight(layout: Layout, form: str, number: int) -> str:
    return f"{form.format(number)}.{layout.convolution}.weight"


def _inpainter() -> type[PConvInpainter]:
    from napari_greyfill.inpaint.networks.pconv.inpainter import PConvInpainter

    return PConvInpainter


def _variant(layout: Layout) -> Variant:
    descriptor = Descriptor.of(layout, detect, build)
    side = 2**DEPTH
    return Variant.of(descriptor, minimum=side, multiple_of=side)


# For each data set of OpenMMLab, what its checkpoint is good for, and the file.
_OPENMMLAB = (
    (
        "places365",
        "General photographs, with strokes over up to two thirds of the picture; about 206 MB.",
        "pconv_256x256_stage2_4x2_places_20200619-1ffed0e8.pth",
    ),
    (
        "celebahq",
        "Faces, with strokes over up to two thirds of the picture; about 206 MB.",
        "pconv_256x256_stage2_4x2_celeba_20200619-860f8b95.pth",
    ),
)

NETWORK = Network(
    name="pconv",
    title="PConv",
    summary="Partial convolutions, which see only known pixels and grow into the hole layer by "
    "layer. Right for irregular holes; fine texture is smooth.",
    citation=_CITATION,
    code="https://github.com/NVIDIA/partialconv",
    code_licence="BSD-3-Clause",
    variants=tuple(map(_variant, LAYOUTS)),
    bad_at="Fine texture, which is smooth. Holes so wide that their middle is reached only in the "
    "last layers are blurred.",
    inpainter=_inpainter,
    checkpoints=(
        *(
            openmmlab_checkpoint(
                "pconv-mm",
                data_set,
                "PConv",
                f"pconv/{file}",
                configs="partial_conv",
                masks="free-form strokes over 15 to 65 % of the picture",
                good_for=good_for,
                citation=_CITATION,
            )
            for data_set, good_for, file in _OPENMMLAB
        ),
        CheckpointInfo(
            id="pconv-naoto-places2",
            network="pconv",
            descriptor="pconv-naoto",
            title="PConv (naoto0804), Places2",
            training_data="Places2 (scenes)",
            masks="free-form strokes",
            size=256,
            good_for="General photographs, with strokes; 206 MB, or three times that.",
            page="https://github.com/naoto0804/pytorch-inpainting-with-partial-conv/releases/tag/"
            "v0.0.0",
            published_as="1000000.pth",
            file="pconv_naoto_1000000.pth",
            licence="not stated for the weights (code: MIT); Places2 is for research only",
            citation=_CITATION,
        ),
    ),
    default_method="pconv-mm-places365",
    note="The authors published no weights. `mm` was trained by "
    "[OpenMMLab](https://github.com/open-mmlab/mmagic/tree/main/configs/partial_conv), `naoto` by "
    "[others](https://github.com/naoto0804/pytorch-inpainting-with-partial-conv). Half of each "
    "file are ones, which are not loaded.",
)
