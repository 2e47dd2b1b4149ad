"""What is between the brackets of an array that is read part by part, as slices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Place", "placed"]


class Place:
    """A part of an array, as numpy would cut it out by numbers, slices forwards and an ellipsis.

    Attributes
    ----------
    slices : tuple of slice
        One for each axis, with two ends and no step: what has to be read.
    """

    def __init__(self, slices: tuple[slice, ...], then: tuple[int | slice, ...]) -> None:
        self.slices = slices
        self._then = then

    def of(self, part: NDArray[Any]) -> NDArray[Any]:
        """Return what was asked for of what was read: steps are taken, and numbers drop axes."""
        return np.asarray(part[self._then])


def placed(index: Any, shape: tuple[int, ...]) -> Place:  # noqa: ANN401 - as arrays take it
    """Return what is asked for.

    Parameters
    ----------
    index : int, slice, ellipsis, or a tuple of these
        As between the brackets.
    shape : tuple of int
        Of the array.

    Raises
    ------
    IndexError
        For places that are not there, too many axes, slices backwards, and arrays.
    """
    given = index if isinstance(index, tuple) else (index,)
    gaps = [at for at, part in enumerate(given) if part is Ellipsis]
    if len(gaps) > 1 or len(given) - len(gaps) > len(shape):
        raise IndexError(f"An array of {len(shape)} axes has no part {index!r}.")
    rest = [slice(None)] * (len(shape) - len(given) + len(gaps))
    given = (*given[: gaps[0]], *rest, *given[gaps[0] + 1 :]) if gaps else (*given, *rest)
    slices: list[slice] = []
    then: list[int | slice] = []
    for axis, (part, length) in enumerate(zip(given, shape, strict=True)):
        if isinstance(part, slice):
            start, stop, step = part.indices(length)
            if step < 0:
                raise IndexError("Slices go forwards.")
            slices.append(slice(start, max(start, stop)))
            then.append(slice(None, None, step))
            continue
        try:
            at = int(part)
        except TypeError as error:
            raise IndexError(f"Axis {axis} is cut by numbers and slices only.") from error
        at += length if at < 0 else 0
        if not 0 <= at < length:
            raise IndexError(f"There is no {part} along axis {axis}, whose length is {length}.")
        slices.append(slice(at, at + 1))
        then.append(0)
    return Place(tuple(slices), tuple(then))
