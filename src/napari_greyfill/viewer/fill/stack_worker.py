"""The fill of a stack in a thread of its own; never touches viewer, layers or widgets."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event, Note, Preview, Progress, Result
from napari_greyfill.errors import BadParameterError
from napari_greyfill.pipeline.loading import announce_loading
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.about import describe, free_or_same
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.stack.run import prepare_stack
from napari_greyfill.stack.store import PatchStore

__all__ = ["Canvas", "StackRequest", "Stored", "fill_the_stack", "stack_as_python"]

_SMALL = 2**28  # bytes; larger stacks are put together where they are looked at


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
class Stored:
    """The store that a run keeps its result in.

    Attributes
    ----------
    store : PatchStore
        Open for reading.
    """

    store: PatchStore


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
    levels : tuple of array-like
        All levels of the stack, finest first.
    path : Path or None
        Where the result is kept on disk; None keeps it in memory.
    exact : bool
        Whether it is kept there and nowhere else. Otherwise a number is added to the name of
        what is there already and is of another run.
    place : Place or None
        Where the pixels lie.
    about : mapping
        What is to be known of the stack when the store is opened again.
    """

    data: Any
    mask: Any
    axes: Axes
    options: StackOptions
    fill: FillOptions
    image_name: str
    mask_name: str
    resume: StackResult | None = None
    levels: tuple[Any, ...] = ()
    path: Path | None = None
    exact: bool = True
    place: Place | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


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
        First a `Preview` whose source is a `Canvas`, if the stack is small and in memory, or
        `Stored`, if it is kept on disk; then one with a `FilledPlane` for each finished plane, and
        a `Result` at the end.
    """
    yield Progress("reading the stack")
    yield from announce_loading(request.fill)
    what = (request.data, request.mask, request.axes, request.options, request.fill)
    try:
        job = prepare_stack(*what, resume=request.resume)
    except BadParameterError:  # a large mask may have been painted on since
        if request.resume is None:
            raise
        request = replace(request, resume=None)
        job = prepare_stack(*what)
        yield Note("The mask or the image was changed meanwhile, so all planes are filled anew.")
    canvas = _canvas(request)
    if canvas is not None:
        yield Preview("reading the stack", 0.0, canvas)
    path = request.path
    if path is not None and not request.exact:
        path = free_or_same(path, job.fingerprint)
    store: PatchStore | None = None
    text = "reading the stack"
    with closing(job.steps(cancelled=cancelled, store=path, place=request.place)) as steps:
        for event in steps:
            if path is not None and store is None:  # it is there from the first event on
                describe(path, {**request.about, "complete": False})
                store = PatchStore.open(path, read_only=True)
                yield Preview(text, event.fraction, Stored(store))
            if path is not None and isinstance(event, Result):
                describe(path, {"complete": True})
            text = event.text if isinstance(event, Progress) else text
            yield replace(event, text=text) if isinstance(event, Preview) else event


def _canvas(request: StackRequest) -> Canvas | None:
    data = request.data
    if request.path is not None:
        return None
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


def stack_as_python(request: StackRequest, path: Path | None = None) -> str:
    """Return lines for napari's console that repeat a run.

    Parameters
    ----------
    request : StackRequest
        The run.
    path : Path, optional
        Where its result is kept.
    """
    chosen = {**request.fill.changed(), **request.options.changed()}
    arguments = [
        f"viewer.layers[{request.image_name!r}]",
        f"viewer.layers[{request.mask_name!r}]",
        *(f"{name}={value!r}" for name, value in chosen.items()),
        *([] if path is None else [f"store={str(path)!r}"]),
    ]
    listed = "".join(f"    {argument},\n" for argument in arguments)
    name, rgb = request.image_name + " filled", request.axes.colour is not None
    return (
        f"import napari_greyfill as greyfill\n\nresult = greyfill.fill(\n{listed})\n"
        f"source = viewer.layers[{request.image_name!r}]\n"
        "place = {\n"
        "    'scale': source.scale,\n"
        "    'translate': source.translate,\n"
        "    'units': source.units,\n"
        "}\n"
        f"viewer.add_image(result.image, name={name!r}, rgb={rgb}, **place)\n"
        "viewer.add_labels(result.filled, **place)\n"
    )
