"""In which colours invented pixels are outlined, by where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.pipeline.origin import Origin
from napari_greyfill.viewer.layers.colours import (
    CLEAR,
    COPIED,
    CORRECTED,
    INFERRED,
    LIT,
    Colour,
    with_opacity,
)

if TYPE_CHECKING:
    from napari.utils.colormaps import DirectLabelColormap

__all__ = ["COLOURS", "is_outline", "outline_colours"]

COLOURS: dict[Origin, Colour] = {
    Origin.INFERRED: INFERRED,
    Origin.CORRECTED: CORRECTED,
    Origin.COPIED: COPIED,
}
_NAME = "outline"


def outline_colours(origin: Origin) -> DirectLabelColormap:
    """Return the colours of a layer: label 1 was invented, 2 corrected by the light let through.

    Parameters
    ----------
    origin : Origin
        Where it comes from.
    """
    from napari.utils.colormaps import DirectLabelColormap

    name = f"{_NAME} {origin.name.lower()}"
    shown = {1: with_opacity(COLOURS[origin]), 2: with_opacity(LIT), None: CLEAR}
    return DirectLabelColormap(color_dict=shown, name=name)


def is_outline(name: str) -> bool:
    """Return whether colours of a name are ours, and not chosen by the user."""
    return name.startswith(_NAME)
