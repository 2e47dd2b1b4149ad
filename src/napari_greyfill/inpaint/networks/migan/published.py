"""The checkpoints that are published for MI-GAN."""

from __future__ import annotations

from napari_greyfill.weights.catalogue import CheckpointInfo

__all__ = ["CHECKPOINTS", "CITATION"]

CITATION = (
    "A. Sargsyan, S. Navasardyan, X. Xu, H. Shi: MI-GAN: A Simple Baseline for Image Inpainting "
    "on Mobile Devices, ICCV 2023, pp. 7335-7345"
)
_MASKS = "free-form strokes and boxes"
_LICENCE = "MIT"
_FOLDER = "https://drive.google.com/drive/folders/1xNtvN2lto0p5yFKOEEg9RioMjGrYM74w"

CHECKPOINTS = (
    CheckpointInfo(
        id="migan-places2",
        network="migan",
        descriptor="migan",
        title="MI-GAN (512), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=512,
        good_for="General photographs on a computer without a graphics card: 27 MB, and quick.",
        url="https://github.com/Sanster/models/releases/download/migan/migan_traced.pt",
        page="https://github.com/Sanster/models/releases/tag/migan",
        published_as="migan_traced.pt",
        file="migan_traced.pt",
        md5="76eb3b1a71c400ee3290524f7a11b89c",
        licence=_LICENCE,
        citation=CITATION,
        program=True,
        rank=2,
    ),
    CheckpointInfo(
        id="migan-pt-places2",
        network="migan",
        descriptor="migan-pt",
        title="MI-GAN (512, authors' tensors), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=512,
        good_for="General photographs; the same network as migan-places2, as tensors and not as a "
        "program.",
        page=_FOLDER,
        published_as="migan_512_places2.pt",
        file="migan_512_places2.pt",
        licence=_LICENCE,
        citation=CITATION,
    ),
    CheckpointInfo(
        id="migan-pt-places2-256",
        network="migan",
        descriptor="migan-pt",
        title="MI-GAN (256, authors' tensors), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=256,
        good_for="General photographs, small ones.",
        page=_FOLDER,
        published_as="migan_256_places2.pt",
        file="migan_256_places2.pt",
        licence=_LICENCE,
        citation=CITATION,
    ),
    CheckpointInfo(
        id="migan-pt-ffhq",
        network="migan",
        descriptor="migan-pt",
        title="MI-GAN (256, authors' tensors), FFHQ",
        training_data="FFHQ (faces)",
        masks=_MASKS,
        size=256,
        good_for="Faces.",
        page=_FOLDER,
        published_as="migan_256_ffhq.pt",
        file="migan_256_ffhq.pt",
        licence="MIT (the pictures of FFHQ: CC BY-NC-SA 4.0)",
        citation=CITATION,
    ),
)
