"""LaMa, from the tensors of a training checkpoint."""

from tests import golden
from tests.networks import inpainter_of
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import observed, rounded

__all__ = ["SUBJECTS"]

_LAYERS = ("model.4", "model.5", "model.22")


def lama(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("lama_big", "lama-ckpt")
    seen = observed(module, "", *_LAYERS)
    filled = inpainter_of({"lama-ckpt": module}).fill(*golden.picture(inputs, 8))
    parts = {}
    for layer in _LAYERS:
        near, far = (part[:, :8] for part in seen[layer][1])
        name = layer.replace(".", "_")
        parts |= {f"{name}_local_ch0_8": near, f"{name}_global_ch0_8": far}
    return {
        "net_input": seen[""][0],
        **parts,
        "net_output": seen[""][1],
        "composite_float": filled.transpose(2, 0, 1)[None],
        "composite": rounded(filled),
    }


SUBJECTS = (Subject("LaMa", "lama-ckpt", "", "lama_big", lama),)
