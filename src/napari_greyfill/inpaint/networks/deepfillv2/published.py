"""The checkpoints that are published for DeepFill v2."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.openmmlab import openmmlab_checkpoint
from napari_greyfill.weights.catalogue import CheckpointInfo

__all__ = ["CHECKPOINTS", "CITATION"]

CITATION = (
    "J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang: Free-Form Image Inpainting with Gated "
    "Convolution, ICCV 2019, arXiv:1806.03589"
)
_PT_LICENCE = (
    "not stated for these files; made from weights under CC BY-NC 4.0, for education and academic "
    "research only"
)
_TF_LICENCE = (
    "not stated for the converted files; the original weights are CC BY-NC 4.0, for education and "
    "academic research only"
)
_STROKES = "rectangles and strokes of up to 128 pixels"

CHECKPOINTS = (
    CheckpointInfo(
        id="deepfillv2-pt-places2",
        network="deepfillv2",
        descriptor="deepfillv2-pt",
        title="DeepFill v2 (fine-tuned for PyTorch), Places2",
        training_data="Places2 (scenes)",
        masks=_STROKES,
        size=256,
        good_for="General photographs, with strokes or holes of up to 128 pixels.",
        page="https://drive.google.com/file/d/1L63oBNVgz7xSb_3hGbUdkYW1IuRgMkCa/view",
        published_as="states_pt_places2.pth",
        file="states_pt_places2.pth",
        licence=_PT_LICENCE,
        citation=CITATION,
    ),
    CheckpointInfo(
        id="deepfillv2-pt-celebahq",
        network="deepfillv2",
        descriptor="deepfillv2-pt",
        title="DeepFill v2 (fine-tuned for PyTorch), CelebA-HQ",
        training_data="CelebA-HQ (faces)",
        masks=_STROKES,
        size=256,
        good_for="Faces, with strokes or holes of up to 128 pixels.",
        page="https://drive.google.com/file/d/17oJ1dJ9O3hkl2pnl8l2PtNVf2WhSDtB7/view",
        published_as="states_pt_celebahq.pth",
        file="states_pt_celebahq.pth",
        licence=_PT_LICENCE,
        citation=CITATION,
    ),
    CheckpointInfo(
        id="deepfillv2-tf-places2",
        network="deepfillv2",
        descriptor="deepfillv2-tf",
        title="DeepFill v2 (converted from TensorFlow), Places2",
        training_data="Places2 (scenes)",
        masks=_STROKES,
        size=256,
        good_for="General photographs, with strokes or holes of up to 128 pixels; the original "
        "authors' weights.",
        page="https://drive.google.com/file/d/1tvdQRmkphJK7FYveNAKSMWC6K09hJoyt/view",
        published_as="states_tf_places2.pth",
        file="states_tf_places2.pth",
        licence=_TF_LICENCE,
        citation=CITATION,
    ),
    CheckpointInfo(
        id="deepfillv2-tf-celebahq",
        network="deepfillv2",
        descriptor="deepfillv2-tf",
        title="DeepFill v2 (converted from TensorFlow), CelebA-HQ",
        training_data="CelebA-HQ (faces)",
        masks=_STROKES,
        size=256,
        good_for="Faces, with strokes or holes of up to 128 pixels; the original authors' "
        "weights.",
        page="https://drive.google.com/file/d/1fTQVSKWwWcKYnmeemxKWImhVtFQpESmm/view",
        published_as="states_tf_celebahq.pth",
        file="states_tf_celebahq.pth",
        licence=_TF_LICENCE,
        citation=CITATION,
    ),
    openmmlab_checkpoint(
        "deepfillv2-mm",
        "places365",
        "DeepFill v2",
        "deepfillv2/deepfillv2_256x256_8x2_places_20200619-10d15793.pth",
        configs="deepfillv2",
        masks="free-form strokes",
        good_for="General photographs, with strokes; downloads in one step, so start with this "
        "one.",
        citation=CITATION,
    ),
    openmmlab_checkpoint(
        "deepfillv2-mm",
        "celebahq",
        "DeepFill v2",
        "deepfillv2/deepfillv2_256x256_8x2_celeba_20200619-c96e5f12.pth",
        configs="deepfillv2",
        masks="free-form strokes",
        good_for="Faces, with strokes; downloads in one step, so start with this one for faces.",
        citation=CITATION,
    ),
)
