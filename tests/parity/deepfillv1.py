"""DeepFill v1 is compared."""

import torch

from tests import golden
from tests.networks import inpainter_of
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import as_bgr, observed, rounded

__all__ = ["SUBJECTS"]

_LAYOUT = "deepfillv1-mm"
_NECK = "stage2.contextual_attention_neck.contextual_attention"
_PARTS = (
    "",
    "stage1",
    "stage1.encoder",
    "stage1.dilation_neck",
    "stage2.dilation_neck",
    "stage2.encoder_attention",
    _NECK,
    f"{_NECK}.softmax",
)


def openmmlab(reference: Reference, inputs: Arrays) -> Arrays:
    module = reference.module("deepfillv1_mm", _LAYOUT)
    seen = observed(module, *_PARTS)
    filled = inpainter_of({_LAYOUT: module}).fill(*golden.picture(inputs, 8))
    height, width = (side // 2 for side in seen[_NECK][1].shape[2:])
    softmax = seen[f"{_NECK}.softmax"][1].T.reshape(1, -1, height, width)

    def of_query(row: int, column: int) -> torch.Tensor:
        return softmax[:, :, row, column].reshape(1, height, width)

    return {
        "net_input": seen[""][0],
        "stage1_out": seen["stage1"][1],
        "s1_enc_out_ch0_8": seen["stage1.encoder"][1][:, :8],
        "s1_dilated_out_ch0_8": seen["stage1.dilation_neck"][1][:, :8],
        "s2_dilated_out_ch0_8": seen["stage2.dilation_neck"][1][:, :8],
        "s2_att_enc_out_ch0_16": seen["stage2.encoder_attention"][1][:, :16],
        "att_out": seen[_NECK][1][:, :16],
        "att_argmax_index": softmax.argmax(dim=1),
        "att_max_score": softmax.amax(dim=1),
        "att_score_query_row0col0": of_query(0, 0),
        "att_score_query_mid": of_query(height // 2, width // 2),
        "net_output": seen[""][1],
        "composite_float": as_bgr(filled),
        "composite": rounded(filled),
    }


def _not_alone(name: str) -> str | None:
    """Leave out the attention alone, which is OpenMMLab's of DeepFill v2."""
    return None if name.startswith("ca_unit") else name


SUBJECTS = (Subject("DeepFill v1", _LAYOUT, "", "deepfillv1_mm", openmmlab, _not_alone),)
