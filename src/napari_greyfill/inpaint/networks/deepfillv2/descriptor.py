"""How DeepFill v2 checkpoints are recognised and built. Imports torch only to build."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.base import Descriptor, StateDict
from napari_greyfill.inpaint.networks.deepfillv2.layouts import LAYOUTS, Layout
from napari_greyfill.inpaint.networks.modules import built, shape_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["DESCRIPTORS", "build", "detect"]

_COARSE_PLANES = 5
_FUSING_KERNEL = (1, 1, 3, 3)


def detect(layout: Layout, state: StateDict) -> bool:
    """Tell whether a state dict has a layout, by its first and last layers."""
    tensors = _generator(layout, state)
    kernel = shape_of(tensors, layout.identity)
    return (
        _shape(layout, tensors, "coarse.encoder", 0)[1:] == (_COARSE_PLANES, 5, 5)
        and _shape(layout, tensors, "fine.encoder", 0)[1:] == (layout.fine_planes, 5, 5)
        and _shape(layout, tensors, "fine.decoder", -1)[:1] == ((6 if layout.gated_rgb else 3),)
        and len(_shape(layout, tensors, "fine.decoder", 0)) == 4
        and kernel in ((), _FUSING_KERNEL)
    )


def build(layout: Layout, state: StateDict) -> nn.Module:
    """Return the networks of a state dict that `detect` recognised, in evaluation mode.

    Other layouts than those of `DESCRIPTORS` say how else the same checkpoint can be run.

    Raises
    ------
    BadCheckpointError
        If tensors are missing, left over or of other shapes, or attention scores are fused in
        a way of the checkpoint's own.
    """
    import torch

    from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2

    tensors = _generator(layout, state)
    identity = tensors.pop(layout.identity, None)
    if identity is not None and not torch.equal(identity[0, 0].cpu().float(), torch.eye(3)):
        raise BadCheckpointError(
            f"This checkpoint of {layout.title} fuses attention scores by a kernel of its own; "
            "choose the file as it was published."
        )
    width = _shape(layout, tensors, "coarse.encoder", 0)[0] // 2
    decoder_width = _shape(layout, tensors, "fine.decoder", 0)[0] // 8
    names = _renaming(layout)
    renamed = {names.get(key, key): tensor for key, tensor in tensors.items()}
    return built(lambda: DeepFillV2(layout, width, decoder_width), renamed, layout.title)


def _generator(layout: Layout, state: StateDict) -> dict[str, Tensor]:
    """Return the tensors of the networks themselves, without their prefix."""
    prefix = layout.prefix if any(key.startswith(layout.prefix) for key in state) else ""
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


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


DESCRIPTORS: tuple[Descriptor, ...] = tuple(
    Descriptor(
        name=layout.name,
        network="deepfillv2",
        title=layout.title,
        detect=partial(detect, layout),
        build=partial(build, layout),
    )
    for layout in LAYOUTS
)
