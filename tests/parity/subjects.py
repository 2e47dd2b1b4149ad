"""What is compared: each network in each layout and variant."""

from collections.abc import Callable

import numpy as np
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.networks.deepfillv2.attention import (
    ContextualAttention,
    picked,
    reduced,
    valid_patches,
)
from napari_greyfill.inpaint.networks.deepfillv2.description import build
from napari_greyfill.inpaint.networks.deepfillv2.layouts import (
    OPENMMLAB,
    PT,
    TF,
    TF_FUSED,
    TF_PORT,
)
from napari_greyfill.inpaint.networks.edgeconnect.inpainter import (
    brightness,
    completion_input,
    known_edges,
)
from napari_greyfill.inpaint.networks.edgeconnect.network import spectral_norm
from napari_greyfill.inpaint.networks.modules import applied
from tests import golden
from tests.networks import inpainter_of
from tests.parity import aotgan, deepfillv1, glcic, pconv
from tests.parity.encoders import ENCODERS
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import observed, rounded, truncated

__all__ = ["SUBJECTS"]


# GMCNN

_GMCNN_PROBES = {
    "probe_eb1_last_conv": ("EB1.11", np.s_[:, ::16, ::3, ::3]),
    "probe_eb2_out": ("EB2", np.s_[:, ::16, ::5, ::5]),
    "probe_eb3_out": ("EB3.17", np.s_[:, ::8, ::5, ::5]),
    "probe_dec0": ("decoding_layers.0", np.s_[:, ::4, ::5, ::5]),
    "net_output": ("", np.s_[:]),
}


