"""From an image and a mask to a filled image, as a generator of steps.

Three pipelines, named by what is filled and what comes back:

* ``grey-rgb`` (G2G2RGB): fill the luma, then recover the colour.
* ``rgb-grey-rgb`` (RGB2G2RGB): fill the colour image, keep its luma, recover the colour anew.
* ``rgb-rgb`` (RGB2RGB): fill the colour image, done.

The graphical interface, the command line and `fill` all run `fill_steps`.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import numbers_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GreyfillWarning, ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.validity import KeepInvalid
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.grey_stage import Filling
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.job import (
    ArrayOrLayer,
    FillJob,
    FillParameters,
    HintsOrLayer,
    check_choices,
    make_job,
    prepare,
    read_picture,
)
from napari_greyfill.pipeline.result import FillResult, Step
from napari_greyfill.pipeline.several import FillResults, fill_with_each, resolve_methods
from napari_greyfill.pipeline.stages import Colouring

__all__ = ["FillOptions", "colorize", "fill", "fill_steps", "picture_steps"]


class FillOptions(TypedDict, total=False):
    """The options of `fill` that are the same for one method and for several."""

    pipeline: str
    colorizer: str
    rgb: bool | None
    labels: Collection[int] | None
    device: str
    seed: int
    grow: float
    feather: float
    scale: str
    hints: HintsOrLayer
    nodata: float | None
    keep_invalid: KeepInvalid


class _StepOptions(FillOptions, total=False):
    cancelled: CancelCheck


@overload
def fill_steps(
    image: ArrayOrLayer, mask: ArrayOrLayer, *, method: str = ..., **options: Unpack[_StepOptions]
) -> Generator[Step, None, FillResult]: ...


@overload
def fill_steps(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    method: Sequence[str],
    **options: Unpack[_StepOptions],
) -> Generator[Step, None, FillResults]: ...


def fill_steps(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    method: str | Sequence[str] = "auto",
    pipeline: str = "grey-rgb",
    colorizer: str = "auto",
    rgb: bool | None = None,
    labels: Collection[int] | None = None,
    device: str = "auto",
    seed: int = 0,
    grow: float = 0,
    feather: float = 0,
    scale: str = "auto",
    hints: HintsOrLayer = None,
    nodata: float | None = None,
    keep_invalid: KeepInvalid = "auto",
    cancelled: CancelCheck = never,
) -> Generator[Step, None, FillResult] | Generator[Step, None, FillResults]:
    """Fill a hole step by step; takes what `fill` takes.

    Arguments are checked at once, before the first step. Closing the generator cancels the
    fill; `cancelled` is asked as well, inside long computations, in the thread that runs the
    generator, which then raises `CancelledError`. Steps come at most a few times a second, apart
    from results and notes. The generator's return value is what `fill` returns; with several
    methods each one's result also comes as a step, as soon as it is there.

    Yields
    ------
    Step
    """
    parameters = FillParameters(
        method=method if isinstance(method, str) else "auto",
        pipeline=pipeline,
        colorizer=colorizer,
        labels=labels,
        device=device,
        seed=seed,
        grow=grow,
        feather=feather,
        scale=scale,
        nodata=nodata,
        keep_invalid=keep_invalid,
    )
    # before the image is looked at: it is quick
    check_choices(parameters)
    if isinstance(method, str):
        INPAINTERS.require(method)
    else:
        resolve_methods(method)
    picture = read_picture(image, mask, parameters, rgb=rgb)
    return picture_steps(picture, parameters, method, hints=hints, cancelled=cancelled)


def picture_steps(
    picture: Picture,
    parameters: FillParameters,
    method: str | Sequence[str],
    *,
    hints: HintsOrLayer = None,
    cancelled: CancelCheck = never,
) -> Generator[Step, None, FillResult] | Generator[Step, None, FillResults]:
    """Fill the hole of a picture that `read_picture` returned; otherwise as `fill_steps`.

    `method` counts, not that of the parameters.
    """
    placed = None if hints is None else ColourHints.of(hints)

    def start(name: str) -> Generator[Step, None, FillResult]:
        own = replace(parameters, method=name)
        return _run(make_job(picture, own, hints=placed, cancelled=cancelled))

    if isinstance(method, str):
        return start(method)
    return fill_with_each(resolve_methods(method), start)


@overload
def fill(
    image: ArrayOrLayer, mask: ArrayOrLayer, *, method: str = ..., **options: Unpack[FillOptions]
) -> FillResult: ...


@overload
def fill(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    method: Sequence[str],
    **options: Unpack[FillOptions],
) -> FillResults: ...


def fill(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    method: str | Sequence[str] = "auto",
    pipeline: str = "grey-rgb",
    colorizer: str = "auto",
    rgb: bool | None = None,
    labels: Collection[int] | None = None,
    device: str = "auto",
    seed: int = 0,
    grow: float = 0,
    feather: float = 0,
    scale: str = "auto",
    hints: HintsOrLayer = None,
    nodata: float | None = None,
    keep_invalid: KeepInvalid = "auto",
) -> FillResult | FillResults:
    """Fill the painted hole of an image.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or a napari Image layer
        Any boolean, integer or floating type; alpha is kept as it is. Pixels without a value
        (NaN, infinite, masked in a numpy masked array, or `nodata`) and fully transparent
        ones are never a source. More axes, of length 1, do not matter, nor do they in the
        mask.
    mask : (H, W) array, or a napari Labels layer
        Painted pixels (not 0) are filled.
    method : str or sequence of str
        How the hole is filled; see `methods`. Several methods run one after the other on the
        same image and mask; one that fails does not stop the others.
    pipeline : {"grey-rgb", "rgb-grey-rgb", "rgb-rgb"}
        Also by their other names G2G2RGB, RGB2G2RGB and RGB2RGB. Grey images are filled
        as they are, whatever the pipeline.
    colorizer : str
        How colour is recovered; see `colorizers`.
    rgb : bool, optional
        Whether the last axis is colour; by default if there are three axes and the last
        has 3 or 4 entries.
    labels : collection of int, optional
        Only these labels of the mask count; by default all but 0.
    device : {"auto", "cpu", "cuda", "mps"}
        Where networks run. The colour stage follows a network to CUDA, and goes there
        without one if "cuda" is asked for by name.
    seed : int
        The same seed on the same device gives the same pixels.
    grow : float
        Fill this many pixels around the mask as well.
    feather : float
        Blend the fill with what the image holds over this many pixels inside the hole.
    scale : {"auto", "native", "training"}
        At which size a network sees the surroundings of the hole: as they are; reduced to
        the size it was trained at, with the detail put back afterwards; or "auto", reduced
        if the hole is larger than those it was trained on.
    hints : ColourHints, napari Points or Labels layer, or arrays, optional
        Colours that some pixels of the hole are to have, where the picture itself cannot
        tell; see `ColourHints.of`. They do not change the grey that is filled.
    nodata : float, optional
        A value that stands for none, such as -9999; a colour pixel has it in all channels.
    keep_invalid : {"auto", "keep", "fill"}
        What becomes of pixels without a value that are not painted: they stay as they are, or
        are filled as well. "auto" keeps areas of them that touch the border of the image and
        are larger than the mask, as around the footprint of a mosaic, and fills the others.

    Returns
    -------
    FillResult
        Its `image` has the shape, type and range of the input; pixels outside the (grown)
        mask are bit-identical. For a sequence of methods a `FillResults`, which maps the
        names of the methods to their results.

    Raises
    ------
    GreyfillError
        With a sentence that says what to do: `EmptyMaskError`, `BadMaskError`,
        `ShapeMismatchError`, `NothingKnownError`, `UnsupportedImageError`, `BadParameterError`,
        `MissingDependencyError`, `MissingWeightsError`, `BadCheckpointError`,
        `OutOfMemoryError`, `EveryMethodFailedError`.

    Warns
    -----
    GreyfillWarning
        If something was skipped, replaced or filled in addition.

    References
    ----------
    T. Wang, H. Ouyang, Q. Chen, "Image Inpainting with External-Internal Learning and
    Monochromic Bottleneck", CVPR 2021, arXiv 2104.09068.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.astronaut()[:128, 128:256]
    >>> mask = np.zeros(photo.shape[:2], dtype=bool)
    >>> mask[60:64, 20:100] = True
    >>> result = fill(photo, mask)
    >>> result.image.shape, bool((result.image[~mask] == photo[~mask]).all())
    ((128, 128, 3), True)
    """
    result: FillResult | FillResults = exhaust(
        fill_steps(
            image,
            mask,
            method=method,
            pipeline=pipeline,
            colorizer=colorizer,
            rgb=rgb,
            labels=labels,
            device=device,
            seed=seed,
            grow=grow,
            feather=feather,
            scale=scale,
            hints=hints,
            nodata=nodata,
            keep_invalid=keep_invalid,
        )
    )
    for note in result.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return result


def colorize(
    image: ArrayOrLayer,
    grey: ArrayLike,
    mask: ArrayOrLayer,
    *,
    method: str = "auto",
    device: str = "auto",
    seed: int = 0,
    hints: HintsOrLayer = None,
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
    device, seed, hints
        As in `fill`.

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
    """
    parameters = FillParameters(colorizer=method, device=device, seed=seed)
    job = prepare(image, mask, parameters, hints=hints)
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
    coloured = exhaust(Colouring(job, patches, 0.0, 1.0).run())
    for note in job.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return job.picture.composite(coloured)


def _run(job: FillJob) -> Generator[Step, None, FillResult]:
    """Fill, colour if there is colour to recover, and yield every step of it."""
    kept: list[Step] = []
    work = _stages(job)
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            return job.finished(tuple(kept), stop.value)
        if step.kind == "result":
            kept.append(step)
        yield step


def _stages(job: FillJob) -> Generator[Step, None, tuple[Patch, ...] | None]:
    """Run both stages, and return how sure the colours of each region are."""
    for note in job.notes:
        yield Step("start", note, 0.0, "note")
    yield job.with_hole()
    filling = Filling(job, 0.0, job.grey_share)
    patches = yield from filling.run()
    yield filling.result(patches)
    confidences = None
    if job.colorizer is not None:
        grey = tuple(Patch(p.window, luma(p.planes)) if p.planes.ndim == 3 else p for p in patches)
        colouring = Colouring(job, grey, job.grey_share, 1.0)
        patches = yield from colouring.run()
        confidences = colouring.confidences
    yield job.final(patches)
    return confidences
