"""What the Fill dock says of a finished run."""

from __future__ import annotations

from dataclasses import replace

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.viewer.fill.aftermath import invented
from napari_greyfill.viewer.fill.worker import Finished
from napari_greyfill.viewer.layers.models import FillRequest

__all__ = ["combination_of", "name_of_plane", "row_of", "summary_of"]


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
    text = f"{invented(pixels, outcome.result.hole.size)} "
    text += f"Filled in {outcome.result.seconds:.1f} s."
    if outcome.remark:
        text += f" {outcome.remark[:1].upper()}{outcome.remark[1:]}."
    return text if rgb else f"{text} The image is grey: there was no colour to recover."
