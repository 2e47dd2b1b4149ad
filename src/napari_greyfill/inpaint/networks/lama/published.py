"""The checkpoints that are published for LaMa."""

from __future__ import annotations

from napari_greyfill.weights.catalogue import CheckpointInfo

__all__ = ["CHECKPOINTS", "CITATION"]

CITATION = (
    "R. Suvorov, E. Logacheva, A. Mashikhin, A. Remizova, A. Ashukha, A. Silvestrov, N. Kong, "
    "H. Goka, K. Park, V. Lempitsky: Resolution-robust Large Mask Inpainting with Fourier "
    "Convolutions, WACV 2022, arXiv:2109.07161"
)
_MASKS = "free-form strokes of up to 100 pixels and boxes"
_SANSTER = "https://github.com/Sanster/models/releases"
_LICENCE = "Apache-2.0"

CHECKPOINTS = (
    CheckpointInfo(
        id="lama-places2",
        network="lama",
        descriptor="lama",
        title="LaMa (big), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=256,
        good_for="General photographs, large holes and what repeats; pictures of any size. The "
        "first to try.",
        url=f"{_SANSTER}/download/add_big_lama/big-lama.pt",
        page=f"{_SANSTER}/tag/add_big_lama",
        published_as="big-lama.pt",
        file="lama_big_places2.pt",
        bytes=205_669_692,
        sha256="344c77bbcb158f17dd143070d1e789f38a66c04202311ae3a258ef66667a9ea9",
        licence=_LICENCE,
        citation=CITATION,
        program=True,
        rank=1,
    ),
    CheckpointInfo(
        id="lama-places2-simple",
        network="lama",
        descriptor="lama",
        title="LaMa (big, as packed by simple-lama), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=256,
        good_for="The same network as lama-places2, packed by other people; get it only if the "
        "other address does not answer.",
        url="https://github.com/enesmsahin/simple-lama-inpainting/releases/download/v0.1.0/"
        "big-lama.pt",
        page="https://github.com/enesmsahin/simple-lama-inpainting/releases/tag/v0.1.0",
        published_as="big-lama.pt",
        file="lama_big_places2_simple.pt",
        bytes=205_803_670,
        sha256="7ba7aa7ac37a4d41fdbbeba3a2af7ead18058552997e3a3cd1a3b2210c9e6b4c",
        licence=_LICENCE,
        citation=CITATION,
        program=True,
    ),
    CheckpointInfo(
        id="lama-anime",
        network="lama",
        descriptor="lama",
        title="LaMa (big), anime and manga",
        training_data="anime and manga (drawings)",
        masks=_MASKS,
        size=256,
        good_for="Drawings in the style of comics, trained further by a third party.",
        url=f"{_SANSTER}/download/AnimeMangaInpainting/anime-manga-big-lama.pt",
        page=f"{_SANSTER}/tag/AnimeMangaInpainting",
        published_as="anime-manga-big-lama.pt",
        file="lama_big_anime.pt",
        md5="29f284f36a0a510bcacf39ecf4c4d54f",
        licence="not stated for the weights of the third party (LaMa itself: Apache-2.0)",
        citation=CITATION,
        program=True,
    ),
    CheckpointInfo(
        id="lama-ckpt-places2",
        network="lama",
        descriptor="lama-ckpt",
        title="LaMa (big, training checkpoint), Places2",
        training_data="Places2 (scenes)",
        masks=_MASKS,
        size=256,
        good_for="The same weights as lama-places2, as tensors and not as a program.",
        url="https://huggingface.co/smartywu/big-lama/resolve/main/big-lama.zip",
        page="https://huggingface.co/smartywu/big-lama",
        published_as="big-lama.zip",
        file="lama_big_places2.zip",
        licence=_LICENCE,
        citation=CITATION,
    ),
)
