"""In which colours invented pixels are outlined, by where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_greyfill.pipeline.origin import Origin

if TYPE_CHECKING:
    from napari.utils.colormaps import DirectLabelColormap

__all__ = ["COLOURS", "is_outline", "outline_colours"]

Colour = tuple[float, float, float, float]
COLOURS: dict[Origin, Colour] = {
    Origin.INFERRED: (0.2, 0.9, 1.0, 1.0),
    Origin.CORRECTED: (0.4, 1.0, 0.3, 1.0),
    Origin.COPIED: (1.0, 0.7, 0.1, 1.0),
}
_NAME = "outline"


def outline_colours(origin: Origin) -> DirectLabelColormap:
    """Return the colours of a layer whose label 1 is what was invented.

    Parameters
    ----------
    origin : Origin
        Where it comes from.
    """
    from napari.utils.colormaps import DirectLabelColormap

    name = f"{_NAME} {origin.name.lower()}"
    return DirectLabelColormap(color_dict={1: COLOURS[origin], None: "transparent"}, name=name)


def is_outline(name: str) -> bool:
    """Return whether colours of a name are ours, and not chosen by the user."""
    return name.startswith(_NAME)
