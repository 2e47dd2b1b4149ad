"""Arrays as users have them <-> planes as the engine wants them.

`Picture` keeps the array the user gave, knows which of its pixels are missing and in which
range its values live, and hands out float32 planes for any window: mostly in [0, 1], with
bright and dark objects beyond it. What comes back is written into the hole of a copy: known
pixels stay bit-identical whatever the data type.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.colour import luma
from napari_greyfill.errors import NothingKnown, ShapeMismatch, UnsupportedImage
from napari_greyfill.geometry import Window

__all__ = ["Patch", "Picture", "ValueRange", "as_type", "robust_range", "value_range"]

_SAMPLE = 1_000_000  # at most this many values decide the range of a large image
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


@dataclass(frozen=True)
class Patch:
    """Planes for one window: ``(h, w)`` luma or ``(h, w, 3)`` colour, float32, as in `Picture`."""

    window: Window
    planes: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Picture:
    """An image with a hole.

    Attributes
    ----------
    original : (H, W), (H, W, 3) or (H, W, 4) array
        What the user gave; never written to.
    hole : (H, W) bool array
        True where pixels are to be filled, NaN and infinite pixels included.
    kind : {"grey", "rgb", "rgba"}
    values : ValueRange
    invalid : int
        How many pixels outside the user's mask were NaN or infinite.
    blend : (H, W) float32 array or None
        How much of the fill to show in the hole, 0 to 1; None shows it all.
    """

    original: NDArray[Any]
    hole: NDArray[np.bool_]
    kind: Kind
    values: ValueRange
    invalid: int = 0
    blend: NDArray[np.float32] | None = None

    @classmethod
    def from_array(
        cls, image: ArrayLike, hole: NDArray[np.bool_], *, rgb: bool | None = None
    ) -> Picture:
        """Look at an image and its hole.

        Parameters
        ----------
        image : (H, W), (H, W, 3) or (H, W, 4) array
            Any boolean, integer or floating type.
        hole : (H, W) bool array
        rgb : bool, optional
            Whether the last axis is colour. By default it is if the image has three axes
            and 3 or 4 entries in the last.

        Raises
        ------
        UnsupportedImage
            For stacks and for types that are no real numbers.
        ShapeMismatch
            If image and hole do not cover the same pixels.
        NothingKnown
            If no pixel is left to learn from.
        """
        original = np.asarray(image)
        kind = _kind_of(original, rgb)
        if hole.shape != original.shape[:2]:
            raise ShapeMismatch(
                f"The image is {_size(original.shape)} and the mask is {_size(hole.shape)} "
                "pixels; paint the mask on a layer of the image's own size."
            )
        hole, invalid = _with_invalid(original, hole)
        if hole.all():
            raise NothingKnown(
                "Every pixel is masked, so there is nothing to fill from; "
                "leave some of the picture unpainted."
            )
        return cls(original, hole, kind, _range_of(original, hole, kind), invalid)

    @property
    def is_colour(self) -> bool:
        """Return whether there is colour to recover."""
        return self.kind != "grey"

    @property
    def colours(self) -> NDArray[Any]:
        """Return the original without its alpha channel."""
        return self.original[..., :3] if self.kind == "rgba" else self.original

    def with_blend(self, blend: NDArray[np.float32] | None) -> Picture:
        """Return the picture with another blending of the seam."""
        return replace(self, blend=blend)

    def planes(self, window: Window) -> NDArray[np.float32]:
        """Return one window as float32 on the scale of `values`, without alpha, 0 in the hole.

        Objects brighter or darker than nearly all of the picture lie beyond [0, 1].
        """
        values = self.colours[window.slices]
        if values.dtype.kind == "f":
            values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
        crop = self.values.to_unit(values)
        crop[self.hole[window.slices]] = 0.0
        return crop

    def composite(self, patches: tuple[Patch, ...]) -> NDArray[Any]:
        """Return a copy of the original with the patches pasted into the hole."""
        result = self.original.copy()
        colours = result[..., :3] if self.kind == "rgba" else result
        for patch in patches:
            values = self.values.from_unit(_as_kind(patch.planes, self.is_colour), result.dtype)
            self._paste(colours, values, patch.window)
        return result

    def composite_grey(self, patches: tuple[Patch, ...]) -> NDArray[Any]:
        """Return the luma of the original with grey patches pasted into the hole."""
        if not self.is_colour:
            return self.composite(patches)
        whole = Window(0, self.hole.shape[0], 0, self.hole.shape[1])
        grey = self.values.from_unit(luma(self.planes(whole)), self.original.dtype)
        for patch in patches:
            plane = luma(patch.planes) if patch.planes.ndim == 3 else patch.planes
            inside = self.hole[patch.window.slices]
            values = self.values.from_unit(plane, grey.dtype)
            grey[patch.window.slices][inside] = values[inside]
        return grey

    def _paste(self, target: NDArray[Any], values: NDArray[Any], window: Window) -> None:
        inside = self.hole[window.slices]
        view = target[window.slices]
        if self.blend is not None and target.dtype.kind != "b":
            values = self._blended(view, values, self.blend[window.slices])
        view[inside] = values[inside]

    def _blended(
        self, old: NDArray[Any], new: NDArray[Any], weight: NDArray[np.float32]
    ) -> NDArray[Any]:
        """Mix what stood under the mask with the fill; pixels that held no number are filled."""
        finite = np.isfinite(old) if old.dtype.kind == "f" else np.ones(old.shape, bool)
        share = weight.astype(np.float64)
        if old.ndim == 3:
            share = share[..., None]
        mixed = np.where(finite, old, 0).astype(np.float64) * (1.0 - share) + new * share
        partly = finite & (share < 1.0)
        return np.where(partly, as_type(mixed, old.dtype), new)


def _kind_of(image: NDArray[Any], rgb: bool | None) -> Kind:
    if image.dtype.kind not in "biuf":
        raise UnsupportedImage(
            f"Images of type {image.dtype} cannot be filled; convert it to integers or floats."
        )
    if image.size == 0:
        raise UnsupportedImage("The image has no pixels; choose another image.")
    colour = image.ndim == 3 and image.shape[-1] in (3, 4) if rgb is None else rgb
    if colour and image.ndim == 3 and image.shape[-1] in (3, 4):
        return "rgb" if image.shape[-1] == 3 else "rgba"
    if image.ndim == 2 and not colour:
        return "grey"
    raise UnsupportedImage(
        f"An array of shape {_size(image.shape)} is no single picture; "
        "pass one plane (H, W) or one colour image (H, W, 3 or 4) at a time."
    )


def _with_invalid(image: NDArray[Any], hole: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    if image.dtype.kind != "f":
        return hole, 0
    bad = ~np.isfinite(image[..., :3]).all(axis=-1) if image.ndim == 3 else ~np.isfinite(image)
    extra = int(np.count_nonzero(bad & ~hole))
    return (hole | bad, extra) if extra else (hole, 0)


def _range_of(image: NDArray[Any], hole: NDArray[np.bool_], kind: Kind) -> ValueRange:
    """Take the range from all known pixels, or from an even grid of a large image.

    The extremes are always those of all known pixels: a grid may miss a small object, and
    whether floats stay within 0 and 1 must not hang on it.
    """
    step = max(1, int(np.sqrt(hole.size / _SAMPLE)))
    colours = image[..., :3] if kind == "rgba" else image
    known = colours[::step, ::step][~hole[::step, ::step]]
    if step == 1:
        return value_range(known)
    counted = ~hole if kind == "grey" else np.broadcast_to(~hole[..., None], colours.shape)
    first = colours.flat[int(np.argmax(counted))]
    extremes = (
        float(np.min(colours, where=counted, initial=first)),
        float(np.max(colours, where=counted, initial=first)),
    )
    return value_range(known if known.size else colours[~hole], extremes)


def _as_kind(planes: NDArray[np.float32], colour: bool) -> NDArray[np.float32]:
    if colour and planes.ndim == 2:
        return np.repeat(planes[..., None], 3, axis=-1)
    return planes


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape) or "a single number"
