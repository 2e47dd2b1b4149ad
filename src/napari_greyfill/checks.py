"""Check what callers pass: one place that turns every wrong value into a sentence.

Each function returns the value as plain Python or numpy, or raises `BadParameterError` (arrays:
`UnsupportedImageError`, or what the caller asks for).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sized
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadParameterError, GreyfillError, UnsupportedImageError

__all__ = [
    "MOST_PIXELS",
    "array_of",
    "callable_of",
    "choice_of",
    "flag_of",
    "is_number",
    "known_values",
    "labels_of",
    "names_of",
    "number_of",
    "numbers_of",
    "share_of",
    "shown",
    "size_of",
    "whole_of",
]

MOST_PIXELS = 2**31  # of a picture; what is asked for beyond is a slip
_LARGEST_SEED = 2**63 - 1  # what every generator of random numbers takes
_SHOWN = 60  # characters of a wrong value in a sentence


def number_of(
    name: str,
    value: Any,  # noqa: ANN401 - the point is that it may be anything
    *,
    low: float = 0.0,
    unit: str = "",
    example: float = 0,
) -> float:
    """Return a finite number of `low` or more.

    Parameters
    ----------
    name : str
        What the sentence calls it.
    value : anything
        What the caller passed.
    low : float
        The smallest number allowed.
    unit : str
        Such as " pixels", for the sentence.
    example : float
        What the sentence advises.

    Raises
    ------
    BadParameterError
    """
    number = _real(value)
    if number is None or not math.isfinite(number) or number < low:
        raise BadParameterError(
            f"{name} is {shown(value)}, but it must be a number of {low:g}{unit} or more; "
            f"set it to {example:g}."
        )
    return number


def whole_of(
    name: str,
    value: Any,  # noqa: ANN401 - the point is that it may be anything
    *,
    low: int = 0,
    high: int = _LARGEST_SEED,
    example: int = 0,
) -> int:
    """Return a whole number from `low` to `high`; raises `BadParameterError`.

    Parameters
    ----------
    name : str
        What the sentence calls it.
    value : anything
        Fractions and booleans are no whole numbers.
    low, high : int
        The smallest and the largest number allowed.
    example : int
        What the sentence advises.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    is_whole = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not is_whole or not low <= int(value) <= high:
        most = "" if high == _LARGEST_SEED else f" and at most {high}"
        raise BadParameterError(
            f"{name} is {shown(value)}, but it must be a whole number of {low} or more{most}; "
            f"set it to {example}."
        )
    return int(value)


def choice_of(kind: str, value: Any, choices: Iterable[str]) -> str:  # noqa: ANN401
    """Return a name that is one of the choices; raises `BadParameterError`.

    Parameters
    ----------
    kind : str
        What the choices are, for the sentence.
    value : anything
        What the caller passed.
    choices : iterable of str
        The names that exist.
    """
    known = tuple(choices)
    if not isinstance(value, str) or value not in known:
        raise BadParameterError(
            f"There is no {kind} {shown(value)}; choose one of: {', '.join(known)}."
        )
    return value


