"""What there is to know about Shift-Net. Imports torch only to build it."""

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
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import nn

    from napari_greyfill.inpaint.networks.shiftnet.inpainter import ShiftNetInpainter

__all__ = ["NETWORK", "published_names"]

_TITLE = "Shift-Net"
_CITATION = (
    "Z. Yan, X. Li, M. Li, W. Zuo, S. Shan: Shift-Net: Image Inpainting via Deep Feature "
    "Rearrangement, ECCV 2018, arXiv:1801.09392"
)
_LEVELS, _SHIFTED = 8, 2  # as in `network`, which imports torch


def published_names() -> dict[str, str]:
    """Return our name of each layer by the one it has in published checkpoints.

    Each level stands inside the one above it, as the part after its own convolution. Two layers
    more at the level that is shifted move what follows them.
    """
    names = {"model.model.0": "down.0", "model.model.3": "up.0"}
    block = "model.model.1.model"
    for level in range(1, _LEVELS):
        names[f"{block}.1"] = f"down.{level}"
        if level == _LEVELS - 1:
            names |= {f"{block}.3": f"up.{level}", f"{block}.4": f"up_norm.{level}"}
            break
        up = 7 if level == _SHIFTED else 5
        names[f"{block}.2"] = f"down_norm.{level}"
        names |= {f"{block}.{up}": f"up.{level}", f"{block}.{up + 1}": f"up_norm.{level}"}
        block = f"{block}.3.model"
    return names


def _detect(state: StateDict) -> bool:
    first, last = shape_of(state, "model.model.0.weight"), shape_of(state, "model.model.3.weight")
    shifted = shape_of(state, "model.model.1.model.3.model.7.weight")
    ends = [((colours + 1, 4, 4), (colours, 4, 4)) for colours in COLOURS]
    return (first[1:], last[1:]) in ends and shifted[2:] == (4, 4)


def _build(state: StateDict) -> nn.Module:
    from napari_greyfill.inpaint.networks.modules import built
    from napari_greyfill.inpaint.networks.shiftnet.network import ShiftNet

    names = published_names()
    renamed = {}
    for key, tensor in state.items():
        layer, _, kind = key.rpartition(".")
        # files of old versions have statistics of the training, which were not used then either
        if kind not in ("running_mean", "running_var", "num_batches_tracked"):
            renamed[f"{names[layer]}.{kind}" if layer in names else key] = tensor
    width, planes = shape_of(state, "model.model.0.weight")[:2]
    return built(lambda: ShiftNet(width, planes - 1), renamed, _TITLE)


def _inpainter() -> type[ShiftNetInpainter]:
    from napari_greyfill.inpaint.networks.shiftnet.inpainter import ShiftNetInpainter

    return ShiftNetInpainter


_CENTRE = "a square of 120 x 120 pixels in the middle"
_ONLY_CENTRE = "with one hole of half the picture's side in the middle, and with nothing else"
# For each file: the end of its id, data set, masks, what it is good for, its page and its name.
_FILES = (
    (
        "celebahq-centre",
        "CelebA-HQ (faces), centre",
        "CelebA-HQ (faces)",
        _CENTRE,
        f"Faces {_ONLY_CENTRE}.",
        "1qvsWHVO9iXpEAPtwyRB25mklTmD0jgPV",
        "face_center_mask.pth",
        "CelebA-HQ is for non-commercial research",
    ),
    (
        "paris-random",
        "Paris StreetView, random",
        "Paris StreetView (facades)",
        "random shapes of 20 to 30 % of the picture",
        "Facades and streets, with holes of any shape.",
        "14MzixaqYUdJNL5xGdVhSKI9jOfvGdr3M",
        "paris_random_mask_20_30.pth",
        "Paris StreetView is for research",
    ),
    (
        "paris-centre",
        "Paris StreetView, centre",
        "Paris StreetView (facades)",
        _CENTRE,
        f"Facades and streets {_ONLY_CENTRE}.",
        "1nDkCdsqUdiEXfSjZ_P915gWeZELK0fo_",
        "",
        "Paris StreetView is for research",
    ),
)

NETWORK = Network(
    name="shiftnet",
    title=_TITLE,
    summary="A U-Net that, at an eighth of the size, gives each place in the hole the features of "
    "the known place most like it. Files that were trained with a square in the middle work for "
    "nothing else; choose the one trained with random shapes.",
    citation=_CITATION,
    code="https://github.com/Zhaoyi-Yan/Shift-Net_pytorch",
    code_licence="MIT",
    variants=(
        Variant.of(Descriptor("shiftnet", _TITLE, _detect, _build), minimum=256, multiple_of=8),
    ),
    bad_at="Files that were trained with a square in the middle work for nothing else. Texture is "
    "copied at an eighth of the size, so that fine patterns do not meet.",
    inpainter=_inpainter,
    checkpoints=tuple(
        CheckpointInfo(
            id=f"shiftnet-{name}",
            network="shiftnet",
            descriptor="shiftnet",
            title=f"{_TITLE}, {title}",
            training_data=training_data,
            masks=masks,
            size=256,
            good_for=good_for,
            page=f"https://drive.google.com/file/d/{place}/view",
            published_as=published_as,
            file=f"shiftnet_{name.replace('-', '_')}.pth",
            licence=f"not stated for the weights (code: MIT); {data_licence}",
            citation=_CITATION,
        )
        for (
            name,
            title,
            training_data,
            masks,
            good_for,
            place,
            published_as,
            data_licence,
        ) in _FILES
    ),
    default_method="shiftnet-paris-random",
    note="Each file has about 220 MB. The authors also offer `face_flip_random.pth`, which is "
    "another network that looks at the mirrored picture too, and cannot be used here.",
)
