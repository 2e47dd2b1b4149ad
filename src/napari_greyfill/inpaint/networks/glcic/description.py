"""What there is to know about GLCIC. Imports torch only to build it."""

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
    within,
)
from napari_greyfill.inpaint.networks.glcic.layouts import LAYOUTS, Layout
from napari_greyfill.inpaint.networks.glcic.published import CHECKPOINTS, CITATION

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.glcic.inpainter import GLCICInpainter

__all__ = ["NETWORK", "build", "detect"]

_LUMA = (0.299, 0.587, 0.114)


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
    first, *_, last = (shape_of(tensors, f"{name}.weight") for name in layout.convolutions)
    norm = shape_of(tensors, f"{layout.norms[-1]}.running_var")
    return ends_fit(first, last, kernel=5) and last[2:] == (3, 3) and norm == last[1:2]


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
        If tensors are missing, left over or of other shapes, or a file of Torch7 has other
        modules.
    """
    from napari_greyfill.inpaint.networks.glcic.network import GLCIC
    from napari_greyfill.inpaint.networks.modules import built, with_counters
    from napari_greyfill.inpaint.networks.torch7 import require_same_modules
    from napari_greyfill.weights.torch7_tensors import modules_of

    tensors = within(state, "generator.")
    width, planes = shape_of(tensors, f"{layout.convolutions[0]}.weight")[:2]
    mean = _mean(layout, tensors, planes - 1)
    tensors.pop(layout.mean_key, None)
    modules = tensors.pop(layout.modules_key, None)
    if modules is not None:
        row = GLCIC(layout, 2, planes - 1).row()
        require_same_modules(row, modules_of(modules), layout.title)
    names = layout.renaming
    renamed = with_counters({names.get(key, key): tensor for key, tensor in tensors.items()})
    return built(lambda: GLCIC(layout, width, planes - 1, mean), renamed, layout.title)


def _mean(layout: Layout, tensors: StateDict, colours: int) -> tuple[float, ...]:
    """Return the mean colour that a layout needs: that of the file, or the layout's own."""
    if layout.mean_key in tensors:
        found = tuple(tensors[layout.mean_key].flatten().tolist())
        if len(found) != colours:
            raise BadCheckpointError(
                f"This checkpoint of {layout.title} has a mean of {len(found)} colours and layers "
                f"for {colours}; choose the file as it was published."
            )
        return found
    if layout.mean_off:
        raise BadCheckpointError(
            f"This checkpoint of {layout.title} lacks the mean colour, {layout.mean_key}; choose "
            "the file as it was published."
        )
    if len(layout.mean) == colours:
        return layout.mean
    return (sum(w * c for w, c in zip(_LUMA, layout.mean, strict=True)),) if layout.mean else ()


def _inpainter() -> type[GLCICInpainter]:
    from napari_greyfill.inpaint.networks.glcic.inpainter import GLCICInpainter

    return GLCICInpainter


def _variant(layout: Layout) -> Variant:
    descriptor = Descriptor.of(layout, detect, build)
    return Variant.of(descriptor, minimum=4, multiple_of=4, training_scale=layout.training_scale)


NETWORK = Network(
    name="glcic",
    title="GLCIC",
    summary="One pass of convolutions, some of which look far around. Trained with boxes of up to "
    "half of the picture's side; larger holes come out blurred.",
    citation=CITATION,
    code="https://github.com/satoshiiizuka/siggraph2017_inpainting",
    code_licence="CC BY-NC-SA 4.0",
    variants=tuple(map(_variant, LAYOUTS)),
    bad_at="Strokes, and boxes wider than half of the picture, which come out blurred. The seam "
    "may show, because the authors' post-processing is not done.",
    inpainter=_inpainter,
    checkpoints=CHECKPOINTS,
    default_method="glcic-mm-places365",
    note="`mm` was trained anew by "
    "[OpenMMLab](https://github.com/open-mmlab/mmagic/tree/main/configs/global_local), `otenim` "
    "[by others](https://github.com/otenim/GLCIC-PyTorch) on CelebA. The page of `otenim` has two "
    "files; `model_cn` is the one, and its hole is shown in CelebA's mean colour. Rename it to "
    "`model_cn.pth` before you add it. `t7` are the authors' own files, which run as they are and "
    "are not for commercial use; their page links to them over a connection that is not "
    "protected. The authors' own post-processing (inpainting of the seam and seamless cloning) is "
    "not done.",
)