def gmcnn(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("gmcnn", "gmcnn")
    seen = observed(module, *(part for part, _ in _GMCNN_PROBES.values()))
    filled = inpainter_of({"gmcnn": module}).fill(*golden.picture(inputs))
    probes = {name: seen[part][1][kept] for name, (part, kept) in _GMCNN_PROBES.items()}
    return {"net_input": seen[""][0], **probes, "composite": truncated(filled)}


# EdgeConnect

_EDGE, _INPAINT = "edgeconnect-edge", "edgeconnect-inpaint"
_PARTS = ("", "encoder", "middle")


def _known(inputs: Arrays) -> Arrays:
    """Return grey and edges, which come before both networks."""
    grey = brightness(inputs["image"].astype(np.float32) / np.float32(255))
    plane, hole = golden.picture(inputs)
    edges = known_edges(brightness(plane), hole)
    return {"gray": grey[None, None], "canny": edges[None, None]}


def _of_one(seen: dict[str, tuple]) -> Arrays:
    return {
        "net_input": seen[""][0],
        "net_output": seen[""][1],
        "probe_encoder": seen["encoder"][1][:, ::16],
        "probe_middle": seen["middle"][1][:, ::16],
    }


def _in_a_row(reference: Reference, inputs: Arrays) -> tuple[np.ndarray, dict, dict]:
    """Return the filled picture and what both networks saw and gave."""
    edge = reference.module("edgeconnect_edge", _EDGE)
    inpaint = reference.module("edgeconnect_inpaint", _INPAINT)
    seen = observed(edge, *_PARTS), observed(inpaint, *_PARTS)
    inpainter = inpainter_of({_EDGE: edge, _INPAINT: inpaint})
    return inpainter.fill(*golden.picture(inputs)), *seen


def edge_generator(reference: Reference, inputs: Arrays) -> Arrays:
    _, seen, _ = _in_a_row(reference, inputs)
    edges = truncated(seen[""][1][0, 0].numpy())
    return {**_known(inputs), **_of_one(seen), "composite": edges}


def completion_network(reference: Reference, inputs: Arrays) -> Arrays:
    """Run the completion network on the edges of the known pixels."""
    module = reference.module("edgeconnect_inpaint", _INPAINT)
    seen = observed(module, *_PARTS)
    plane, hole = golden.picture(inputs)
    edges = known_edges(brightness(plane), hole)[..., None]
    (filled,) = applied(module, completion_input(plane, hole, edges)[None], Compute())
    return {**_known(inputs), **_of_one(seen), "composite": truncated(filled)}


def both_networks(reference: Reference, inputs: Arrays) -> Arrays:
    filled, edge, inpaint = _in_a_row(reference, inputs)
    return {
        **_known(inputs),
        "edge_net_input": edge[""][0],
        "edge_net_output": edge[""][1],
        "inpaint_net_input": inpaint[""][0],
        "inpaint_net_output": inpaint[""][1],
        "composite": truncated(filled),
    }


def spectral_norms(reference: Reference, inputs: Arrays) -> Arrays:
    state = reference.state("edgeconnect_edge")
    norms = []
    for name in inputs["sn_sigma_module"]:
        parts = (state[f"{name}.weight_{part}"] for part in ("orig", "u", "v"))
        axis = 1 if name.startswith("decoder") else 0
        norms.append(spectral_norm(*parts, axis).item())
    return {"sn_sigma": np.array(norms)}


# DeepFill v2

_DEEPFILL_PARTS = (
    "",
    "coarse",
    "coarse.encoder",
    "coarse.neck",
    "fine",
    "fine.neck",
    "fine.attention_encoder",
    "fine.attention",
    "fine.attention.softmax",
)


def _deepfillv2(module: torch.nn.Module, inputs: Arrays) -> tuple[np.ndarray, dict[str, tuple]]:
    """Return the filled picture and what the parts saw and gave."""
    seen = observed(module, *_DEEPFILL_PARTS)
    inpainter = inpainter_of({module.layout.name: module})
    return inpainter.fill(*golden.picture(inputs, 8)), seen


def _softmax(seen: dict[str, tuple]) -> torch.Tensor:
    """Return the softmax as (1, patches, rows, columns)."""
    _, out = seen["fine.attention.softmax"]
    height, width = seen["fine.attention"][1].shape[2:]
    return out.T.reshape(1, -1, height // 2, width // 2)


def _deepfillv2_arrays(filled: np.ndarray, seen: dict[str, tuple]) -> Arrays:
    return {
        "net_input": seen[""][0],
        "net_mask": seen[""][0][:, 4:],
        "stage1": seen["coarse"][1],
        "stage2_input": seen["fine"][0],
        "probe_conv_branch": seen["fine.neck"][1][:, ::8],
        "ca_input": seen["fine.attention"][0][:, ::4],
        "ca_output": seen["fine.attention"][1][:, ::4],
        "ca_softmax": _softmax(seen),
        "net_output": seen[""][1],
        "composite": truncated(filled),
    }


def pytorch(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("deepfillv2", PT.name)
    return _deepfillv2_arrays(*_deepfillv2(module, inputs))


def tensorflow(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("deepfillv2_tf", TF.name)
    assert module.layout == TF
    return _deepfillv2_arrays(*_deepfillv2(module, inputs))


def ported(reference: Reference, inputs: Arrays) -> Arrays:
    module = build(TF_PORT, reference.state("deepfillv2_tf"))
    return _deepfillv2_arrays(*_deepfillv2(module, inputs))


def fused(reference: Reference, inputs: Arrays) -> Arrays:
    module = build(TF_FUSED, reference.state("deepfillv2_tf"))
    return _deepfillv2_arrays(*_deepfillv2(module, inputs))


def picked_rows(_: Reference, inputs: Arrays) -> Arrays:
    lengths = {name: int(name.rpartition("_")[2]) for name in inputs}
    return {name: picked(n, len(inputs[name]), True) for name, n in lengths.items()}


def openmmlab(reference: Reference, inputs: Arrays) -> Arrays:
    filled, seen = _deepfillv2(reference.module("deepfillv2_mm", OPENMMLAB.name), inputs)
    softmax = _softmax(seen)
    height, width = softmax.shape[2:]

    def of_query(row: int, column: int) -> torch.Tensor:
        return softmax[:, :, row, column].reshape(1, height, width)

    return {
        "net_input": seen[""][0],
        "stage1_out": seen["coarse"][1],
        "s1_enc_out_ch0_8": seen["coarse.encoder"][1][:, :8],
        "s1_dilated_out_ch0_8": seen["coarse.neck"][1][:, :8],
        "s2_dilated_out_ch0_8": seen["fine.neck"][1][:, :8],
        "s2_att_enc_out_ch0_16": seen["fine.attention_encoder"][1][:, :16],
        "att_out": seen["fine.attention"][1][:, :16],
        "att_argmax_index": softmax.argmax(dim=1),
        "att_max_score": softmax.amax(dim=1),
        "att_score_query_row0col0": of_query(0, 0),
        "att_score_query_mid": of_query(height // 2, width // 2),
        "net_output": seen[""][1],
        "composite_float": (2 * filled - 1)[..., ::-1].transpose(2, 0, 1)[None],
        "composite": rounded(filled),
    }


def openmmlabs_attention(_: Reference, inputs: Arrays) -> Arrays:
    """Run the attention alone on a small map, with and without a mask."""
    attention = ContextualAttention(OPENMMLAB.attention)
    seen = observed(attention, "softmax")
    mask = torch.from_numpy(inputs["ca_unit_mask"])[0, 0]
    given = torch.from_numpy(inputs["ca_unit_in"])

    def run(mask: torch.Tensor) -> torch.Tensor:
        return attention(given, valid_patches(reduced(mask, 2, False))[None])

    without = run(torch.zeros_like(mask))
    return {
        "ca_unit_out_nomask": without,
        "ca_unit_out": run(mask),
        "ca_unit_scores": seen["softmax"][1].T.reshape(1, 80, 8, 10),
    }


SUFFIXES = ("_fuse", "_orig")
AFTER_ATTENTION = ("ca_softmax", "ca_output", "net_output", "composite")


def _plain(name: str) -> str | None:
    return None if name.endswith(SUFFIXES) else name


def _with(suffix: str) -> Callable[[str], str | None]:
    """Take a variant's twins, and what comes before the attention, the same in all variants."""

    def ours(name: str) -> str | None:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
        return None if name in AFTER_ATTENTION else _plain(name)

    return ours


def _alone(name: str) -> str | None:
    return name if name.startswith("ca_unit") else None


def _not_alone(name: str) -> str | None:
    return None if _alone(name) else name


_GMCNN, _EDGECONNECT, _DEEPFILL = "GMCNN", "EdgeConnect", "DeepFill v2"
_BOTH = f"{_EDGE}, {_INPAINT}"
_TF_FILE, _MM_FILE = "deepfillv2_tf", "deepfillv2_mm"

SUBJECTS = (
    Subject(_GMCNN, "gmcnn", "", "gmcnn", gmcnn),
    Subject(_EDGECONNECT, _EDGE, "", "edgeconnect_edge", edge_generator),
    Subject(_EDGECONNECT, _EDGE, "norms", "edgeconnect_edge", spectral_norms, cases=("",)),
    Subject(_EDGECONNECT, _INPAINT, "known edges", "edgeconnect_inpaint", completion_network),
    Subject(_EDGECONNECT, _BOTH, "in a row", "edgeconnect", both_networks),
    Subject(_DEEPFILL, PT.name, "", "deepfillv2", pytorch),
    Subject(_DEEPFILL, TF.name, "as TensorFlow", _TF_FILE, tensorflow, _with("_orig")),
    Subject(_DEEPFILL, TF.name, "fused", _TF_FILE, fused, _with("_fuse")),
    Subject(_DEEPFILL, TF.name, "as ported", _TF_FILE, ported, _plain),
    Subject(_DEEPFILL, TF.name, "rows", _TF_FILE, picked_rows, cases=("index",)),
    Subject(_DEEPFILL, OPENMMLAB.name, "", _MM_FILE, openmmlab, _not_alone),
    Subject(_DEEPFILL, OPENMMLAB.name, "attention alone", _MM_FILE, openmmlabs_attention, _alone),
    *deepfillv1.SUBJECTS,
    Subject(
        "DeepFill v1",
        "deepfillv1-mm",
        "attention alone",
        "deepfillv1_mm",
        openmmlabs_attention,
        _alone,
    ),
    *glcic.SUBJECTS,
    *pconv.SUBJECTS,
    *aotgan.SUBJECTS,
    *ENCODERS,
)
