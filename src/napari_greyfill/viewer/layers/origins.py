"""In which colours invented pixels are outlined, by where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.pipeline.origin import Origin
from napari_greyfill.viewer.layers.colours import (
    CLEAR,
    COPIED,
    CORRECTED,
    INFERRED,
    RECORDED,
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
    Origin.RECORDED: RECORDED,
}
_NAME = "outline"


def outline_colours(origin: Origin) -> DirectLabelColormap:
    """Return the colours of a layer whose label 1 is what was invented, and 4 what was corrected.

    Parameters
    ----------
    origin : Origin
        Where it comes from.
    """
    from napari.utils.colormaps import DirectLabelColormap

    name = f"{_NAME} {origin.name.lower()}"
    colours = {1: COLOURS[origin], Origin.RECORDED.value: RECORDED}
    drawn = {label: with_opacity(colour) for label, colour in colours.items()}
    return DirectLabelColormap(color_dict={**drawn, None: CLEAR}, name=name)


def is_outline(name: str) -> bool:
    """Return whether colours of a name are ours, and not chosen by the user."""
    return name.startswith(_NAME)
