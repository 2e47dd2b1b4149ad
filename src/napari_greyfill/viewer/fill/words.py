"""What the Fill dock says of a finished run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.masks import selected_labels
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.pipeline.origin import invented, origin_of
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.viewer.fill.worker import Finished
from napari_greyfill.viewer.layers.models import FillRequest

__all__ = ["combination_of", "name_of_plane", "row_of", "summary_of", "why_not_mask"]


def name_of_plane(name: str, index: tuple[int, ...]) -> str:
    """Return what tables call a plane, which is all of a layer without an index.

    Parameters
    ----------
    name : str
        Of the layer.
    index : tuple of int
        The plane.
    """
    return f"{name} [{', '.join(map(str, index))}]" if index else name


def combination_of(result: FillResult, rgb: bool) -> Combination:
    """Return what filled a plane, which has no way of colours if it is grey.

    Parameters
    ----------
    result : FillResult
        What came of it.
    rgb : bool
        Whether the plane has colours.
    """
    return Combination(result.method, result.pipeline if rgb else GREY, result.colorizer)


def row_of(result: FillResult, request: FillRequest, index: tuple[int, ...], run: int) -> Row:
    """Return the row of the table for a finished fill.

    Parameters
    ----------
    result : FillResult
        What came of it; the row does not hold it.
    request : FillRequest
        What it was of.
    index : tuple of int
        The plane.
    run : int
        The number of the run.
    """
    return replace(
        Row.of(combination_of(result, request.rgb), result),
        picture=name_of_plane(request.image_name, index),
        run=run,
        result=None,  # the layer has it
    )


def summary_of(outcome: Finished, rgb: bool) -> str:
    """Return how much was filled in which time, and what there is to say about it.

    Parameters
    ----------
    outcome : Finished
        What came of the run.
    rgb : bool
        Whether the plane has colours.
    """
    pixels = outcome.result.provenance["filled_pixels"]
    made = invented(pixels, outcome.result.hole.size, origin_of(outcome.result.method))
    text = f"{made} {_again(outcome.result)}"
    if outcome.result.about_pieces:
        text += f" {outcome.result.about_pieces}"
    if outcome.remark:
        text += f" {outcome.remark[:1].upper()}{outcome.remark[1:]}."
    return text if rgb else f"{text} The image is grey: there was no colour to recover."


def _again(result: FillResult) -> str:
    """Return in which time how much was filled, if not everything."""
    seconds, memory = f"{result.seconds:.1f} s", result.memory
    if memory is None or memory.anew == memory.regions:
        return f"Filled in {seconds}."
    if not memory.anew:
        return "Nothing has changed since the last run, so nothing was filled again."
    return f"{memory.anew} of {memory.regions} regions filled again in {seconds}."


def why_not_mask(plane: NDArray[Any], labels: tuple[int, ...] | None) -> str:
    """Return why nothing can be filled by what is painted on a plane, or an empty string.

    Parameters
    ----------
    plane : (H, W) int array
        What is painted.
    labels : tuple of int or None
        Which labels count; None for all.
    """
    counted = plane if labels is None else selected_labels(plane, labels)
    painted = np.count_nonzero(counted)
    if painted == plane.size:
        return "Everything is painted: leave some of the picture to fill from."
    if painted:
        return ""
    if plane.any():
        return "The selected label is not painted here: paint it, or use all labels."
    return "The mask is empty here: paint over what is to be filled."
