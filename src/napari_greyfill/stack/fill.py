"""The public functions that fill: a picture as a picture, a stack plane by plane."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from napari_greyfill.checks import array_of, callable_of, flag_of, whole_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, GreyfillWarning, UnsupportedImageError
from napari_greyfill.image.arrays import ImageLike, MaskLike
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline import run as picture
from napari_greyfill.pipeline.hints import HintsOrLayer
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.signatures import takes_options
from napari_greyfill.stack.axes import Axes, axes_of, labels_on
from napari_greyfill.stack.measured import truth_of
from napari_greyfill.stack.ome import place_of
from napari_greyfill.stack.options import StackChoices, StackOptions
from napari_greyfill.stack.result import StackResult
from napari_greyfill.stack.run import prepare_stack

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["fill", "fill_steps", "stack_axes"]


@takes_options(also=StackOptions)
def fill_steps(
    image: ImageLike,
    mask: MaskLike,
    *,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    axes: Any = None,  # noqa: ANN401 - text, or a list of it
    hints: HintsOrLayer = None,
    reference: ImageLike | None = None,
    after: FillResult | None = None,
    resume: StackResult | None = None,
    jobs: int = 1,
    client: Client | None = None,
    store: str | PathLike[str] | None = None,
    cancelled: CancelCheck = never,
    **options: Unpack[StackChoices],
) -> Generator[Event, None, FillResult | StackResult]:
    """Fill the holes of a picture or a stack step by step; takes what `fill` takes.

    Arguments are checked at once, before the first step. Closing the generator cancels the
    fill. Events come at most a few times a second, apart from results and notes. The last one
    holds the result, which is the generator's return value as well. Of a stack each finished
    plane is a `Preview`, whose source is a `FilledPlane`: it can be pasted by itself, and its
    `so_far` is the result of all finished planes, which stays if the run is cancelled and which
    `resume` continues.

    Parameters
    ----------
    image, mask, rgb, channel_axis, axes, hints, reference, after, resume, jobs, client, store
        As in `fill`.
    cancelled : callable
        Asked inside long computations, in the thread that runs the generator, which then
        raises `CancelledError` if the answer is True.
    <options>

    Yields
    ------
    Event

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.camera()[:96, :96]
    >>> mask = np.zeros(photo.shape, dtype=bool)
    >>> mask[40:44, 20:80] = True
    >>> *before, last = fill_steps(photo, mask, method="biharmonic")
    >>> last.fraction, last.value.image.shape
    (1.0, (96, 96))
    """
    own, rest = StackOptions.parted(options)
    count = whole_of("jobs", jobs, low=1, example=1)
    found = stack_axes(image, axes=axes, channel_axis=channel_axis, rgb=rgb)
    if found is None:
        given = {"resume": resume, "client": client, "store": store}
        names = [name for name, value in given.items() if value is not None]
        if names:
            raise BadParameterError(
                f"{' and '.join(names)} can be given for a stack, and this is a single picture; "
                "leave it out, or name the axes of a stack."
            )
        return picture.fill_steps(
            image,
            mask,
            rgb=rgb,
            channel_axis=channel_axis,
            hints=hints,
            reference=reference,
            after=after,
            cancelled=cancelled,
            **rest,
        )
    if hints is not None:
        raise BadParameterError(
            "Colour hints can be given for a single picture, not for a stack; fill the plane by "
            "itself."
        )
    if after is not None:
        raise BadParameterError(
            "after is for single pictures; pass the result of an earlier run on a stack as resume."
        )
    if rest.get("correct", "off") != "off":
        raise BadParameterError(
            "Marks are corrected in a single picture, not in a stack; fill the plane by itself, "
            "or leave dust that all frames share to the option dust."
        )
    check = callable_of("cancelled", cancelled)
    path = None if store is None else Path(fspath(store))
    job = prepare_stack(_array(image), mask, found, own, FillOptions(**rest), resume=resume)
    job.truth = truth_of(reference, job.work.image)
    place = place_of(image, found)
    return job.steps(jobs=count, client=client, cancelled=check, store=path, place=place)


@takes_options(also=StackOptions)
def fill(
    image: ImageLike,
    mask: MaskLike,
    *,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    axes: Any = None,  # noqa: ANN401 - text, or a list of it
    hints: HintsOrLayer = None,
    reference: ImageLike | None = None,
    after: FillResult | None = None,
    resume: StackResult | None = None,
    jobs: int = 1,
    client: Client | None = None,
    store: str | PathLike[str] | None = None,
    **options: Unpack[StackChoices],
) -> FillResult | StackResult:
    """Fill the painted holes of a picture, or of every plane of a stack.

    Several methods on one hole are a comparison: see `compare`.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or a napari Image layer
        Any boolean, integer or floating type; alpha is kept as it is. Pixels without a value
        (NaN, infinite, masked in a numpy masked array, or `nodata`) and fully transparent
        ones are never a source. More axes, of length 1, do not matter, nor do they in the
        mask. Of pyramids, and of large arrays that read what they are asked for (dask, zarr,
        HDF5), only what is near the mask is looked at: pixels without a value elsewhere stay.
        More axes, of any length, make a stack: (Z, H, W), (T, Z, C, H, W, 3) and so on.
    mask : (H, W) array, or a napari Labels layer
        Painted pixels (not 0) are filled. For a stack one plane serves all, or a mask has the
        axes of the stack, or some of them, before its rows and columns.
    rgb : bool, optional
        Whether the last axis is colour; by default if there are three axes and the last
        has 3 or 4 entries.
    channel_axis : int, optional
        The axis of the colours, if it is another one; also that of the reference and of the
        result. Of a stack the axis of its channels, each of which is filled by itself.
    axes : str or sequence of str, optional
        What the axes of a stack are, as in "TZCYX" or ["time", "y", "x"]; S is colour. By default
        as the layer or the array says; a single axis before rows and columns is taken for Z.
    hints : ColourHints, napari Points or Labels layer, or arrays, optional
        Colours that some pixels of the hole are to have, where the picture itself cannot
        tell; see `ColourHints.of`. They do not change the grey that is filled.
    reference : array, napari Image layer or "image", optional
        The true picture, to measure the fill against; "image" is the image itself, for holes
        painted on an intact picture. Of a stack each filled plane is measured.
    after : FillResult, optional
        What an earlier fill of the same picture returned: only regions whose hole or
        surroundings changed are filled again, the others keep their pixels, and the picture the
        scale of its values. `result.memory.counts` says how many they are.
    resume : StackResult, optional
        What an earlier run on the same stack got done; see `fill_steps`.
    jobs : int, optional
        How many processes share the planes of a stack; more than one need dask.distributed.
    client : distributed.Client, optional
        A cluster to share them instead.
    store : path, optional
        A folder such as ``filled.ome.zarr`` where filled pixels of a stack are kept on disk as
        they come, as an OME-Zarr that has only the chunks it needs. If an earlier run of the same
        was killed or cancelled, this one goes on from there.
    <options>

    Returns
    -------
    FillResult or StackResult
        The latter of a stack. Its `image` has the shape, type and range of the input; pixels
        outside the (grown) mask are bit-identical.

    Raises
    ------
    GreyfillError
        With a sentence that says what to do: `EmptyMaskError`, `BadMaskError`,
        `ShapeMismatchError`, `NothingKnownError`, `UnsupportedImageError`, `BadParameterError`,
        `MissingDependencyError`, `MissingWeightsError`, `BadCheckpointError`,
        `OutOfMemoryError`.

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
    steps = fill_steps(
        image,
        mask,
        rgb=rgb,
        channel_axis=channel_axis,
        axes=axes,
        hints=hints,
        reference=reference,
        after=after,
        resume=resume,
        jobs=jobs,
        client=client,
        store=store,
        **options,
    )
    result = exhaust(steps)
    if isinstance(result, FillResult):
        _ = result.image  # what is read window by window may be closed after the call
    for note in result.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return result


