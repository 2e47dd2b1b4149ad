"""Every colorization method, by name. A new one is one `add`."""

from __future__ import annotations

from napari_greyfill.colorization.base import Colorizer
from napari_greyfill.colorization.progressive import Progressive, Published
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.methodinfo import MethodInfo, Registry, installed

__all__ = ["COLORIZERS", "colorizers"]

COLORIZERS: Registry[Colorizer] = Registry(auto="propagation")

COLORIZERS.add(
    MethodInfo(
        "propagation",
        "Propagation (closed form)",
        "colorizer",
        summary="Lets colour flow from the rim along equal grey; takes a fraction of a second.",
        citation="after Levin, Lischinski and Weiss 2004, doi 10.1145/1015706.1015780",
    ),
    Propagation,
)
_TORCH = installed("torch", "torch")
_CITATION = "Wang, Ouyang and Chen, CVPR 2021, arXiv 2104.09068"
COLORIZERS.add(
    MethodInfo(
        "progressive",
        "Progressive network",
        "colorizer",
        summary="Learns grey to colour from this image alone, coarse to fine; takes minutes.",
        citation=_CITATION,
        uses_torch=True,
    ),
    Progressive,
    why_not=_TORCH,
)
COLORIZERS.add(
    MethodInfo(
        "published",
        "Progressive network, published schedule",
        "colorizer",
        summary="The published training schedule, unchanged, for comparison; takes many "
        "minutes, does not keep the grey it was given, and now and then collapses.",
        citation=_CITATION,
        uses_torch=True,
    ),
    Published,
    why_not=_TORCH,
)


def colorizers() -> list[MethodInfo]:
    """Return every colorization method, whether or not it can run here."""
    return COLORIZERS.infos()
