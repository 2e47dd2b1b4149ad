"""What there is to know about DeepFill v1. Imports torch only to build it."""

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
    within,
)
from napari_greyfill.inpaint.networks.openmmlab import openmmlab_checkpoint

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.deepfillv1.inpainter import DeepFillV1Inpainter

__all__ = ["NETWORK"]

_TITLE = "DeepFill v1"
_CITATION = (
    "J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang: Generative Image Inpainting with "
    "Contextual Attention, CVPR 2018, arXiv:1801.07892"
)
_KERNEL = "stage2.contextual_attention_neck.contextual_attention.fuse_kernel"
_FIRST = ("stage1.encoder.enc1", "stage2.encoder_conv.enc1", "stage2.encoder_attention.enc1")
_LAST = ("stage1.decoder.dec7", "stage2.decoder.dec7")


def _detect(state: StateDict) -> bool:
    tensors = within(state, "generator.")
    ends = (
        {shape_of(tensors, f"{name}.conv.weight")[1:] for name in _FIRST},
        {shape_of(tensors, f"{name}.conv.weight")[:1] for name in _LAST},
    )
    return ends in [({(colours + 2, 5, 5)}, {(colours,)}) for colours in COLOURS]


def _build(state: StateDict) -> nn.Module:
    import torch

    from napari_greyfill.inpaint.networks.deepfillv1.network import DeepFillV1
    from napari_greyfill.inpaint.networks.modules import built

    tensors = within(state, "generator.")
    kernel = tensors.pop(_KERNEL, None)
    if kernel is not None and not torch.equal(kernel.squeeze().cpu().float(), torch.eye(3)):
        raise BadCheckpointError(
            f"This checkpoint of {_TITLE} fuses attention scores by a kernel of its own; "
            "choose the file as it was published."
        )
    width, planes = shape_of(tensors, f"{_FIRST[0]}.conv.weight")[:2]
    return built(lambda: DeepFillV1(width, planes - 2), tensors, _TITLE)


def _inpainter() -> type[DeepFillV1Inpainter]:
    from napari_greyfill.inpaint.networks.deepfillv1.inpainter import DeepFillV1Inpainter

    return DeepFillV1Inpainter


# For each data set, what its checkpoint is good for, and the file.
_PUBLISHED = (
    (
        "places365",
        "General photographs, with one box of up to half of the picture's side; 14 MB or more.",
        "deepfillv1_256x256_8x2_places_20200619-c00a0e21.pth",
    ),
    (
        "celebahq",
        "Faces, with one box of up to half of the picture's side; 14 MB or more.",
        "deepfillv1_256x256_4x4_celeba_20200619-dd51a855.pth",
    ),
)

NETWORK = Network(
    name="deepfillv1",
    title=_TITLE,
    summary="A coarse fill, refined by attention that copies texture from elsewhere in the "
    "picture. Trained with one box; for strokes take DeepFill v2.",
    citation=_CITATION,
    code="https://github.com/JiahuiYu/generative_inpainting/tree/v1.0.0",
    code_licence="CC BY-NC 4.0, for education and academic research only",
    variants=(
        Variant.of(
            Descriptor("deepfillv1-mm", f"{_TITLE} (OpenMMLab)", _detect, _build),
            # at a quarter of the size 16 pixels are reflected, which takes at least 17
            minimum=72,
            multiple_of=8,
        ),
    ),
    bad_at="Strokes and several holes: it was trained with one box. Wide boxes repeat what is "
    "near.",
    inpainter=_inpainter,
    checkpoints=tuple(
        openmmlab_checkpoint(
            "deepfillv1-mm",
            data_set,
            _TITLE,
            f"deepfillv1/{file}",
            configs="deepfillv1",
            masks="one box of up to 128 pixels",
            good_for=good_for,
            citation=_CITATION,
        )
        for data_set, good_for, file in _PUBLISHED
    ),
    default_method="deepfillv1-mm-places365",
    note="Trained anew by "
    "[OpenMMLab](https://github.com/open-mmlab/mmagic/tree/main/configs/deepfillv1). The authors' "
    "own checkpoints are for TensorFlow 1 and cannot be used here.",
)
