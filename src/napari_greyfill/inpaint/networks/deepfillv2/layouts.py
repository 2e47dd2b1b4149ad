"""The checkpoint layouts of DeepFill v2: how each names its layers, and what it does differently.

All layouts have the same eight parts, and these the same layers; a layout gives each layer's
name in the checkpoint and the conventions its weights were trained with. Does not import torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "LAYOUTS",
    "OPENMMLAB",
    "PT",
    "TF",
    "TF_FUSED",
    "TF_PORT",
    "AttentionRules",
    "Layout",
    "Padding",
]

Padding = Literal["symmetric", "same", "reflect"]


@dataclass(frozen=True)
class AttentionRules:
    """What implementations of contextual attention do differently.

    Attributes
    ----------
    fuse : bool
        Whether scores are fused, so that neighbours take from neighbouring patches.
    align_corners : bool
        Whether reducing keeps both the first and the last row; otherwise it keeps every
        second (or eighth) from the first.
    mask_in_two_steps : bool
        Whether the mask is reduced to the size of the features first, then by two.
    exclusive : bool
        Whether patches with hole pixels get no weight and a pixel is the mean of the patches
        pasted over it; otherwise they take part in the softmax with a score of 0, their
        weights are dropped, and the sum at each pixel is divided by four.
    """

    fuse: bool = True
    align_corners: bool = False
    mask_in_two_steps: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Layout:
    """One checkpoint layout.

    Attributes
    ----------
    name, title : str
        As in `Descriptor`.
    names : mapping of str to tuple of str
        For each part of the module its layers' names in the checkpoint, without ".conv.weight".
    prefix : str
        What the generator's keys may start with; others are then not the generator's.
    identity : str
        Key of a tensor that may be there and is always the identity, or "".
    padding : {"symmetric", "same", "reflect"}
        Zeros on all sides alike, zeros as TensorFlow's "SAME" puts them, or reflected pixels.
    fine_sees_mask : bool
        Whether the refinement network sees the planes of ones and mask beside the picture.
    gated_rgb : bool
        Whether the last layers are gated like all others.
    relu_before_attention : bool
        Whether the features that are compared come from a ReLU instead of an ELU.
    bgr : bool
        Whether channels are in the order B, G, R.
    minimum : int
        Smallest height and width.
    attention : AttentionRules
    """

    name: str
    title: str
    names: Mapping[str, tuple[str, ...]]
    prefix: str = ""
    identity: str = ""
    padding: Padding = "symmetric"
    fine_sees_mask: bool = False
    gated_rgb: bool = False
    relu_before_attention: bool = True
    bgr: bool = False
    minimum: int = 8
    attention: AttentionRules = AttentionRules()


def _prefixed(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(prefix + name for name in names)


def _numbered(form: str, *numbers: int) -> tuple[str, ...]:
    return tuple(form.format(number) for number in numbers)


_PT_DOWN = (
    "conv1",
    "down_block1.conv1_downsample",
    "down_block1.conv2",
    "down_block2.conv1_downsample",
    "down_block2.conv2",
    "conv_bn1",
)
_PT_NECK = _numbered("conv_bn{}", 2, 3, 4, 5)
_PT_UP = (
    "conv_bn6",
    "conv_bn7",
    "up_block1.conv1_upsample.conv",
    "up_block1.conv2",
    "up_block2.conv1_upsample.conv",
    "up_block2.conv2",
    "conv_to_rgb",
)

PT = Layout(
    name="deepfillv2-pt",
    title="DeepFill v2 (fine-tuned for PyTorch)",
    names={
        "coarse.encoder": _prefixed("stage1.", *_PT_DOWN),
        "coarse.neck": _prefixed("stage1.", *_PT_NECK),
        "coarse.decoder": _prefixed("stage1.", *_PT_UP),
        "fine.encoder": _prefixed("stage2.conv_", *_PT_DOWN),
        "fine.neck": _prefixed("stage2.conv_", *_PT_NECK),
        "fine.attention_encoder": _prefixed("stage2.ca_", *_PT_DOWN),
        "fine.attention_neck": ("stage2.ca_conv_bn4", "stage2.ca_conv_bn5"),
        "fine.decoder": _prefixed("stage2.", *_PT_UP),
    },
    identity="stage2.contextual_attention.fuse_weight",
)

_TF_DOWN = ("conv1", "conv2_downsample", "conv3", "conv4_downsample", "conv5", "conv6")
_TF_NECK = _numbered("conv{}_atrous", 7, 8, 9, 10)
_TF_UP = (
    "conv11",
    "conv12",
    "conv13_upsample.conv",
    "conv14",
    "conv15_upsample.conv",
    "conv16",
    "conv17",
)

TF = Layout(
    name="deepfillv2-tf",
    title="DeepFill v2 (converted from TensorFlow)",
    names={
        "coarse.encoder": _TF_DOWN,
        "coarse.neck": _TF_NECK,
        "coarse.decoder": _TF_UP,
        "fine.encoder": _prefixed("x", *_TF_DOWN),
        "fine.neck": _prefixed("x", *_TF_NECK),
        "fine.attention_encoder": _prefixed("pm", *_TF_DOWN),
        "fine.attention_neck": ("pmconv9", "pmconv10"),
        "fine.decoder": _prefixed("all", *_TF_UP),
    },
    padding="same",
    attention=AttentionRules(align_corners=True, mask_in_two_steps=True),
)
# The same weights as the PyTorch program they were converted for runs them, and halfway there.
TF_PORT = replace(TF, attention=AttentionRules(fuse=False, align_corners=True))
TF_FUSED = replace(TF, attention=AttentionRules(align_corners=True))


def _openmmlab_encoder(name: str) -> tuple[str, ...]:
    return _numbered(f"{name}.enc{{}}.conv", 1, 2, 3, 4, 5, 6)


def _openmmlab_neck(stage: str) -> tuple[str, ...]:
    return _numbered(f"{stage}.dilation_neck.dilation_convs.{{}}.conv", 0, 1, 2, 3)


def _openmmlab_decoder(stage: str) -> tuple[str, ...]:
    return _numbered(f"{stage}.decoder.dec{{}}.conv", 1, 2, 3, 4, 5, 6, 7)


_OPENMMLAB_ATTENTION = "stage2.contextual_attention_neck"

OPENMMLAB = Layout(
    name="deepfillv2-mm",
    title="DeepFill v2 (OpenMMLab)",
    names={
        "coarse.encoder": _openmmlab_encoder("stage1.encoder"),
        "coarse.neck": _openmmlab_neck("stage1"),
        "coarse.decoder": _openmmlab_decoder("stage1"),
        "fine.encoder": _openmmlab_encoder("stage2.encoder_conv"),
        "fine.neck": _openmmlab_neck("stage2"),
        "fine.attention_encoder": _openmmlab_encoder("stage2.encoder_attention"),
        "fine.attention_neck": _prefixed(f"{_OPENMMLAB_ATTENTION}.", "conv1.conv", "conv2.conv"),
        "fine.decoder": _openmmlab_decoder("stage2"),
    },
    prefix="generator.",
    identity=f"{_OPENMMLAB_ATTENTION}.contextual_attention.fuse_kernel",
    padding="reflect",
    fine_sees_mask=True,
    gated_rgb=True,
    relu_before_attention=False,
    bgr=True,
    # at a quarter of the size 16 pixels are reflected, which takes at least 17
    minimum=72,
    attention=AttentionRules(exclusive=True),
)

LAYOUTS = (PT, TF, OPENMMLAB)
