"""Which method suits a hole where the choice is left open.

Two looks: faithful, for measuring, and texture, for looking.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from napari_greyfill.image.picture import Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.texture import Look, recommend_look
from napari_greyfill.pipeline.handover import handed_over
from napari_greyfill.pipeline.options import FillOptions

__all__ = ["method_for", "possible_methods", "suggested_look"]

_AUTO = (INPAINTERS.auto, "texture")  # what the method "auto" may stand for


def method_for(picture: Picture, plan: Plan, options: FillOptions) -> tuple[str, str]:
    """Return the method that options stand for in a picture, and why if it was left open.

    Parameters
    ----------
    picture : Picture
        With the hole, whose largest part the look is chosen by.
    plan : Plan
        Where the hole lies.
    options : FillOptions
        The method "auto" stands for the faithful or the texture fill, whichever look is chosen,
        and the look "auto" for the one that suits the hole.
    """
    if options.method != "auto":
        return INPAINTERS.info(options.method).name, ""
    if options.look != "auto":
        return _method_of(options.look), ""
    look = suggested_look(picture, plan)
    return _method_of(look.name), look.reason


def possible_methods(names: Iterable[str]) -> tuple[str, ...]:
    """Return the methods that may run for some names: "auto" is one of two, as the hole decides.

    Raises
    ------
    BadParameterError
        If there is no method of one of the names.
    """
    found = [
        each for n in names for each in (_AUTO if n == "auto" else (INPAINTERS.info(n).name,))
    ]
    return tuple(dict.fromkeys(found))


def suggested_look(picture: Picture, plan: Plan) -> Look:
    """Return the look that suits the region with the most to fill.

    Measured data get no texture unless it is chosen: grey, 16-bit and float pictures.

    Parameters
    ----------
    picture : Picture
        With the hole.
    plan : Plan
        Where the hole lies.
    """
    hole = picture.hole
    widest = max(plan.regions, key=lambda region: np.count_nonzero(hole[region.core.slices]))
    plane, missing = picture.planes(widest.window), picture.missing(widest.window)
    look = recommend_look(handed_over(plane, missing)[1], missing)
    measured = _why_measured(picture)
    if look.name != "texture" or not measured:
        return look
    return Look(
        "faithful",
        f"The picture is {measured}, so its values may be measured: the fill is faithful, if "
        "smooth; for looking only choose texture.",
    )


def _why_measured(picture: Picture) -> str:
    """Return what says that values are measured and not for looking only; empty if nothing."""
    if not picture.is_colour:
        return "grey"
    kind = np.dtype(picture.original.dtype)
    return "" if kind == np.uint8 else f"of type {kind}"


def _method_of(look: str) -> str:
    return _AUTO[look == "texture"]
