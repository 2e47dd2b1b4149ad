"""AOT-GAN is compared, with the authors' names of tensors and with OpenMMLab's."""

import json
from collections.abc import Callable

import torch

from napari_greyfill.inpaint.networks.detection import detect
from tests import golden
from tests.networks import inpainter_of
from tests.parity.comparison import Tolerance
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import observed, rounded, signed, truncated

__all__ = ["SUBJECTS"]

_PARTS = ("", "encoder", "middle.0", "middle.0.fuse", "middle.0.gate", "middle")


def authors(reference: Reference, inputs: Arrays) -> Arrays:
    return _arrays("aotgan", reference.module("aotgan", "aotgan"), inputs)


def openmmlab(reference: Reference, inputs: Arrays) -> Arrays:
    names = json.loads((reference.source / "aotgan.json").read_text())["mmagic_names"]
    state = {names[key]: tensor for key, tensor in reference.state("aotgan").items()}
    layout = detect(state)
    assert layout.name == "aotgan-mm"
    return _arrays(layout.name, layout.build(state), inputs)


def _arrays(layout: str, module: torch.nn.Module, inputs: Arrays) -> Arrays:
    seen = observed(module, *_PARTS)
    filled = inpainter_of({layout: module}).fill(*golden.picture(inputs))
    return {
        "net_input": seen[""][0],
        "encoder_out_ch0_8": seen["encoder"][1][:, :8],
        "block0_fuse_ch0_8": seen["middle.0.fuse"][1][:, :8],
        "block0_gate_preact_ch0_8": seen["middle.0.gate"][1][:, :8],
        "block0_out_ch0_8": seen["middle.0"][1][:, :8],
        "middle_out_ch0_8": seen["middle"][1][:, :8],
        "net_output": seen[""][1],
        "composite_float": signed(filled),
        "composite": rounded(filled),
        "composite_uint8_reference_truncating": truncated(filled),
    }


_COMPUTED: tuple[tuple[str, Callable[[Reference, Arrays], Arrays]], ...] = (
    ("aotgan", authors),
    ("aotgan-mm", openmmlab),
)

SUBJECTS = tuple(
    Subject("AOT-GAN", layout, "", "aotgan", compute, tensors=Tolerance(1e-3))
    for layout, compute in _COMPUTED
)