def names_of(kind: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return one name or several as a tuple, none for an empty list; raises `BadParameterError`.

    Parameters
    ----------
    kind : str
        What the names are of, for the sentence.
    value : anything
        What the caller passed.
    """
    if isinstance(value, str):
        return (value,)
    try:
        names = tuple(value)
    except TypeError:
        names = (None,)
    if not all(isinstance(name, str) for name in names):
        raise BadParameterError(
            f"{shown(value)} is no name of a {kind} and no list of them; "
            "give names as text, such as 'auto'."
        )
    return names


def labels_of(value: Any) -> tuple[int, ...] | None:  # noqa: ANN401
    """Return labels in order, None for all; raises `BadParameterError`."""
    if value is None:
        return None
    try:
        found = () if isinstance(value, str | bytes | dict) else tuple(value)
    except TypeError:
        found = ()
    whole = [label for label in found if _is_whole(label)]
    if len(whole) < len(found) or (not found and not _is_empty(value)):
        raise BadParameterError(
            f"The labels are {shown(value)}, but they must be whole numbers in a list; "
            "give them as in labels=[1, 2]."
        )
    return tuple(sorted(int(label) for label in whole))


def flag_of(name: str, value: Any) -> bool | None:  # noqa: ANN401
    """Return True, False or None; raises `BadParameterError`.

    Parameters
    ----------
    name : str
        What the sentence calls it.
    value : anything
        What the caller passed.
    """
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    raise BadParameterError(
        f"{name} is {shown(value)}, but it must be True, False or None; set it to None."
    )


def callable_of(name: str, value: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Return what can be called; raises `BadParameterError`.

    Parameters
    ----------
    name : str
        What the sentence calls it.
    value : anything
        What the caller passed.
    """
    if not callable(value):
        raise BadParameterError(
            f"{name} is {shown(value)}, but it must be a function; leave it out."
        )
    return value  # type: ignore[no-any-return]


def size_of(shape: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return height and width of a picture to be made; raises `BadParameterError`."""
    try:
        sides = tuple(shape)[:2] if not isinstance(shape, str | bytes) else ()
    except TypeError:
        sides = ()
    whole = len(sides) == 2 and all(_is_whole(side) for side in sides)
    if not whole or min(sides) < 1:
        raise BadParameterError(
            f"A mask of size {shown(shape)} has no pixels; "
            "give height and width, as in (512, 512)."
        )
    height, width = int(sides[0]), int(sides[1])
    if height * width > MOST_PIXELS:
        raise BadParameterError(
            f"A mask of size {shown(shape)} has more than {MOST_PIXELS:,} pixels; "
            "give a smaller height and width."
        )
    return height, width


def array_of(
    what: str,
    value: Any,  # noqa: ANN401 - the point is that it may be anything
    error: type[GreyfillError] = UnsupportedImageError,
) -> NDArray[Any]:
    """Return what numpy makes of a value; a masked array stays one.

    Parameters
    ----------
    what : str
        What it is, for the sentence.
    value : anything
        What the caller passed.
    error : type
        What is raised if it is no array.
    """
    try:
        array = np.asanyarray(value) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    except GreyfillError:
        raise
    except MemoryError:
        raise
    except Exception as problem:
        raise error(
            f"The {what} is no array ({_one_line(problem)}); pass such an array."
        ) from problem
    return array


def numbers_of(
    what: str,
    value: Any,  # noqa: ANN401 - the point is that it may be anything
    error: type[GreyfillError] = BadParameterError,
) -> NDArray[Any]:
    """Return an array of real numbers; arguments as `array_of`.

    Parameters
    ----------
    what, value, error
        As for `array_of`.
    """
    array = np.asarray(array_of(what, value, error))
    if array.dtype.kind not in "biuf":
        raise error(
            f"The {what} is of type {array.dtype}, which holds no real numbers; "
            "pass an array of integers or floats."
        )
    return array


def known_values(array: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Return where a masked array holds values; None for any other array."""
    if not isinstance(array, np.ma.MaskedArray):
        return None
    return np.asarray(~np.ma.getmaskarray(array))


def is_number(value: object) -> bool:
    """Return whether a value is a finite number."""
    number = _real(value)
    return number is not None and math.isfinite(number)


def _real(value: object) -> float | None:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_):
        return None
    try:
        return float(value) if isinstance(value, Real) else None
    except OverflowError:
        return None


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def _is_empty(value: object) -> bool:
    return isinstance(value, Sized) and not isinstance(value, str | bytes) and not len(value)


def shown(value: object) -> str:
    """Return a wrong value for a sentence, in one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def share_of(name: str, value: Any) -> float:  # noqa: ANN401 - the point is that it may be anything
    """Return a number above 0 and below 1.

    Parameters
    ----------
    name : str
        The argument, for the message.
    value : object
        What was passed.

    Raises
    ------
    BadParameterError
        With a sentence, if it is none.
    """
    share = _real(value)
    if share is None or not 0.0 < share < 1.0:
        given = shown(value) if share is None else f"{share:g}"
        raise BadParameterError(
            f"{name} is {given}, but it must lie between 0 and 1; set it to 0.9, for example."
        )
    return share
