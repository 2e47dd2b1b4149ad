"""What there is to know about a published network: `Network`, its variants and their layouts.

Each network's folder has one `Network`. Which checkpoints it takes, what they are recognised by,
how large pictures must be and what is published are read from there and from nowhere else. What a
network's folder needs to describe it can be had from here; the parts are in `variants.py` and
`tensors.py`. Torch is imported by the functions that build modules, not by this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.tensors import (
    COLOURS,
    StateDict,
    ends_fit,
    shape_of,
    within,
)
from napari_greyfill.inpaint.networks.variants import Descriptor, Variant
from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.base import NetworkInpainter

__all__ = [
    "COLOURS",
    "Descriptor",
    "Network",
    "StateDict",
    "Variant",
    "ends_fit",
    "shape_of",
    "within",
]


@dataclass(frozen=True)
class Network:
    """A published network.

    Attributes
    ----------
    name : str
        What its folder is called.
    title : str
        What people read in menus and messages.
    summary : str
        A sentence or two: how it works and what it is good for.
    citation : str
        The publication it comes from.
    code : str
        The address of its authors' code.
    code_licence : str
        The licence of that code, none of which is used here.
    variants : tuple of Variant
    inpainter : callable
        Returns the class of the inpainter that runs it; imported when it is asked for.
    checkpoints : tuple of CheckpointInfo
        What is published.
    default_method : str
        Which of its methods to begin with; empty if nothing is published.
    note : str
        What people should know before they fetch checkpoints, in Markdown, for the docs.
    bad_at : str
        What it does badly, in a sentence or two, for the docs.
    slow : str
        How long it takes, if so long that it runs only where somebody has chosen it.
    """

    name: str
    title: str
    summary: str
    citation: str
    code: str
    code_licence: str
    variants: tuple[Variant, ...]
    inpainter: Callable[[], type[NetworkInpainter]]
    checkpoints: tuple[CheckpointInfo, ...] = ()
    default_method: str = ""
    note: str = ""
    bad_at: str = ""
    slow: str = ""

    @property
    def descriptors(self) -> tuple[Descriptor, ...]:
        """Every checkpoint layout."""
        return tuple(layout for variant in self.variants for layout in variant.descriptors)

    def data_sets(self, variant: Variant) -> list[str]:
        """Return the names of the data sets that a variant has checkpoints of, from their ids."""
        first = variant.descriptors[0].name
        found = [each.id for each in self.checkpoints if each.descriptor == first]
        return [name.removeprefix(f"{first}-") for name in found]

    def published(self, variant: Variant, data_set: str) -> tuple[CheckpointInfo, ...]:
        """Return the checkpoints that make a variant a method, one for each layout."""
        wanted = [f"{layout.name}-{data_set}" for layout in variant.descriptors]
        by_id = {each.id: each for each in self.checkpoints}
        return tuple(by_id[name] for name in wanted)
