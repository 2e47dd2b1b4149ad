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
# For each file of the authors: its data set in ids and in menus, what it was trained on, the
# holes, what it is good for, and its name.
_AUTHORS = (
    (
        "places2",
        "Places2",
        "Places2 (scenes)",
        "one box",
        "General photographs, with one box of up to half of the picture's side; 47 MB.",
        "completionnet_places2.t7",
    ),
    (
        "places2-freeform",
        "Places2, free-form",
        "Places2 (scenes)",
        "free-form strokes",
        "General photographs, with strokes; about 47 MB.",
        "completionnet_places2_freeform.t7",
    ),
    (
        "celeba",
        "CelebA",
        "CelebA (faces)",
        "one box",
        "Faces, with one box; about 47 MB.",
        "completionnet_celeba.t7",
    ),
)

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
    *(
        CheckpointInfo(
            id=f"glcic-t7-{data}",
            network="glcic",
            descriptor="glcic-t7",
            title=f"GLCIC (the authors'), {name}",
            training_data=training_data,
            masks=masks,
            size=256,
            good_for=good_for,
            page="https://github.com/satoshiiizuka/siggraph2017_inpainting",
            published_as=file,
            file=file,
            licence="CC BY-NC-SA 4.0, not for commercial use",
            citation=CITATION,
        )
        for data, name, training_data, masks, good_for, file in _AUTHORS
    ),
)
