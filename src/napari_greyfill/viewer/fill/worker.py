"""A fill in a thread of its own, told by the engine's events.

`fill_the_hole` is the generator that runs in the thread; it never touches viewer, layers or
widgets. Its `Preview`s hold the part of the image that is worth showing, put together in the
thread, and each `Result` holds a `Finished`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from napari_greyfill.comparison import Row, compare_steps
from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event, Note, Preview, Progress, Result
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import NothingKnownError, ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.intermediate import FINAL, Intermediate
from napari_greyfill.pipeline.loading import announce_loading
from napari_greyfill.pipeline.origin import origin_of
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.run import fill_steps
from napari_greyfill.viewer.layers.models import FillRequest
from napari_greyfill.viewer.layers.pasting import filled_levels
from napari_greyfill.viewer.layers.results import CONFIDENCE, Region, ResultImage

__all__ = ["Finished", "Part", "fill_the_hole"]

_SMALL = 1_000_000  # pixels; so much is always shown at once
_OUTLINED = 2**26  # pixels around the holes; more are not outlined
_SPREAD = 4  # times as large as what is filled


@dataclass(frozen=True, eq=False)
class Part:
    """A part of an image."""

    image: NDArray[Any]
    window: Window


@dataclass(frozen=True, eq=False)
class Finished:
    """What a finished method leaves behind; the last image is the result."""

    images: tuple[ResultImage, ...]
    region: Region | None
    result: FillResult

    @property
    def remark(self) -> str:
        """Return what there is to say about the images, for people; may be empty."""
        return " ".join(step.remark for step in self.result.steps if step.remark)


def fill_the_hole(request: FillRequest, cancelled: CancelCheck) -> Generator[Event, None, None]:
    """Run a request and report on it; a reference that does not fit costs only the metrics.

    Parameters
    ----------
    request : FillRequest
        What to fill, and how.
    cancelled : callable
        Asked inside long computations.
    """
    yield Progress("reading the image")
    run = _compared if request.several else _filled
    truth = None if request.reference is None else request.reference.read()
    try:
        yield from _telling(run(request, truth, cancelled), request)
    except (ShapeMismatchError, UnsupportedImageError, NothingKnownError) as error:
        if truth is None:
            raise
        yield Note(f"No metrics: {error}")
        yield from _telling(run(request, None, cancelled), request)


def _filled(
    request: FillRequest, truth: NDArray[Any] | None, cancelled: CancelCheck
) -> Generator[Event, None, Any]:
    yield from announce_loading(request.options)
    return (
        yield from fill_steps(
            request.image.opened(),
            request.mask.read(),
            rgb=request.rgb,
            hints=request.hints,
            reference=truth,
            after=request.after,
            cancelled=cancelled,
            **request.options.to_dict(),
        )
    )


def _compared(
    request: FillRequest, truth: NDArray[Any] | None, cancelled: CancelCheck
) -> Generator[Event, None, None]:
    comparison = yield from compare_steps(
        request.image.opened(),
        request.mask.read(),
        methods=request.methods,
        pipelines=request.options.pipeline,
        colorizers=request.options.colorizer,
        rgb=request.rgb,
        hints=request.hints,
        reference=truth,
        cancelled=cancelled,
        **request.options.shared(),
    )
    comparison.require_some()


def _telling(
    work: Generator[Event, None, Any], request: FillRequest
) -> Generator[Event, None, None]:
    yield from translated(work, lambda event: _told(event, request))


def _told(event: Event, request: FillRequest) -> Iterator[Event]:
    """Tell an event as the dock needs it: nothing is left to be worked out there."""
    if isinstance(event, Result):
        yield _finished(event, request)
    elif not isinstance(event, Preview):
        yield event
    elif request.preview and _is_worth_showing(event):
        window = _shown_window(event.source)
        yield replace(event, source=Part(event.source.image_in(window), window))
    else:
        yield Progress(event.text, event.fraction)


def _is_worth_showing(event: Preview) -> bool:
    return not event.complete or event.source.stage == "colour"


def _finished(event: Result[Any], request: FillRequest) -> Event:
    value = event.value
    if isinstance(value, Row):
        if value.result is None:
            return Note(value.failure, event.fraction)
        value = value.result
    region = _region(value)
    return replace(event, value=Finished(tuple(_kept(value, request)), region, value))


def _shown_window(step: Intermediate) -> Window:
    """Return what to show of an unfinished image: all that is filled, or what was filled last.

    Where holes lie far apart, what lies between them would cost more than they do.
    """
    frame, last = step.frame(), step.patches[-1].window
    areas = sum(patch.window.area for patch in step.patches)
    return frame if frame.area <= max(_SMALL, _SPREAD * areas) else last


def _region(result: FillResult) -> Region | None:
    """Return what was filled, to be outlined; None where holes lie so far apart that it costs."""
    window = result.steps[-1].frame()
    if window.area > _OUTLINED:
        return None
    return Region(result.labels_in(window), window, origin_of(result.method))


def _kept(result: FillResult, request: FillRequest) -> Generator[ResultImage, None, None]:
    """Yield the images to show, the result last; all others are of the part that was filled."""
    final = result.steps[-1]
    window = final.frame()
    for step in result.steps[:-1] if request.intermediates else ():
        rgb = request.rgb and not step.as_grey
        yield ResultImage(step.name, step.image_in(window), rgb=rgb, window=window)
    sure = result.confidence_in(window) if request.confidence else None
    if sure is not None:
        yield ResultImage(CONFIDENCE, sure, rgb=False, tint=True, window=window)
    image: Any = result.image if result.whole is not None else filled_levels(request.image, final)
    if result.whole is None and not request.image.coarser:
        image = image[0]
    yield ResultImage(FINAL, image, rgb=request.rgb, visible=True)