def stack_axes(
    image: Any,  # noqa: ANN401 - any array or layer
    *,
    axes: Any = None,  # noqa: ANN401 - text, or a list of it
    channel_axis: int | None = None,
    rgb: bool | None = None,
) -> Axes | None:
    """Return the axes of a stack; None of a single picture, which has no more than colour.

    Parameters
    ----------
    image : array or napari Image layer
        Nothing is read of it.
    axes, channel_axis, rgb
        As in `fill`.

    Raises
    ------
    GreyfillError
        As in `fill`.
    """
    data = _array(image)
    if axes is None and sum(length != 1 for length in data.shape) < 3:
        return None  # axes of length 1 do not matter, wherever they are
    if flag_of("rgb", rgb) is None:
        rgb = getattr(image, "rgb", None)
    if axes is None and channel_axis is not None and len(data.shape) == 3:
        return None  # the colours of a single picture
    labels = labels_on(image) if data is not image else labels_on(data)
    found = axes_of(data, axes=axes, channel_axis=channel_axis, rgb=rgb, labels=labels)
    if found.planes > 1:
        return found
    custom = found.names[-3:] == ("Y", "X", "S") or found.names[-2:] == ("Y", "X")
    return None if custom else found


def _array(image: Any) -> Any:  # noqa: ANN401 - any array or layer
    data = data_of(image)
    if hasattr(data, "shape") and hasattr(data, "dtype"):
        if any(length != length for length in data.shape):  # NaN, as dask says it
            raise UnsupportedImageError(
                "How long the axes of the image are is not known yet; call compute_chunk_sizes() "
                "of the dask array first."
            )
        return data
    return array_of("image", data)
