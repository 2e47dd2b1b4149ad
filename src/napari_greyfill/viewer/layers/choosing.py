"""Which layers can be chosen in a dock, and which were made by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.viewer.layers.own import source_of
from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION

if TYPE_CHECKING:
    from napari.layers import Layer

__all__ = ["is_choice", "is_made_here"]


def is_choice(layer: Layer) -> bool:
    """Return whether a layer can be chosen; previews and outlines of what was filled cannot."""
    made = layer.metadata.get(PROVENANCE, {})
    outline = isinstance(made, dict) and made.get("role") == REGION
    return PREVIEW not in layer.metadata and not outline


def is_made_here(layer: Layer) -> bool:
    """Return whether a layer came from a dock: a result, or what a preview shows.

    It can be chosen, but nothing is meant by its being selected, and it is nobody's reference.
    """
    return bool({PREVIEW, PROVENANCE} & set(layer.metadata)) or bool(source_of(layer))
