"""What the axes of a stack are: which two are the plane, which is colour, and what others mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import flag_of, whole_of
from napari_greyfill.errors import BadParameterError, UnsupportedImageError
from napari_greyfill.image.geometry import Window

__all__ = ["Axes", "axes_of", "dtype_of", "labels_on", "names_of_axes"]

Index = tuple[int, ...]
_WORDS = {
    "TIME": "T",
    "FRAME": "T",
    "FRAMES": "T",
    "DEPTH": "Z",
    "SLICE": "Z",
    "PLANE": "Z",
    "PLN": "Z",
    "CHANNEL": "C",
    "CHANNELS": "C",
    "BAND": "C",
    "ROW": "Y",
    "HEIGHT": "Y",
    "COLUMN": "X",
    "COL": "X",
    "WIDTH": "X",
    "SAMPLE": "S",
    "RGB": "S",
    "CH": "C",
}
# where layers of napari, xarray, zarr 3 and tensorstore have names for their axes
_LABELS = (("axis_labels",), ("dims",), ("metadata", "dimension_names"), ("domain", "labels"))
_UNTOLD = ""  # the name of an axis nobody named


@dataclass(frozen=True)
class Axes:
    """The axes of a stack, in the order of its array.

    Attributes
    ----------
    names : tuple of str
        One for each: Y and X are the plane, S is colour, Z, T and C mean what they say; empty
        where nobody said so.
    shape : tuple of int
        Their lengths.
    """

    names: tuple[str, ...]
    shape: tuple[int, ...]

    @property
    def y(self) -> int:
        """Return where the rows are."""
        return self.names.index("Y")

    @property
    def x(self) -> int:
        """Return where the columns are."""
        return self.names.index("X")

    @property
    def colour(self) -> int | None:
        """Return where colour is; None for grey planes."""
        return self.names.index("S") if "S" in self.names else None

    @property
    def leading(self) -> tuple[int, ...]:
        """Return where the axes are along which planes follow each other."""
        return tuple(i for i, name in enumerate(self.names) if name not in ("Y", "X", "S"))

    @property
    def stack_names(self) -> tuple[str, ...]:
        """Return the names of the axes along which planes follow each other."""
        return tuple(self.names[i] for i in self.leading)

    @property
    def stack_shape(self) -> tuple[int, ...]:
        """Return how many planes there are along each of them."""
        return tuple(self.shape[i] for i in self.leading)

    @property
    def plane_shape(self) -> tuple[int, int]:
        """Return (height, width) of a plane in pixels."""
        return self.shape[self.y], self.shape[self.x]

    @property
    def planes(self) -> int:
        """Return how many planes there are."""
        return prod(self.stack_shape)

    def place(self, index: Index, window: Window | None = None) -> tuple[int | slice, ...]:
        """Return what cuts a plane, or a window of it, out of the array.

        Parameters
        ----------
        index : tuple of int
            One for each axis along which planes follow each other.
        window : Window, optional
            By default the whole plane.
        """
        found: list[int | slice] = [slice(None)] * len(self.names)
        for axis, at in zip(self.leading, index, strict=True):
            found[axis] = at
        if window is not None:
            found[self.y], found[self.x] = window.slices
        return tuple(found)

    def upright(self, part: NDArray[Any]) -> NDArray[Any]:
        """Return what `place` cut out as (h, w) or (h, w, C), whatever the order of its axes."""
        left = [axis for axis in range(len(self.names)) if axis not in self.leading]
        order = [left.index(self.y), left.index(self.x)]
        if self.colour is not None:
            order.append(left.index(self.colour))
        return part.transpose(order)

    def laid(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a plane, (h, w) or (h, w, C), with its axes as the array has them."""
        left = [axis for axis in range(len(self.names)) if axis not in self.leading]
        own = [self.y, self.x] + ([] if plane.ndim == 2 or self.colour is None else [self.colour])
        return plane.transpose([own.index(axis) for axis in left if axis in own])

    def without_colour(self) -> Axes:
        """Return the axes of a mask or of labels of the stack."""
        kept = [i for i in range(len(self.names)) if i != self.colour]
        return Axes(tuple(self.names[i] for i in kept), tuple(self.shape[i] for i in kept))

    def words(self, index: Index) -> str:
        """Return which plane it is, for people, as in "T 1, Z 2", without axes of length 1."""
        parts = [
            f"{name or 'plane'} {at}"
            for name, at, length in zip(self.stack_names, index, self.stack_shape, strict=True)
            if length > 1
        ]
        return ", ".join(parts)

    def key(self, index: Index) -> str:
        """Return which plane it is, for machines, as in "T1/Z2"."""
        pairs = zip(self.stack_names, self.leading, index, strict=True)
        return "/".join(f"{name or f'A{axis}'}{at}" for name, axis, at in pairs) or "plane"

    def axis_named(self, name: str) -> int | None:
        """Return which of the axes along which planes follow has a name and two or more planes."""
        for position, (own, length) in enumerate(
            zip(self.stack_names, self.stack_shape, strict=True)
        ):
            if own == name and length > 1:
                return position
        return None

    def context(self, wanted: str) -> tuple[int, ...]:
        """Return the axes along which planes may be filled from each other, the best first.

        Parameters
        ----------
        wanted : {"auto", "none", "z", "t"}
            What the user chose.

        Raises
        ------
        BadParameterError
            If there is no such axis.
        UnsupportedImageError
            If nobody said which of several axes is which.
        """
        if wanted == "none":
            return ()
        if wanted in ("z", "t"):
            found = self.axis_named(wanted.upper())
            if found is None:
                raise BadParameterError(
                    f"There is no axis {wanted.upper()} with several planes in this stack "
                    f"({self.described()}), so planes cannot be filled along it; name the axes, "
                    'as in axes="TZYX", or leave the context at auto.'
                )
            return (found,)
        untold = [
            length
            for name, length in zip(self.stack_names, self.stack_shape, strict=True)
            if name == _UNTOLD and length > 1
        ]
        if untold:
            raise UnsupportedImageError(
                f"Which axes of {self.described()} are depth, time and channels cannot be told; "
                'name them, as in axes="TZYX", or set context="none" to fill each plane by itself.'
            )
        both = (self.axis_named("Z"), self.axis_named("T"))
        return tuple(axis for axis in both if axis is not None)

    def described(self) -> str:
        """Return shape and names, for people."""
        lengths = " × ".join(map(str, self.shape))
        return f"{lengths}, {''.join(name or '?' for name in self.names)}"


