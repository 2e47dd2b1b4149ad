"""Which planes of a stack are to be filled, as people write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from napari_greyfill.checks import whole_of
from napari_greyfill.errors import BadParameterError
from napari_greyfill.stack.axes import Axes

__all__ = ["chosen_planes"]


def chosen_planes(planes: Any, axes: Axes) -> tuple[tuple[int, ...], ...]:  # noqa: ANN401
    """Return which places along each axis are to be filled.

    Parameters
    ----------
    planes : "all", int, slice, sequence of int, text, or a mapping of these by axis
        Of one kind: along the first axis with several planes.
    axes : Axes
        Of the stack.

    Raises
    ------
    BadParameterError
        If there is no such axis or plane.
    """
    lengths = axes.stack_shape
    found = [tuple(range(length)) for length in lengths]
    if isinstance(planes, str) and planes.strip().lower() in ("all", ""):
        return tuple(found)
    if isinstance(planes, str) and "=" in planes:
        planes = _by_name(planes)
    if not isinstance(planes, Mapping):
        long = [axis for axis, length in enumerate(lengths) if length > 1] or [0]
        planes = {long[0]: planes}
    for name, wanted in planes.items():
        axis = _axis_of(name, axes)
        found[axis] = _places(wanted, lengths[axis])
    return tuple(found)


def _by_name(text: str) -> dict[str, str]:
    """Read what is chosen for several axes, as in T=0, Z=3:10."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        name = name.strip().upper()
        if name in found:
            raise BadParameterError(
                f"planes={text!r} names the axis {name} twice; give one number or range for each "
                "axis, as in T=0, Z=3:10."
            )
        if part.strip():
            found[name] = value.strip()
    return found


def _axis_of(name: Any, axes: Axes) -> int:  # noqa: ANN401 - a name or a number
    names = axes.stack_names
    if isinstance(name, str) and name.strip().upper() in names:
        return names.index(name.strip().upper())
    if isinstance(name, int) and 0 <= name < len(names):
        return name
    raise BadParameterError(
        f"planes names the axis {name!r}, which {axes.described()} has not; choose one of: "
        f"{', '.join(each for each in names if each)}."
    )


def _places(wanted: Any, length: int) -> tuple[int, ...]:  # noqa: ANN401 - what a caller passed
    if isinstance(wanted, str):
        wanted = _read(wanted, length)
    if isinstance(wanted, slice):
        found = tuple(range(length)[_slice(wanted, length)])
    elif isinstance(wanted, int | np.integer) and not isinstance(wanted, bool):
        found = (_place(wanted, length),)
    else:
        try:
            found = tuple(sorted({_place(each, length) for each in wanted}))
        except TypeError:
            found = (_place(wanted, length),)
    if not found:
        raise BadParameterError(
            f"planes={wanted!r} chooses none of the {length} planes; choose at least one, or all."
        )
    return found


def _slice(wanted: slice, length: int) -> slice:
    """Check that a range counts; its ends may lie anywhere."""
    try:
        wanted.indices(length)
    except (ValueError, TypeError) as error:
        raise BadParameterError(
            f"planes={wanted!r} is no range of planes ({error}); give it as in slice(3, 10)."
        ) from error
    return wanted


def _place(value: Any, length: int) -> int:  # noqa: ANN401 - what a caller passed
    place = whole_of("planes", value, low=-length, high=length - 1, example=0)
    return place % length


def _read(text: str, length: int) -> slice | tuple[int, ...] | int:
    """Read a number, or a range such as 3:10."""
    if text.strip().lower() in ("all", ":"):
        return slice(None)
    try:
        if ":" in text:
            return slice(*[int(part) if part.strip() else None for part in text.split(":")])
        return int(text)
    except (ValueError, TypeError) as error:
        raise BadParameterError(
            f"planes={text!r} is no number and no range; give it as in 3 or 3:10, from 0 to "
            f"{length - 1}."
        ) from error
