"""The scale of an image's values: which of them become 0 and 1 in the engine, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane, values_in

__all__ = [
    "LARGE",
    "Kind",
    "ValueRange",
    "as_type",
    "range_near",
    "range_of",
    "robust_range",
    "value_range",
]

_SAMPLE = 1_000_000  # at most about this many pixels decide the range of a large image
LARGE = 4 * _SAMPLE  # pixels; images below are judged by all of them
_PIECES = 4  # along each side, where windows are judged with pieces of the rest
_LARGEST = float(np.finfo(np.float64).max) / 4  # ranges up to here have a finite width
_FARTHEST = 1e30  # planes go up to here, which float32 can hold
Kind = Literal["grey", "rgb", "rgba"]


@dataclass(frozen=True)
class ValueRange:
    """The values of the image that become 0 and 1 in the engine: a scale, no limit.

    Attributes
    ----------
    low, high : float
    own : bool
        Whether it is the scale of the image's type, beyond which there are no values.
    """

    low: float
    high: float
    own: bool = field(default=False, compare=False)

    @property
    def width(self) -> float:
        """Return high - low, never zero."""
        return self.high - self.low or 1.0

    def to_unit(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Map image values to planes; what lies beyond the range goes beyond [0, 1]."""
        finite = np.clip(values.astype(np.float64), -_LARGEST, _LARGEST)
        with np.errstate(over="ignore"):
            unit = (finite - self.low) / self.width
        return np.clip(unit, -_FARTHEST, _FARTHEST).astype(np.float32)

    def to_finite_unit(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Map image values to planes; NaN and infinity as if the image were 0 there."""
        if values.dtype.kind == "f":
            values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
        return self.to_unit(values)

    def to_clipped_unit(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Map image values to [0, 1], for looking; what lies beyond is black or white."""
        return np.clip(self.to_unit(values), 0.0, 1.0)

    def from_unit(self, planes: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map planes back to image values, rounded and clipped to what `dtype` holds here."""
        with np.errstate(over="ignore"):
            values = planes.astype(np.float64) * self.width + self.low
        return as_type(np.clip(values, *self.limits(dtype)), dtype)

    def limits(self, dtype: np.dtype[Any]) -> tuple[float, float]:
        """Return the smallest and the largest value that an image of a type can have.

        Floats on their own scale, 0 to 1, stay within it, as integers do.
        """
        if self.own and dtype.kind == "f":
            return self.low, self.high
        if dtype.kind in "iu":
            return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
        return (0.0, 1.0) if dtype.kind == "b" else _limits_of_floats(dtype)

    def unit_limits(self, dtype: np.dtype[Any]) -> tuple[float, float]:
        """Return the same in planes."""
        with np.errstate(over="ignore"):
            low, high = (
                (np.float64(limit) - self.low) / self.width for limit in self.limits(dtype)
            )
        return max(float(low), -_FARTHEST), min(float(high), _FARTHEST)


def _limits_of_floats(dtype: np.dtype[Any]) -> tuple[float, float]:
    largest = float(np.finfo(dtype).max)
    return -largest, largest


def as_type(values: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Convert values to `dtype`, rounding and clipping where it holds integers."""
    if dtype.kind == "b":
        return values >= 0.5
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        # float64 cannot hold the largest 64-bit integers; step below them instead
        top = np.nextafter(float(limits.max), 0) if dtype.itemsize == 8 else limits.max
        return np.clip(np.rint(values), limits.min, top).astype(dtype)
    return np.clip(values, *_limits_of_floats(dtype)).astype(dtype)


def value_range(known: NDArray[Any], extremes: tuple[float, float] | None = None) -> ValueRange:
    """Return the range that known values of an image live in, as a scale for them.

    Values that use at least a quarter of what their type can hold (floats: of 0 to 1) are
    taken at the type's own scale, so that a photograph means the same as 8 bits, 16 bits or
    float. Everything else, such as 12-bit camera counts in 16-bit files, has the `robust_range`.

    Parameters
    ----------
    known : array of any real dtype, finite, not empty
        The known values of the image, or a sample of them.
    extremes : tuple of float, optional
        The smallest and the largest of all values, where `known` is a sample.
    """
    found = (known.min(), known.max()) if extremes is None else extremes
    low, high = max(float(found[0]), -_LARGEST), min(float(found[1]), _LARGEST)
    full = _full_scale(known.dtype, low, high)
    if full is not None and high - low >= 0.25 * full.width:
        return full
    return ValueRange(*robust_range(np.clip(known.astype(np.float64), low, high), (low, high)))


def robust_range(
    values: NDArray[np.float64], extremes: tuple[float, float]
) -> tuple[float, float]:
    """Return a range that few outliers do not widen.

    It spans from the smallest to the largest value, except that outliers (beads, hot pixels)
    count only up to one further width of the central 99.8 %.

    Parameters
    ----------
    values : float64 array, since differences between the extremes of narrow types overflow
        The known values of the image, or a sample of them.
    extremes : tuple of float
        The smallest and the largest of all values, of which these may be a sample.
    """
    low, high = extremes
    inner_low, inner_high = (float(q) for q in np.percentile(values, [0.1, 99.9]))
    spread = inner_high - inner_low
    if spread > 0:
        low, high = max(low, inner_low - spread), min(high, inner_high + spread)
    return low, high


def _full_scale(dtype: np.dtype[Any], low: float, high: float) -> ValueRange | None:
    if dtype.kind == "b":
        return ValueRange(0.0, 1.0, own=True)
    if dtype.kind in "iu":
        return ValueRange(0.0, float(np.iinfo(dtype).max), own=True) if low >= 0 else None
    return ValueRange(0.0, 1.0, own=True) if low >= 0 and high <= 1 else None


def range_of(
    image: NDArray[Any], lost: NDArray[np.bool_], kind: Kind, near: Sequence[Window] = ()
) -> ValueRange:
    """Take the range from all known pixels; of a large image from some, and the extremes.

    Without windows to judge by, the extremes are those of all known pixels: a grid may miss a
    small object, and whether floats stay within 0 and 1 must not hang on it.
    """
    step = max(1, int(np.sqrt(lost.size / _SAMPLE)))
    if lost.size >= LARGE and near:
        return range_near(image, lost, kind, near)
    colours = image[..., :3] if kind == "rgba" else image
    known = colours[::step, ::step][~lost[::step, ::step]]
    if step == 1:
        return value_range(known)
    counted = ~lost if kind == "grey" else np.broadcast_to(~lost[..., None], colours.shape)
    first = colours.flat[int(np.argmax(counted))]
    extremes = (
        float(np.min(colours, where=counted, initial=first)),
        float(np.max(colours, where=counted, initial=first)),
    )
    return value_range(known if known.size else colours[~lost], extremes)


def range_near(
    image: NDArray[Any] | LazyPlane,
    lost: NDArray[np.bool_],
    kind: Kind,
    near: Sequence[Window],
) -> ValueRange:
    """Take the range of a large image from where the work will be, and from pieces of the rest.

    The pieces are not looked at if the windows alone show that the type's own scale is used.
    """

    def known_in(windows: Iterable[Window]) -> list[NDArray[Any]]:
        crops = ((values_in(image, w), ~lost[w.slices]) for w in windows)
        return [(values[..., :3] if kind == "rgba" else values)[k] for values, k in crops]

    parts = [part for part in known_in(near) if part.size]
    found = _own_scale(parts)
    if found is not None:
        return found
    parts += [part for part in known_in(_pieces(lost.shape)) if part.size]
    if not parts:
        whole = np.asarray(image)
        return value_range((whole[..., :3] if kind == "rgba" else whole)[~lost])
    extremes = min(float(p.min()) for p in parts), max(float(p.max()) for p in parts)
    step = -(-sum(len(part) for part in parts) // _SAMPLE)
    return value_range(np.concatenate([part[::step].ravel() for part in parts]), extremes)


def _own_scale(parts: Sequence[NDArray[Any]]) -> ValueRange | None:
    """Return the scale of a type if some of an image's values suffice to tell that it is used."""
    if not parts or parts[0].dtype.kind not in "bu":
        return None
    low, high = min(float(p.min()) for p in parts), max(float(p.max()) for p in parts)
    full = _full_scale(parts[0].dtype, low, high)
    return full if full is not None and high - low >= 0.25 * full.width else None


def _pieces(shape: tuple[int, ...]) -> list[Window]:
    """Return squares spread evenly over an image, together about as large as the sample."""
    side = isqrt(_SAMPLE) // _PIECES
    rows, columns = (
        [max(0, (2 * i + 1) * length // (2 * _PIECES) - side // 2) for i in range(_PIECES)]
        for length in shape[:2]
    )
    frame = Window(0, shape[0], 0, shape[1])
    every = (Window(y, y + side, x, x + side).intersection(frame) for y in rows for x in columns)
    return [piece for piece in every if piece is not None]