def axes_of(
    data: Any,  # noqa: ANN401 - any array
    *,
    axes: Any = None,  # noqa: ANN401 - text, or a list of it
    channel_axis: int | None = None,
    rgb: bool | None = None,
    labels: Sequence[str] | None = None,
) -> Axes:
    """Return the axes of an array: as they are named, or as they lie by custom.

    Without names the last two are the plane, before them a single axis is taken for Z.

    Parameters
    ----------
    data : array
        With a shape.
    axes : str or sequence of str, optional
        A name for each, as in "TZCYX" or ["time", "y", "x"].
    channel_axis : int, optional
        The axis of the channels, each of which is filled by itself.
    rgb : bool, optional
        Whether the last axis is colour; by default, without names, if it has 3 or 4 entries.
    labels : sequence of str, optional
        What the array itself, or its layer, says about its axes, colour left out; believed where
        it makes sense.

    Raises
    ------
    BadParameterError
        If names or the axis of the channels do not fit the array.
    UnsupportedImageError
        If the array has no plane.
    """
    shape = tuple(int(length) for length in data.shape)
    flag_of("rgb", rgb)
    if axes is not None and not (isinstance(axes, str) and not axes.strip()):
        names = names_of_axes(axes)
        _require_fit(names, shape, axes)
    else:
        names = _by_custom(shape, rgb, labels)
    if channel_axis is not None:
        names = _with_channels(names, shape, channel_axis)
    found = Axes(names, shape)
    if found.colour is not None and shape[found.colour] not in (3, 4):
        raise UnsupportedImageError(
            f"The colour axis has {shape[found.colour]} entries, which are no colours; name it C "
            "to fill each of them by itself."
        )
    if 0 in shape:
        raise UnsupportedImageError(
            f"The stack has no pixels ({found.described()}); choose another one."
        )
    return _named_single(found)


