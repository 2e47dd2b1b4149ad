"""A filled stack against the truth, plane by plane."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from napari_greyfill.checks import array_of
from napari_greyfill.errors import ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.layer import data_of
from napari_greyfill.measure.metrics import metrics
from napari_greyfill.stack.axes import dtype_of
from napari_greyfill.stack.pasting import paste
from napari_greyfill.stack.result import StackResult
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import StackPatch

__all__ = ["measured", "truth_of"]


def truth_of(reference: Any, stack: StackImage) -> StackImage | None:  # noqa: ANN401 - any array
    """Return the true stack, to be read plane by plane; None for none.

    Parameters
    ----------
    reference : array, napari Image layer, "image" or None
        Of the stack's shape; "image" is the stack itself.
    stack : StackImage
        What is filled.

    Raises
    ------
    ShapeMismatchError
        If it has another shape.
    UnsupportedImageError
        If it has another type.
    """
    if reference is None:
        return None
    if isinstance(reference, str) and reference == "image":
        return stack
    data = data_of(reference)
    if not hasattr(data, "shape") or not hasattr(data, "dtype"):
        data = array_of("reference", data)
    if tuple(data.shape) != stack.axes.shape:
        shapes = [" × ".join(map(str, shape)) for shape in (data.shape, stack.axes.shape)]
        raise ShapeMismatchError(
            f"The reference is {shapes[0]} and the stack {shapes[1]}; give a reference of the "
            "stack's own shape."
        )
    types = stack.dtype.newbyteorder("="), dtype_of(data).newbyteorder("=")
    if types[0] != types[1] and not types[0].kind == types[1].kind == "f":
        raise UnsupportedImageError(
            f"The stack holds values of type {stack.dtype} and the reference of type "
            f"{dtype_of(data)}, so they cannot be compared; convert the reference first."
        )
    return replace(stack, data=data)


def measured(result: StackResult, truth: StackImage) -> StackResult:
    """Return a result whose planes have metrics; its own are the means of theirs.

    Parameters
    ----------
    result : StackResult
        Planes that were filled are read again, one at a time.
    truth : StackImage
        What `truth_of` returned.
    """
    found = {}
    by_plane: dict[tuple[int, ...], list[StackPatch]] = {}
    for patch in result.patches:
        by_plane.setdefault(patch.index, []).append(patch)
    colour = result.axes.colour is not None
    for index, patches in sorted(by_plane.items()):
        image = paste(np.array(result.stack.read(index)), patches)
        hole = np.zeros(result.axes.plane_shape, dtype=bool)
        for patch in patches:
            hole[patch.window.slices] |= patch.hole
        reference = np.asarray(truth.read(index))
        found[index] = metrics(image, reference, hole, rgb=colour, nodata=truth.nodata)
    names = next(iter(found.values()), {})
    means = {name: float(np.mean([each[name] for each in found.values()])) for name in names}
    return replace(result, plane_metrics=found, metrics=means)
