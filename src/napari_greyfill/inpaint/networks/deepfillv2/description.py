"""What there is to know about DeepFill v2. Imports torch only to build it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.deepfillv2.layouts import OPENMMLAB, PT, TF, Layout
from napari_greyfill.inpaint.networks.deepfillv2.published import CHECKPOINTS, CITATION
from napari_greyfill.inpaint.networks.description import (
    COLOURS,
    Descriptor,
    Network,
    StateDict,
    Variant,
    shape_of,
    within,
)

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.deepfillv2.inpainter import DeepFillV2Inpainter

__all__ = ["NETWORK", "build", "detect"]

_FUSING_KERNEL = (1, 1, 3, 3)


def detect(layout: Layout, state: StateDict) -> bool:
    """Tell whether a state dict has a layout, by its first and last layers."""
    tensors = within(state, layout.prefix)
    kernel = shape_of(tensors, layout.identity)
    ends = (
        _shape(layout, tensors, "coarse.encoder", 0)[1:],
        _shape(layout, tensors, "fine.encoder", 0)[1:],
        _shape(layout, tensors, "fine.decoder", -1)[:1],
    )
    return (
        ends in [_ends(layout, colours) for colours in COLOURS]
        and len(_shape(layout, tensors, "fine.decoder", 0)) == 4
        and kernel in ((), _FUSING_KERNEL)
    )


def _ends(layout: Layout, colours: int) -> tuple[tuple[int, ...], ...]:
    """Return what goes into the first layers, without their width, and comes out of the last."""
    planes = colours + 2  # ones, and the mask
    fine = planes if layout.fine_sees_mask else colours
    return (planes, 5, 5), (fine, 5, 5), (2 * colours if layout.gated_rgb else colours,)


def build(layout: Layout, state: StateDict) -> nn.Module:
    """Return the networks of a state dict that `detect` recognised, in evaluation mode.

    Other layouts than those of `NETWORK` say how else the same checkpoint can be run.

    Raises
    ------
    BadCheckpointError
        If tensors are missing, left over or of other shapes, or attention scores are fused in
        a way of the checkpoint's own.
    """
    import torch

    from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2
    from napari_greyfill.inpaint.networks.modules import built

    tensors = within(state, layout.prefix)
    identity = tensors.pop(layout.identity, None)
    if identity is not None and not torch.equal(identity[0, 0].cpu().float(), torch.eye(3)):
        raise BadCheckpointError(
            f"This checkpoint of {layout.title} fuses attention scores by a kernel of its own; "
            "choose the file as it was published."
        )
    first, planes = _shape(layout, tensors, "coarse.encoder", 0)[:2]
    width, colours = first // 2, planes - 2
    decoder_width = _shape(layout, tensors, "fine.decoder", 0)[0] // 8
    names = _renaming(layout)
    renamed = {names.get(key, key): tensor for key, tensor in tensors.items()}
    return built(lambda: DeepFillV2(layout, width, decoder_width, colours), renamed, layout.title)


def _shape(layout: Layout, tensors: StateDict, part: str, index: int) -> tuple[int, ...]:
    return shape_of(tensors, f"{layout.names[part][index]}.conv.weight")


def _renaming(layout: Layout) -> dict[str, str]:
    """Return the module's name of every tensor of the checkpoint."""
    return {
        f"{name}.conv.{kind}": f"{part}.{index}.conv.{kind}"
        for part, names in layout.names.items()
        for index, name in enumerate(names)
        for kind in ("weight", "bias")
    }


def _inpainter() -> type[DeepFillV2Inpainter]:
    from napari_greyfill.inpaint.networks.deepfillv2.inpainter import DeepFillV2Inpainter

    return DeepFillV2Inpainter


def _variant(layout: Layout, title: str) -> Variant:
    descriptor = Descriptor.of(layout, detect, build)
    return Variant.of(descriptor, title=title, minimum=layout.minimum, multiple_of=8)


NETWORK = Network(
    name="deepfillv2",
    title="DeepFill v2",
    summary="Gated convolutions, and attention that copies texture from elsewhere in the picture. "
    "Right for painted strokes and holes of up to half of the training size.",
    citation=CITATION,
    code="https://github.com/JiahuiYu/generative_inpainting",
    code_licence="CC BY-NC 4.0, for education and academic research only",
    variants=(
        _variant(PT, "DeepFill v2 (PyTorch)"),
        _variant(TF, "DeepFill v2 (TensorFlow)"),
        _variant(OPENMMLAB, "DeepFill v2 (OpenMMLab)"),
    ),
    bad_at="Holes wider than about 128 pixels, half of the size it was trained on, lose structure "
    "and repeat what is near; such windows are reduced for it.",
    inpainter=_inpainter,
    checkpoints=CHECKPOINTS,
    default_method="deepfillv2-mm-places365",
    note="`mm` was trained anew by "
    "[OpenMMLab](https://github.com/open-mmlab/mmagic/tree/main/configs/deepfillv2); `tf` are the "
    "[authors' own weights](https://github.com/JiahuiYu/generative_inpainting), converted for "
    "[PyTorch](https://github.com/nipponjo/deepfillv2-pytorch); `pt` are those, trained further. "
    "Start with `mm`.",
)