def names_of_axes(axes: Any) -> tuple[str, ...]:  # noqa: ANN401 - text, or a list of it
    """Return names of axes as single letters where they are known words.

    Parameters
    ----------
    axes : str or sequence of str
        As in "tzcyx" or ["time", "y", "x"].

    Raises
    ------
    BadParameterError
        If it is neither, or a name comes twice.
    """
    try:
        parts = [str(part).strip().upper() for part in axes]
    except TypeError as error:
        raise BadParameterError(
            f'axes is {axes!r}, but it must be a text such as "TZYX"; give a letter for each axis.'
        ) from error
    names = tuple(_WORDS.get(part, part) for part in parts if part)
    twice = {name for name in names if names.count(name) > 1}
    if twice or "Y" not in names or "X" not in names:
        what = f"{', '.join(sorted(twice))} twice" if twice else "no Y or no X"
        raise BadParameterError(
            f'The axes {"".join(names)!r} have {what}; name each axis once, as in axes="TZCYX".'
        )
    return names


def labels_on(data: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - any array, or a layer
    """Return what an array or a layer says about its axes; None if it says nothing.

    Parameters
    ----------
    data : array or napari layer
        Layers, xarray, zarr (version 3) and tensorstore have names for their axes.
    """
    for names in _LABELS:
        found = data
        for name in names:
            found = getattr(found, name, None)
        if isinstance(found, Iterable) and not isinstance(found, str):
            return tuple(str(label) for label in found)
    return None


def _by_custom(
    shape: tuple[int, ...], rgb: bool | None, labels: Sequence[str] | None
) -> tuple[str, ...]:
    colour = len(shape) >= 3 and shape[-1] in (3, 4) if rgb is None else rgb
    told = _understood(labels)
    if told is not None and len(told) == len(shape) and {"Y", "X"} <= set(told):
        return told
    spatial = len(shape) - bool(colour)
    if spatial < 2:
        raise UnsupportedImageError(
            f"An image has height and width, this one has the shape {shape}; pass another one."
        )
    leading = [_UNTOLD] * (spatial - 2)
    if told is not None and len(told) == spatial:
        known = {"Y", "X"} <= set(told)
        if known:
            return (*told, "S") if colour else told
        leading = [name if name not in ("Y", "X", "S") else _UNTOLD for name in told[:-2]]
    return (*leading, "Y", "X", "S") if colour else (*leading, "Y", "X")


def _understood(labels: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return names that mean something; empty ones for those that are numbers or unknown words."""
    if labels is None:
        return None
    upper = [str(label).strip().upper() for label in labels]
    names = [_WORDS.get(label, label) for label in upper]
    known = [name if name in ("T", "Z", "C", "Y", "X", "S") else _UNTOLD for name in names]
    twice = any(name and known.count(name) > 1 for name in known)
    return None if twice or not any(known) else tuple(known)


def _require_fit(names: tuple[str, ...], shape: tuple[int, ...], given: Any) -> None:  # noqa: ANN401
    if len(names) != len(shape):
        raise BadParameterError(
            f"axes is {given!r}, which names {len(names)} axes, but the image has {len(shape)} "
            f"({' × '.join(map(str, shape))}); name each of them."
        )


def _with_channels(
    names: tuple[str, ...], shape: tuple[int, ...], channel_axis: int
) -> tuple[str, ...]:
    axis = whole_of("channel_axis", channel_axis, low=-len(shape), example=0)
    if axis >= len(shape):
        raise BadParameterError(
            f"channel_axis is {axis}, but the image has {len(shape)} axes; "
            f"set it to a number below {len(shape)}."
        )
    axis %= len(shape)
    if names[axis] == "C":
        return names
    if "C" in names:
        raise BadParameterError(
            f"channel_axis is {channel_axis}, but another axis is called C; leave one of them out."
        )
    others = [name for i, name in enumerate(names) if i != axis]
    if names[axis] in ("Y", "X", "S"):  # by custom the last ones, which are the others then
        others = ["", *others]
        others = [*[name for name in others if name not in ("Y", "X", "S")]]
        others = [*others[: len(names) - 3], "Y", "X"]
    return (*others[:axis], "C", *others[axis:])


def _named_single(axes: Axes) -> Axes:
    """Return axes whose only unnamed one with several planes is called Z, if none is yet."""
    open_ones = [i for i in axes.leading if axes.names[i] == _UNTOLD and axes.shape[i] > 1]
    if len(open_ones) != 1 or {"Z", "T"} & set(axes.names):
        return axes
    names = list(axes.names)
    names[open_ones[0]] = "Z"
    return Axes(tuple(names), axes.shape)


def dtype_of(data: Any) -> np.dtype[Any]:  # noqa: ANN401 - any array
    """Return the type of an array's values as numpy has it; tensorstore has one of its own."""
    found: np.dtype[Any] = np.dtype(getattr(data.dtype, "numpy_dtype", data.dtype))
    return found
