"""What is compared of the Context Encoder, Shift-Net and PRVS."""

import numpy as np
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.networks.modules import applied
from napari_greyfill.inpaint.networks.prvs.inpainter import network_input as prvs_input
from napari_greyfill.inpaint.networks.shiftnet.shift import partners
from tests import golden
from tests.networks import inpainter_of
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import observed, rounded

__all__ = ["ENCODERS"]


def _planes(picture: np.ndarray) -> np.ndarray:
    """Return a picture (H, W, C) as a tensor has it."""
    return picture.transpose(2, 0, 1)[None]


def context_encoder(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("context_encoder", "contextencoder")
    seen = observed(module, "", "main.14", "main.17", "main.26")
    plane, hole = golden.picture(inputs)
    filled = inpainter_of({"contextencoder": module}).fill(plane, hole)
    output = seen[""][1]
    pasted = _planes(2 * inputs["image"].astype(np.float32) / 255 - 1)
    pasted[:, :, 32:96, 32:96] = output
    return {
        "act_after_5th_down_ch0_8": seen["main.14"][1][:, :8],
        "bottleneck_act_first200": seen["main.17"][1][:, :200],
        "dec_16px_ch0_8": seen["main.26"][1][:, :8],
        "net_input": seen[""][0],
        "net_output": output,
        "composite_paste64_float": pasted,
        "composite_float": _planes(2 * filled - 1),
        "composite": rounded(filled),
    }


def shiftnet(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("shiftnet", "shiftnet")
    seen = observed(module, "", "shift")
    filled = inpainter_of({"shiftnet": module}).fill(*golden.picture(inputs))
    given, shifted = seen["shift"]
    former, latter = given[0].chunk(2)
    hole = torch.from_numpy(inputs["mask"][::8, ::8] > 127)
    places, sources, cosines = partners(former, latter, hole)
    return {
        "shift_former_ch0_8": former[None, :8],
        "shift_latter_ch0_8": latter[None, :8],
        "shift_result_ch0_8": shifted[:, 2 * len(former) :][:, :8],
        "shift_flag": hole,
        "shift_masked_index": places,
        "shift_source_index": sources,
        "shift_best_cosine": cosines,
        "net_output": seen[""][1],
        "composite_float": _planes(2 * filled - 1),
        "composite": rounded(filled),
    }


_PRVS_PARTS = ("", "enc_1", "enc_2", "enc_3", "enc_8", "dec_8", "dec_3", "dec_2", "dec_1")
_PRVS_EDGES = {"enc_1_edge": "enc_1", "enc_2_edge": "enc_2", "edge_small": "dec_2"}


def prvs(reference: Reference, inputs: Arrays) -> Arrays:
    """Run the network on the edges that the reference found in the complete picture."""
    module = reference.module("prvs", "prvs")
    seen = {name: out for name, (_, out) in _run_prvs(module, inputs).items()}
    output = seen.pop("")
    filled = output[0].permute(1, 2, 0).numpy()
    found = {}
    for name, (features, known, *_) in seen.items():
        kept = 1 if name in ("enc_1", "dec_2") else 8
        found[f"{name}_feat_ch0_{kept}"] = features[:, :kept]
        found[f"{name}_mask_ch0"] = known[:, :1]
    return {
        **found,
        **{name: seen[part][2] for name, part in _PRVS_EDGES.items()},
        "edge_big": seen["dec_1"][2],
        "final_mask_ch0": seen["dec_1"][1],
        "net_input_edge": _prvs_input(inputs)[None, None, ..., 3],
        "net_output": output,
        "composite_float": _planes(filled),
        "composite": rounded(filled),
    }


def _prvs_input(inputs: Arrays) -> np.ndarray:
    plane, hole = golden.picture(inputs)
    return prvs_input(plane, hole, inputs["edge_canny_sigma2_full_image"] > 0)


def _run_prvs(module: torch.nn.Module, inputs: Arrays) -> dict[str, tuple]:
    seen = observed(module, *_PRVS_PARTS)
    applied(module, _prvs_input(inputs)[None], Compute())
    return seen


ENCODERS = (
    Subject("Context Encoder", "contextencoder", "", "context_encoder", context_encoder),
    Subject("Shift-Net", "shiftnet", "", "shiftnet", shiftnet),
    Subject("PRVS", "prvs", "", "prvs", prvs),
)
