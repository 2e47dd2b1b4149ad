"""The checkpoints that are published for GLCIC."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.openmmlab import openmmlab_checkpoint
from napari_greyfill.weights.catalogue import CheckpointInfo

__all__ = ["CHECKPOINTS", "CITATION"]

CITATION = (
    "S. Iizuka, E. Simo-Serra, H. Ishikawa: Globally and Locally Consistent Image Completion, "
    "ACM Transactions on Graphics 36(4), article 107, 2017"
)
_BOX = "one box of up to 128 pixels"

CHECKPOINTS = (
    openmmlab_checkpoint(
        "glcic-mm",
        "places365",
        "GLCIC",
        "global_local/gl_256x256_8x12_places_20200619-52a040a8.pth",
        configs="global_local",
        masks=_BOX,
        good_for="General photographs, with one box of up to half of the picture's side; 24 MB "
        "and a discriminator of tens of MB.",
        citation=CITATION,
    ),
    openmmlab_checkpoint(
        "glcic-mm",
        "celebahq",
        "GLCIC",
        "global_local/gl_256x256_8x12_celeba_20200619-5af0493f.pth",
        configs="global_local",
        masks=_BOX,
        good_for="Faces, with one box of up to half of the picture's side; 24 MB and a "
        "discriminator of tens of MB.",
        citation=CITATION,
    ),
    CheckpointInfo(
        id="glcic-otenim-celeba",
        network="glcic",
        descriptor="glcic-otenim",
        title="GLCIC (CelebA, for PyTorch)",
        training_data="CelebA (faces)",
        masks="one box",
        size=160,
        good_for="Faces, with one box-like hole; about 24 MB.",
        page="https://drive.google.com/file/d/1hsi1Fy0ITiZYTsJ_De-nAVUciuJ8Bql9/view",
        file="glcic_otenim_celeba_model_cn.pth",
        licence="not stated for the weights (code: MIT); CelebA is for non-commercial research",
        citation=CITATION,
    ),
)
