"""From an image and a mask to a filled image, as a generator of events.

Three pipelines, named by what is filled and what comes back:

* ``grey-rgb`` (G2G2RGB): fill the luma, then recover the colour.
* ``rgb-grey-rgb`` (RGB2G2RGB): fill the colour image, keep its luma, recover the colour anew.
* ``rgb-rgb`` (RGB2RGB): fill the colour image, done.

The graphical interface, the command line and `fill` all run `fill_steps`. Its two halves,
`filled_grey` and `coloured`, are all there is of the order of the stages: comparisons run the
first one once for all that share it.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import numbers_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Note, Preview, Progress, Result
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import (
    BadParameterError,
    GreyfillWarning,
    ShapeMismatchError,
    UnsupportedImageError,
)
from napari_greyfill.image.arrays import ImageLike, MaskLike, channels_at, channels_last
from napari_greyfill.image.colour import luma
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.inpaint.texture import Look
from napari_greyfill.pipeline.correcting import taken_back
from napari_greyfill.pipeline.grey_stage import Filling
from napari_greyfill.pipeline.hints import ColourHints, HintsOrLayer
from napari_greyfill.pipeline.intermediate import Intermediate
from napari_greyfill.pipeline.job import (
    FillJob,
    make_job,
    prepare,
    require_methods,
)
from napari_greyfill.pipeline.noise import with_noise
from napari_greyfill.pipeline.options import ComputeChoices, FillChoices, FillOptions, MaskChoices
from napari_greyfill.pipeline.picture import read_picture
from napari_greyfill.pipeline.pieces import Piece
from napari_greyfill.pipeline.reference import Reference
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.signatures import takes_options
from napari_greyfill.pipeline.stages import Colouring
from napari_greyfill.pipeline.suggest import suggested_look
from napari_greyfill.pipeline.unchanged import Memory

__all__ = ["Filled", "colorize", "coloured", "fill_steps", "filled_grey", "suggest_look"]


@dataclass(frozen=True, eq=False)
class Filled:
    """What stage 1 leaves behind.

    Attributes
    ----------
    job : FillJob
        As it was at the end of the stage: another device may have taken over.
    patches : tuple of Patch
    steps : tuple of Intermediate
    """

    job: FillJob
    patches: tuple[Patch, ...]
    steps: tuple[Intermediate, ...]


@takes_options()
def fill_steps(
    image: ImageLike,
    mask: MaskLike,
    *,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    hints: HintsOrLayer = None,
    reference: ImageLike | None = None,
    after: FillResult | None = None,
    cancelled: CancelCheck = never,
    **options: Unpack[FillChoices],
) -> Generator[Event, None, FillResult]:
    """Fill the hole of one picture step by step; takes what `napari_greyfill.fill` takes.

    Arguments are checked at once, before the first step. Closing the generator cancels the
    fill. Events come at most a few times a second, apart from results and notes. The last one
    holds the result, which is the generator's return value as well.

    Parameters
    ----------
    image, mask, rgb, channel_axis, hints, reference, after
        As in `fill`.
    cancelled : callable
        Asked inside long computations, in the thread that runs the generator, which then
        raises `CancelledError` if the answer is True.
    <options>

    Yields
    ------
    Event
    """
    chosen, memory = FillOptions(**options), Memory.of(after)  # type: ignore[arg-type]
    require_methods(chosen)  # before the image is looked at: it is quick
    if chosen.correct != "off" and isinstance(reference, str) and reference == "image":
        raise BadParameterError(
            "An image that is its own reference is taken for intact under the mask, so there is "
            'nothing to correct; choose correct="off", or give another reference.'
        )
    image, rgb = channels_last(image, channel_axis, rgb=rgb)
    picture = memory.on_same_scale(read_picture(image, mask, chosen, rgb=rgb))
    truth = Reference.of(reference, picture, chosen, channel_axis=channel_axis)
    placed = None if hints is None else ColourHints.of(hints)
    job = replace(make_job(picture, chosen, hints=placed, cancelled=cancelled), memory=memory)
    if truth is not None and truth.warning:
        job.notes.append(truth.warning)
    return _run(job, truth, channel_axis)


@takes_options("device", "seed")
def colorize(
    image: ImageLike,
    grey: ArrayLike,
    mask: MaskLike,
    *,
    method: str = "auto",
    channel_axis: int | None = None,
    hints: HintsOrLayer = None,
    **options: Unpack[ComputeChoices],
) -> NDArray[Any]:
    """Recover the colour of a hole whose grey is already filled.

    Parameters
    ----------
    image : (H, W, 3 or 4) array, or a napari Image layer
        Its content under the mask is not used.
    grey : (H, W) array
        Luma filled everywhere, in the type and range of the image.
    mask : (H, W) array, or a napari Labels layer
        Painted pixels (not 0) are coloured.
    method : str
        See `colorizers`.
    channel_axis : int, optional
        The axis of the colours; by default the last one.
    hints
        As in `fill`.
    <options>

    Returns
    -------
    array of the shape and type of `image`

    Raises
    ------
    GreyfillError
        As in `fill`.

    Warns
    -----
    GreyfillWarning
        As in `fill`.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.astronaut()[:96, 128:224]
    >>> mask = np.zeros(photo.shape[:2], dtype=bool)
    >>> mask[40:44, 20:80] = True
    >>> grey = photo.mean(axis=-1).astype("uint8")  # filled by whatever method you like
    >>> coloured = colorize(photo, grey, mask)
    >>> coloured.shape, bool((coloured[~mask] == photo[~mask]).all())
    ((96, 96, 3), True)
    """
    image, _ = channels_last(image, channel_axis)
    job = prepare(
        image, mask, FillOptions(colorizer=method, look="faithful", **options), hints=hints
    )
    if not job.picture.is_colour:
        raise UnsupportedImageError("A grey image has no colour to recover; pass a colour image.")
    plane = numbers_of("grey", grey, UnsupportedImageError)
    if plane.shape != job.picture.hole.shape:
        raise ShapeMismatchError(
            f"The grey has shape {plane.shape} and the image {job.picture.hole.shape}; "
            "pass one grey value for each pixel."
        )
    if not np.isfinite(plane[job.picture.hole]).all():
        raise UnsupportedImageError(
            "The grey is not a number somewhere in the hole; fill it first."
        )
    patches = tuple(
        Patch(core, job.picture.values.to_unit(plane[core.slices])) for core in job.plan.cores
    )
    found = exhaust(Colouring(job, patches, 0.0, 1.0).run())
    for note in job.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return channels_at(job.picture.composite(found), channel_axis)


@takes_options("labels", "grow", "nodata", "keep_invalid")
def suggest_look(
    image: ImageLike,
    mask: MaskLike,
    *,
    rgb: bool | None = None,
    **options: Unpack[MaskChoices],
) -> Look:
    """Say whether a faithful fill or a texture fill suits a hole, and why.

    Takes a fraction of a second. It looks at the largest hole, or group of holes. `fill` does
    what it says unless a method or a look is chosen.

    Parameters
    ----------
    image, mask, rgb
        As in `fill`.
    <options>

    Returns
    -------
    Look
        Its `name` is "faithful" (the default method) or "texture" (the method of that name),
        its `reason` a sentence.

    Raises
    ------
    GreyfillError
        As in `fill`, for what is wrong with image and mask.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> mask = np.zeros((128, 128), dtype=bool)
    >>> mask[60:64, 20:100] = True
    >>> suggest_look(data.astronaut()[:128, 128:256], mask).name
    'faithful'
    """
    picture = read_picture(image, mask, FillOptions(**options), rgb=rgb)  # type: ignore[arg-type]
    return suggested_look(picture, Plan(picture.hole, picture.unknown))


def filled_grey(job: FillJob, end: float = 1.0) -> Generator[Event, None, Filled]:
    """Run stage 1, which fills the grey, or colours if the pipeline says so.

    Parameters
    ----------
    job : FillJob
        The checked picture, what was chosen and the method that fills.
    end : float
        The share of the whole work that is done then.
    """
    for note in job.notes:
        yield Note(note)
    before = job.with_hole()
    yield _complete(before, 0.0)
    stage = Filling(job, 0.0, end)
    patches = yield from stage.run()
    after = stage.result(patches)
    yield _complete(after, end)
    return Filled(stage.job, patches, (before, after))


def coloured(filled: Filled, start: float) -> Generator[Event, None, FillResult]:
    """Run stage 2 if there is colour to recover, and put the image together.

    Parameters
    ----------
    filled : Filled
        Its job may have got another colorizer and pipeline since.
    start : float
        The share of the whole work that is done before.
    """
    job, patches, confidences = filled.job, filled.patches, None
    steps = list(filled.steps)
    if job.colorizer is not None:
        grey = tuple(Patch(p.window, luma(p.planes)) if p.planes.ndim == 3 else p for p in patches)
        stage = Colouring(job, grey, start, 1.0)
        work = stage.run()
        while True:
            try:
                event = next(work)
            except StopIteration as stop:
                patches = stop.value
                break
            if isinstance(event, Preview) and event.complete:
                steps.append(event.source)
            yield event
        job, confidences = stage.job, stage.confidences
    patches, pieces = with_noise(job, patches), tuple[Piece, ...]()
    if job.options.correct != "off":
        patches, pieces = yield from taken_back(job, patches, 0.9)
    steps.append(job.final(patches))
    yield _complete(steps[-1], 1.0)
    finished = job.finished(tuple(steps), confidences, pieces)
    return replace(finished, refill=partial(_refilled, job.options, job.method.name))


def _refilled(
    options: FillOptions, method: str, picture: Picture, cancelled: CancelCheck
) -> Generator[Event, None, NDArray[Any]]:
    """Fill another picture in the same way, and return its image."""
    options = replace(options, method=method, correct="off")  # under a trial hole lies the truth
    job = make_job(picture, options, cancelled=cancelled)
    filled = yield from filled_grey(job, job.grey_share)
    result = yield from coloured(filled, job.grey_share)
    return result.image


def _run(
    job: FillJob, truth: Reference | None, channel_axis: int | None
) -> Generator[Event, None, FillResult]:
    """Fill, colour if there is colour to recover, and measure if there is a reference."""
    filled = yield from filled_grey(job, job.grey_share)
    result = yield from coloured(filled, job.grey_share)
    if truth is not None:
        yield Progress("measuring", 1.0)
        result = replace(result, metrics=truth.measured(result.image))
    result = replace(result, channel_axis=channel_axis)
    yield Result("filled", 1.0, result)
    return result


def _complete(image: Intermediate, fraction: float) -> Preview:
    return Preview(image.name, fraction, image, complete=True)
