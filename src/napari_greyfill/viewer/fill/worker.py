"""A fill in a thread of its own, told as messages.

`fill_the_hole` is the generator that runs in the thread; it never touches viewer, layers or
widgets. What it yields are messages for the window, `Finished` for each method among them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import GreyfillError
from napari_greyfill.measure import metrics
from napari_greyfill.pipeline.job import read_picture
from napari_greyfill.pipeline.result import FINAL, FillResult, Step
from napari_greyfill.pipeline.run import picture_steps
from napari_greyfill.pipeline.suggest import methods_of_look, suggested_look
from napari_greyfill.viewer.layers.models import FillRequest
from napari_greyfill.viewer.layers.results import CONFIDENCE, ResultImage

__all__ = [
    "Chosen",
    "Finished",
    "Message",
    "Note",
    "Preview",
    "Progress",
    "fill_the_hole",
]


@dataclass(frozen=True)
class Progress:
    """What is happening, and the finished share of it, 0 to 1."""

    text: str
    fraction: float


@dataclass(frozen=True, eq=False)
class Preview:
    """The image as it would be if the fill stopped now."""

    image: NDArray[Any]


@dataclass(frozen=True)
class Note:
    """A sentence the user must see."""

    text: str


@dataclass(frozen=True, eq=False)
class Finished:
    """Everything that a finished method leaves behind; the last image is the result."""

    images: tuple[ResultImage, ...]
    hole: NDArray[np.bool_]
    provenance: dict[str, Any]
    metrics: dict[str, float]
    method: str
    pipeline: str
    colorizer: str
    seconds: float
    remark: str = ""


@dataclass(frozen=True)
class Chosen:
    """Which methods suit the hole, and why."""

    methods: tuple[str, ...]
    reason: str


Message = Progress | Preview | Note | Chosen | Finished


def fill_the_hole(request: FillRequest, cancelled: CancelCheck) -> Generator[Message, None, None]:
    """Run a request and report on it."""
    yield Progress("reading the image", 0.0)
    image, mask = request.image.read(), request.mask.read()
    picture = read_picture(image, mask, request.parameters, rgb=request.rgb)
    if request.look == "suggested":
        yield Progress("looking at the hole", 0.0)
        look = suggested_look(picture)
        request = request.with_methods(methods_of_look(look.name))
        yield Chosen(request.methods, look.reason)
    work = picture_steps(
        picture, request.parameters, request.method, hints=request.hints, cancelled=cancelled
    )
    result = yield from translated(work, lambda step: _messages(step, request))
    if isinstance(result, FillResult):  # those of several methods came as steps
        yield from _finished(result, request)


def _finished(result: FillResult, request: FillRequest) -> Generator[Message, None, None]:
    """Tell that a method is done, after a look at how well it did."""
    found: dict[str, float] = {}
    if request.reference is not None:
        yield Progress("measuring", 1.0)
        found, note = _measured(request, result)
        if note:
            yield Note(note)
    yield Finished(
        images=tuple(_kept(result, request)),
        hole=result.hole,
        provenance=result.provenance,
        metrics=found,
        method=result.method,
        pipeline=result.pipeline,
        colorizer=result.colorizer,
        seconds=result.seconds,
        remark=" ".join(step.remark for step in result.steps if step.remark),
    )


def _messages(step: Step, request: FillRequest) -> Generator[Message, None, None]:
    if step.result is not None:
        yield from _finished(step.result, request)
        return
    if step.kind == "note":
        yield Note(step.name)
        return
    of_method = f" ({step.method})" if step.method else ""
    yield Progress(step.name + of_method, step.fraction)
    unfinished = step.kind == "preview" or (step.kind == "result" and step.stage == "colour")
    if request.preview and unfinished:
        image = step.image
        assert image is not None  # previews and results have one
        yield Preview(image)


def _kept(result: FillResult, request: FillRequest) -> Generator[ResultImage, None, None]:
    """Yield the images to show, the result last."""
    for step in result.steps[:-1] if request.intermediates else ():
        image = step.image
        assert image is not None  # only steps with an image are kept
        yield ResultImage(step.name, image, rgb=request.rgb and not step.as_grey)
    if request.confidence and result.confidence is not None:
        yield ResultImage(CONFIDENCE, result.confidence, rgb=False, tint=True)
    yield ResultImage(FINAL, result.image, rgb=request.rgb, visible=True)


def _measured(request: FillRequest, result: FillResult) -> tuple[dict[str, float], str]:
    """Return the metrics, or an empty table and why: a reference must not cost the result."""
    assert request.reference is not None
    try:
        truth = request.reference.read()
        return metrics(result.image, truth, result.hole, rgb=request.rgb), ""
    except GreyfillError as error:
        return {}, f"No metrics: {error}"
