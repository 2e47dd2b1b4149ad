"""What the Fill dock says of a finished run."""

from __future__ import annotations

from napari_greyfill.comparison import Combination
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.pipeline.origin import invented, origin_of
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.viewer.fill.worker import Finished

__all__ = ["combination_of", "name_of_plane", "summary_of"]


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
