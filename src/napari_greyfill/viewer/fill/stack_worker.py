"""The fill of a stack in a thread of its own; never touches viewer, layers or widgets."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event, Preview, Progress
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.stack.run import prepare_stack

__all__ = ["Canvas", "StackRequest", "fill_the_stack", "stack_as_python", "with_time_left"]

_SMALL = 2**30  # bytes; larger stacks are put together where they are looked at


@dataclass(frozen=True, eq=False)
class Canvas:
    """Arrays of the stack's shape that finished planes are pasted into.

    Attributes
    ----------
    image : array
        A copy of the stack.
    labels : array of uint8
        Where it was filled; without the axis of colours.
    """

    image: NDArray[Any] = field(repr=False)
    labels: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True, eq=False)
class StackRequest:
    """Everything a run on a stack needs, taken from the viewer when Run was pressed.

    Attributes
    ----------
    data : array-like
        The stack.
    mask : array-like
        A plane, or one with axes of the stack.
    axes : Axes
        Of the stack.
    options : StackOptions
    fill : FillOptions
    image_name, mask_name : str
        Of the layers.
    resume : StackResult or None
        As far as an earlier run got.
    """

    data: Any
    mask: Any
    axes: Axes
    options: StackOptions
    fill: FillOptions
    image_name: str
    mask_name: str
    resume: StackResult | None = None


def fill_the_stack(request: StackRequest, cancelled: CancelCheck) -> Generator[Event, None, None]:
    """Run a request and report on it.

    Parameters
    ----------
    request : StackRequest
        What to fill, and how.
    cancelled : callable
        Asked inside long computations.

    Yields
    ------
    Event
        First a `Preview` whose source is a `Canvas`, if the stack is small and in memory; then
        one with a `FilledPlane` for each finished plane, and a `Result` at the end.
    """
    yield Progress("reading the stack")
    job = prepare_stack(
        request.data,
        request.mask,
        request.axes,
        request.options,
        request.fill,
        resume=request.resume,
    )
    canvas = _canvas(request)
    if canvas is not None:
        yield Preview("reading the stack", 0.0, canvas)
    yield from with_time_left(job.steps(cancelled=cancelled), time.perf_counter)


def with_time_left(
    steps: Generator[Event, None, Any],
    clock: Any,  # noqa: ANN401 - a function without arguments
) -> Generator[Event, None, Any]:
    """Run a generator and add to its progress how long the rest takes about.

    Parameters
    ----------
    steps : generator
        Of events, whose fractions grow.
    clock : callable
        Returns seconds.
    """
    start: tuple[float, float] | None = None
    text = ""
    try:
        for event in steps:
            if isinstance(event, Progress):
                text = event.text
            if isinstance(event, Progress | Preview):
                now = clock()
                if start is None:
                    start = (now, event.fraction)
                rest = _left(now - start[0], event.fraction - start[1], 1 - event.fraction)
                yield replace(event, text=f"{text or event.text}{rest}")
            else:
                yield event
    finally:
        steps.close()


def _left(seconds: float, done: float, left: float) -> str:
    if seconds < 2 or done <= 0 or left <= 0:
        return ""
    rest = seconds / done * left
    if rest < 50:
        return f", about {max(1, round(rest))} s left"
    return f", about {max(1, round(rest / 60))} min left"


def _canvas(request: StackRequest) -> Canvas | None:
    data = request.data
    plain = isinstance(data, np.ndarray) and not isinstance(data, np.memmap)
    if not plain or data.nbytes > _SMALL:
        return None
    canvas = Canvas(np.array(data), np.zeros(request.axes.without_colour().shape, dtype=np.uint8))
    kept = request.resume
    if kept is not None:
        for patch in kept.patches:
            plane = FilledPlane(kept.stack, patch.index, (patch,), lambda: kept)
            plane.paste(canvas.image, canvas.labels)
    return canvas


def stack_as_python(request: StackRequest) -> str:
    """Return lines for napari's console that repeat a run."""
    chosen = {**request.fill.changed(), **request.options.changed()}
    arguments = [
        f"viewer.layers[{request.image_name!r}]",
        f"viewer.layers[{request.mask_name!r}]",
        *(f"{name}={value!r}" for name, value in chosen.items()),
    ]
    listed = "".join(f"    {argument},\n" for argument in arguments)
    rgb = request.axes.colour is not None
    return (
        f"import napari_greyfill as greyfill\n\nresult = greyfill.fill(\n{listed})\n"
        f"viewer.add_image(result.image, name={request.image_name + ' filled'!r}, rgb={rgb})\n"
        "viewer.add_labels(result.filled)\n"
    )
