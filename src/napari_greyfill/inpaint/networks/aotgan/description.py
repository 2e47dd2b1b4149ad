"""What there is to know about AOT-GAN. Imports torch only to build it."""

from __future__ import annotations

import re
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
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import Tensor, nn

    from napari_greyfill.inpaint.networks.aotgan.inpainter import AOTGANInpainter

__all__ = ["NETWORK"]

_TITLE = "AOT-GAN"
_MM_TITLE = f"{_TITLE} (OpenMMLab)"
_CITATION = (
    "Y. Zeng, J. Fu, H. Chao, B. Guo: Aggregated Contextual Transformations for High-Resolution "
    "Image Inpainting, IEEE TVCG 2022, arXiv:2104.01431"
)
# OpenMMLab's name of a layer, and the authors'.
_LAYERS = (
    *((f"encoder.encoder.{n}.conv", f"encoder.{2 * n - 1}") for n in (1, 2, 3)),
    ("decoder.decoder.0.conv", "decoder.0.conv"),
    ("decoder.decoder.1.conv", "decoder.2.conv"),
    ("decoder.decoder.2.conv", "decoder.4"),
)
_BLOCK = re.compile(r"dilation_neck\.model\.(\d+)\.(?:blocks\.(\d)|(fuse|gate))\.1\.conv")


def _detect(state: StateDict) -> bool:
    first, last = (shape_of(state, f"{name}.weight") for name in ("encoder.1", "decoder.4"))
    gate = shape_of(state, "middle.0.gate.1.weight")
    return len(gate) == 4 and ends_fit(first, last, kernel=7)


def _detect_openmmlab(state: StateDict) -> bool:
    tensors = within(state, "generator.")
    return "dilation_neck.model.0.gate.1.conv.weight" in tensors and _detect(_renamed(tensors))


def _build(state: StateDict) -> nn.Module:
    return _built(state, _TITLE)


def _build_openmmlab(state: StateDict) -> nn.Module:
    return _built(_renamed(within(state, "generator.")), _MM_TITLE)


def _built(state: StateDict, title: str) -> nn.Module:
    from napari_greyfill.inpaint.networks.aotgan.network import AOTGAN
    from napari_greyfill.inpaint.networks.modules import built

    width, planes = shape_of(state, "encoder.1.weight")[:2]
    blocks = {key.split(".")[1] for key in state if key.startswith("middle.")}
    return built(lambda: AOTGAN(width, len(blocks), planes - 1), state, title)


def _renamed(state: StateDict) -> dict[str, Tensor]:
    """Return the authors' names for OpenMMLab's."""
    names = dict(_LAYERS)

    def renamed(key: str) -> str:
        layer, _, kind = key.rpartition(".")
        found = _BLOCK.fullmatch(layer)
        if not found:
            return f"{names.get(layer, layer)}.{kind}"
        number, branch, part = found.groups()
        return f"middle.{number}.{part or f'block0{branch}'}.1.{kind}"

    return {renamed(key): tensor for key, tensor in state.items()}


def _inpainter() -> type[AOTGANInpainter]:
    from napari_greyfill.inpaint.networks.aotgan.inpainter import AOTGANInpainter

    return AOTGANInpainter


def _variant(descriptor: Descriptor) -> Variant:
    # at a quarter of the size 8 pixels are reflected, which takes at least 9
    return Variant.of(descriptor, minimum=36, multiple_of=4, training_scale=512)


_DRIVE = "https://drive.google.com/drive/folders/"
_MASKS = "free-form strokes over up to 60 % of the picture"
# For each data set of the authors: its name in ids, in menus and at length, what it is good for,
# its folder, and what its licence says.
_AUTHORS = (
    (
        "places2",
        "Places2",
        "Places2 (scenes)",
        "General photographs of up to 512 pixels, with strokes; 61 MB.",
        "1bSOH-2nB3feFRyDEmiX81CEiWkghss3i",
    ),
    (
        "celebahq",
        "CelebA-HQ",
        "CelebA-HQ (faces)",
        "Faces of up to 512 pixels, with strokes; 61 MB.",
        "1Zks5Hyb9WAEpupbTdBqsCafmb25yqsGJ",
    ),
)

NETWORK = Network(
    name="aotgan",
    title=_TITLE,
    summary="Looks around at four distances in each of eight blocks. Trained on pictures of 512 "
    "pixels, for irregular holes of up to 60 %.",
    citation=_CITATION,
    code="https://github.com/researchmm/AOT-GAN-for-Inpainting",
    code_licence="Apache-2.0",
    variants=(
        _variant(Descriptor("aotgan", _TITLE, _detect, _build)),
        _variant(Descriptor("aotgan-mm", _MM_TITLE, _detect_openmmlab, _build_openmmlab)),
    ),
    bad_at="Large pictures take much time and memory. Scenes of other kinds than those it was "
    "trained on get a texture that does not belong.",
    inpainter=_inpainter,
    checkpoints=(
        *(
            CheckpointInfo(
                id=f"aotgan-{data}",
                network="aotgan",
                descriptor="aotgan",
                title=f"{_TITLE}, {name}",
                training_data=training_data,
                masks=_MASKS,
                size=512,
                good_for=good_for,
                page=f"{_DRIVE}{folder}",
                published_as="G0000000.pt",
                file=f"aotgan_{data}_G0000000.pt",
                licence="Apache-2.0 (stated for the code, nothing separate for the weights); "
                f"{name} is for research only",
                citation=_CITATION,
            )
            for data, name, training_data, good_for, folder in _AUTHORS
        ),
        openmmlab_checkpoint(
            "aotgan-mm",
            "places365",
            _TITLE,
            "aot_gan/AOT-GAN_512x512_4x12_places_20220509-6641441b.pth",
            configs="aot_gan",
            masks=_MASKS,
            good_for="General photographs of up to 512 pixels, with strokes; 61 MB or more.",
            citation=_CITATION,
            size=512,
        ),
    ),
    default_method="aotgan-mm-places365",
    note="In a folder of the authors, download `G0000000.pt`; the file whose name begins with `D` "
    "is only for training. `mm` was trained anew by "
    "[OpenMMLab](https://github.com/open-mmlab/mmagic/tree/main/configs/aot_gan).",
)
