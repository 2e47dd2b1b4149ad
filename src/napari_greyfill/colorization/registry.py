"""Every colorization method, by name. A new one is one `add`."""

from __future__ import annotations

from functools import partial

from napari_greyfill.colorization.base import Colorizer
from napari_greyfill.colorization.guard import Guarded
from napari_greyfill.colorization.hybrid import Examples, Hybrid
from napari_greyfill.colorization.progressive import Progressive
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.colorization.published import Published
from napari_greyfill.compute.plugins import COLORIZERS as GROUP
from napari_greyfill.compute.plugins import methods_from_outside
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.compute.registry import MethodInfo, Registry

__all__ = ["COLORIZERS", "colorizers"]

COLORIZERS: Registry[Colorizer] = Registry(
    auto="hybrid",
    kind="colorizer",
    others=partial(methods_from_outside, GROUP, "colorizer", lambda: Colorizer),
)

_EXAMPLES = "Welsh, Ashikhmin and Mueller 2002, doi 10.1145/566654.566576"
_PROPAGATION = "Levin, Lischinski and Weiss 2004, doi 10.1145/1015706.1015780"
COLORIZERS.add(
    MethodInfo(
        "hybrid",
        "Examples and propagation",
        "colorizer",
        summary="Takes the colour of similar places of the picture where they agree, and lets "
        "it flow in from the rim where they do not; takes about a second.",
        citation=f"after {_PROPAGATION}, and {_EXAMPLES}",
        takes_cuda=True,
    ),
    Hybrid,
)
COLORIZERS.add(
    MethodInfo(
        "examples",
        "Examples",
        "colorizer",
        summary="Takes the colour of similar places of the picture everywhere, for comparison.",
        citation=f"after {_EXAMPLES}",
        takes_cuda=True,
    ),
    Examples,
)
COLORIZERS.add(
    MethodInfo(
        "propagation",
        "Propagation (closed form)",
        "colorizer",
        summary="Lets colour flow from the rim along equal grey; takes a fraction of a second.",
        citation=f"after {_PROPAGATION}",
        takes_cuda=True,
    ),
    Propagation,
)
_CITATION = "Wang, Ouyang and Chen, CVPR 2021, arXiv 2104.09068"
COLORIZERS.add(
    MethodInfo(
        "progressive",
        "Progressive network",
        "colorizer",
        summary="Learns from this image alone where the default's colours are wrong, in some "
        "seconds. Photographs nearly always keep the default's; it can help where areas of "
        "equal grey differ in colour and texture.",
        citation=f"after {_CITATION}",
        uses_torch=True,
        by_chance=True,
    ),
    partial(
        Guarded,
        Progressive,
        instead=Hybrid,
        title="The progressive network",
        instead_title="the default method",
    ),
    why_not=lacking_torch,
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
        by_chance=True,
    ),
    partial(Guarded, Published, title="The published schedule"),
    why_not=lacking_torch,
)


def colorizers() -> list[MethodInfo]:
    """Return every colorization method, whether or not it can run here.

    Examples
    --------
    >>> "hybrid" in [info.name for info in colorizers()]
    True
    """
    return COLORIZERS.infos()
