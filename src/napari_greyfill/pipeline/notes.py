"""What users should know about a fill before it begins, as sentences."""

from __future__ import annotations

import numpy as np

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.image.alpha import about_transparent
from napari_greyfill.image.picture import Picture
from napari_greyfill.masks import inspected
from napari_greyfill.pipeline.options import FillOptions

__all__ = ["IN_COLOUR", "notes_of"]

IN_COLOUR = "This method copies colours, so grey and colour were filled in one (rgb-rgb)."


def notes_of(picture: Picture, options: FillOptions, method: MethodInfo) -> list[str]:
    """Return the sentences to say before anything is filled.

    Parameters
    ----------
    picture : Picture
        The checked picture with its hole.
    options : FillOptions
        What was chosen.
    method : MethodInfo
        What fills.
    """
    notes = [finding.sentence for finding in inspected(picture.original, picture.hole)]
    if picture.transparent:
        notes.append(about_transparent(picture.transparent, revealed=picture.revealed))
    plain = options.nodata is None and not isinstance(picture.original, np.ma.MaskedArray)
    what = "NaN or infinite" if plain else "NaN, infinite, masked or no-data"
    if picture.invalid:
        notes.append(
            f"{picture.invalid} pixels outside the mask were {what}; they were filled as well."
        )
    if picture.kept:
        notes.append(
            f"{picture.kept} pixels outside the mask are {what}; they were left as they are."
        )
    if not picture.is_colour and (options.pipeline != "grey-rgb" or options.colorizer != "auto"):
        notes.append("The image is grey, so there is no colour to recover: only stage 1 ran.")
    if method.non_commercial:
        notes.append(
            f"The weights of {method.title} are not for commercial use; their licence: "
            f"{method.licence.rstrip('.')}."
        )
    return notes
