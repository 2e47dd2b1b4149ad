"""Marks that let light pass: taken back where that is better than filling, if that is asked for.

Unless the option `correct` asks for it, nothing under the mask is ever looked at. If it does, each
painted piece is judged by itself once all is filled, whatever filled it: `inpaint.marks` says
whether light passes there and how large the errors of both ways are, and their weighted mean
takes the place of the fill.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import values_in
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.inpaint.marks import Judgement, Scene, judge
from napari_greyfill.pipeline.job import FillJob
from napari_greyfill.pipeline.pieces import CORRECTED, FILLED, Piece

__all__ = ["taken_back"]

SMALLEST = 40  # pixels of a piece; of a smaller one nothing can be told
LARGEST = 1024  # pixels a side
AROUND = 64  # pixels around a piece, or its own side if that is more
Values: TypeAlias = NDArray[np.float32]


def taken_back(
    job: FillJob, patches: Sequence[Patch], start: float
) -> Generator[Event, None, tuple[tuple[Patch, ...], tuple[Piece, ...]]]:
    """Return the patches with marks taken back in place of fills, and what became of each piece.

    Parameters
    ----------
    job : FillJob
        What was chosen, and the picture.
    patches : sequence of Patch
        The finished fills of all of the hole.
    start : float
        The finished share of the whole work.
    """
    picture = job.picture
    labels, count = ndimage.label(picture.hole, structure=np.ones((3, 3), bool))
    pieces: list[Piece] = []
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        job.compute.check()
        yield Progress(
            f"looking whether light passes, {number} of {count}",
            start + (1 - start) * number / count,
        )
        rows, columns = place
        box = Window(rows.start, rows.stop, columns.start, columns.stop)
        own = labels[place] == number
        why = _unfit(picture, box, own)
        if why:
            pieces.append(_piece(box, own, Judgement(False, why), picture))
            continue
        window = box.expanded(max(AROUND, *box.shape), picture.hole.shape)
        scene = _scene(picture, window, labels[window.slices] == number)
        work = judge(scene, job.compute, always=job.options.correct == "on")
        found = exhaust(work, lambda _: job.compute.check())
        pieces.append(_piece(box, own, found, picture))
        if found.plane is not None:
            limits = picture.values.unit_limits(picture.original.dtype)
            plane = np.clip(found.plane, *limits).astype(np.float32)
            patches = _replaced(patches, window, plane, scene.own)
    return tuple(patches), tuple(pieces)


def _unfit(picture: Picture, box: Window, own: NDArray[np.bool_]) -> str:
    """Return why a piece cannot be judged; empty if it can."""
    if np.count_nonzero(own) < SMALLEST:
        return "it is too small to tell"
    if max(box.shape) > LARGEST:
        return "it is too large to tell"
    if picture.original.dtype.kind == "b":
        return "there is only black and white"
    if picture.void is not None and picture.void[box.slices][own].any():
        return "some of its pixels have no value"
    if picture.kind == "rgba":
        alpha = np.asarray(values_in(picture.original, box))[..., 3]
        if (alpha[own] == 0).any():
            return "some of it is transparent"
    return ""


def _scene(picture: Picture, window: Window, own: NDArray[np.bool_]) -> Scene:
    """Return what was recorded in a window, under the mask too."""
    scale, kind = picture.values, picture.original.dtype
    return Scene(
        picture.as_planes(values_in(picture.original, window)),
        own,
        picture.missing(window) & ~own,
        (min(scale.low, 0.0) - scale.low) / scale.width,
        scale.unit_limits(kind),
        1.0 / scale.width if kind.kind in "iu" else 0.0,
    )


def _replaced(
    patches: Sequence[Patch], window: Window, plane: Values, own: NDArray[np.bool_]
) -> list[Patch]:
    """Return patches with the pixels of a piece replaced by those of a window's plane."""
    result = []
    for patch in patches:
        common = window.intersection(patch.window)
        if common is None:
            result.append(patch)
            continue
        here, there = common.within(patch.window), common.within(window)
        planes = patch.planes.copy()
        if planes.ndim == 2 and plane.ndim == 3:
            planes = np.repeat(planes[..., None], plane.shape[-1], axis=-1)
        planes[here][own[there]] = plane[there][own[there]]
        result.append(Patch(patch.window, planes))
    return result


def _piece(box: Window, own: NDArray[np.bool_], found: Judgement, picture: Picture) -> Piece:
    """Return what became of a piece, in the units of the picture."""
    width = picture.values.width
    told: dict[str, Any] = {}
    if found.corrected and found.mark is not None:
        told["passes"] = tuple(round(float(v), 4) for v in found.mark.passes)
        told["adds"] = tuple(float(f"{v * width:.4g}") for v in found.mark.adds)
        told["expected_error"] = None if found.error is None else found.error * width
    label = CORRECTED if found.corrected else FILLED
    return Piece(box, own, label, found.why, **told)
