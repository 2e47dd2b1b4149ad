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

from napari_greyfill.checks import array_of, flag_of
from napari_greyfill.errors import NothingKnownError, ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.validity import (
    KeepInvalid,
    invalid_pixels,
    kept_pixels,
    transparent_pixels,
)

__all__ = ["Patch", "Picture", "ValueRange", "as_type", "plane_of", "robust_range", "value_range"]

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
        True where pixels are to be filled, NaN and infinite ones that are not kept included.
    kind : {"grey", "rgb", "rgba"}
    values : ValueRange
    invalid : int
        How many pixels outside the user's mask are filled because they hold no value.
    unknown : (H, W) bool array or None
        Pixels that stay as they are, and that nothing is taken from: those without a value
        that are kept, and transparent ones. None if there is no such pixel.
    kept : int
        How many pixels without a value are kept.
    void : (H, W) bool array or None
        Pixels that hold no value, kept or not; None if there is none.
    blend : (H, W) float32 array or None
        How much of the fill to show in the hole, 0 to 1; None shows it all.
    given : tuple of int
        Shape of the array the user gave if it had more axes, of length 1; empty otherwise.
    revealed : bool
        Whether a hole that was transparent becomes opaque, so that the fill can be seen.
    """

    original: NDArray[Any]
    hole: NDArray[np.bool_]
    kind: Kind
    values: ValueRange
    invalid: int = 0
    blend: NDArray[np.float32] | None = None
    given: tuple[int, ...] = ()
    unknown: NDArray[np.bool_] | None = None
    kept: int = 0
    void: NDArray[np.bool_] | None = None
    revealed: bool = False

    @classmethod
    def from_array(
        cls,
        image: ArrayLike,
        hole: NDArray[np.bool_],
        *,
        rgb: bool | None = None,
        nodata: float | None = None,
        keep_invalid: KeepInvalid = "fill",
        transparent_is_unknown: bool = False,
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
        nodata : float, optional
            A value that stands for none, besides NaN and infinity.
        keep_invalid : {"auto", "keep", "fill"}
            Which pixels without a value stay as they are, as in `kept_pixels`.
        transparent_is_unknown : bool
            Whether the colours of fully transparent pixels are no source.

        Raises
        ------
        UnsupportedImageError
            For stacks and for types that are no real numbers.
        ShapeMismatchError
            If image and hole do not cover the same pixels.
        NothingKnownError
            If no pixel is left to learn from.
        """
        original = array_of("image", image)
        kind = _kind_of(original, flag_of("rgb", rgb))
        if hole.shape != original.shape[:2]:
            raise ShapeMismatchError(
                f"The image is {_size(original.shape)} and the mask is {_size(hole.shape)} "
                "pixels; paint the mask on a layer of the image's own size."
            )
        painted = hole
        bad = invalid_pixels(original, nodata)
        unknown = None
        if bad is not None:
            unknown = kept_pixels(bad, painted, keep_invalid)
            hole = (painted | bad) & ~unknown
        kept = 0 if unknown is None else int(np.count_nonzero(unknown))
        added = int(np.count_nonzero(hole)) - int(np.count_nonzero(painted))
        if kind == "rgba" and transparent_is_unknown:
            hidden = transparent_pixels(original, hole)
            unknown = hidden if unknown is None or hidden is None else unknown | hidden
        lost = hole if unknown is None else hole | unknown
        if lost.all():
            raise NothingKnownError(
                "Every pixel is masked, so there is nothing to fill from; "
                "leave some of the picture unpainted."
            )
        values = _range_of(np.asarray(original), lost, kind)
        return cls(original, hole, kind, values, added, unknown=unknown, kept=kept, void=bad)

    def missing(self, window: Window) -> NDArray[np.bool_]:
        """Return the pixels of a window that are no source: its hole, and what is unknown."""
        hole = self.hole[window.slices]
        return hole.copy() if self.unknown is None else hole | self.unknown[window.slices]

    @property
    def is_colour(self) -> bool:
        """Return whether there is colour to recover."""
        return self.kind != "grey"

    @property
    def colours(self) -> NDArray[Any]:
        """Return the original without its alpha channel."""
        return self.original[..., :3] if self.kind == "rgba" else self.original

    @property
    def transparent(self) -> int:
        """Return how many pixels of the hole are fully transparent."""
        if self.kind != "rgba":
            return 0
        return int(np.count_nonzero(self.original[..., 3][self.hole] == 0))

    def with_blend(self, blend: NDArray[np.float32] | None) -> Picture:
        """Return the picture with another blending of the seam."""
        return replace(self, blend=blend)

    def planes(self, window: Window) -> NDArray[np.float32]:
        """Return one window as float32 on the scale of `values`, without alpha, 0 in the hole.

        Objects brighter or darker than nearly all of the picture lie beyond [0, 1].
        """
        values = np.asarray(self.colours[window.slices])
        if values.dtype.kind == "f":
            values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
        crop = self.values.to_unit(values)
        crop[self.missing(window)] = 0.0
        return crop

    def composite(self, patches: tuple[Patch, ...]) -> NDArray[Any]:
        """Return a copy of the original with the patches pasted into the hole.

        If the picture is `revealed`, its hole becomes opaque.
        """
        result = np.array(self.original)  # of a masked array the values
        if self.revealed:
            result[..., 3] = made_opaque(result[..., 3], self.hole)
        colours = result[..., :3] if self.kind == "rgba" else result
        for patch in patches:
            values = self.values.from_unit(_as_kind(patch.planes, self.is_colour), result.dtype)
            self._paste(colours, values, patch.window)
        return self._masked(result)

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
        if self.kept and self.unknown is not None:  # what stands for no value still does
            bare = np.asarray(self.original)[self.unknown]
            grey[self.unknown] = bare[..., 0]
        return self._masked(grey)

    def _masked(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return an image like the original: if that is a masked array, so is this."""
        if not isinstance(self.original, np.ma.MaskedArray):
            return image
        kept = np.zeros(image.shape[:2], bool) if self.unknown is None else self.unknown
        kept = kept & np.ma.getmaskarray(self.original).reshape(*kept.shape, -1).any(axis=-1)
        whole = kept if image.ndim == 2 else np.repeat(kept[..., None], image.shape[-1], axis=-1)
        return np.ma.MaskedArray(image, mask=whole)

    def _paste(self, target: NDArray[Any], values: NDArray[Any], window: Window) -> None:
        inside = self.hole[window.slices]
        view = target[window.slices]
        if self.blend is not None and target.dtype.kind != "b":
            values = self._blended(view, values, window)
        view[inside] = values[inside]

    def _blended(self, old: NDArray[Any], new: NDArray[Any], window: Window) -> NDArray[Any]:
        """Mix what stood under the mask with the fill; pixels that held no value are filled."""
        assert self.blend is not None  # the caller has looked
        finite = np.isfinite(old) if old.dtype.kind == "f" else np.ones(old.shape, bool)
        share = self.blend[window.slices].astype(np.float64)
        if self.void is not None:
            share = np.where(self.void[window.slices], 1.0, share)
        if old.ndim == 3:
            share = share[..., None]
        mixed = np.where(finite, old, 0).astype(np.float64) * (1.0 - share) + new * share
        partly = finite & (share < 1.0)
        return np.where(partly, as_type(mixed, old.dtype), new)


def plane_of(array: ArrayLike, axes: int = 2, *, rgb: bool | None = False) -> NDArray[Any]:
    """Return a view of an array without axes of length 1 beyond those of a plane.

    Axes go from the first one on, and only as many as need to; other axes stay.

    Parameters
    ----------
    array : array
    axes : int
        How many axes are to be left, not counting colour.
    rgb : bool, optional
        Whether the last axis is colour, which counts for itself. None: if there are three or more
        and 3 or 4 entries in the last.
    """
    found = array if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
    if rgb is None:
        rgb = found.ndim >= 3 and found.shape[-1] in (3, 4)
    spatial = found.shape[:-1] if rgb else found.shape
    singles = [axis for axis, length in enumerate(spatial) if length == 1]
    return found.squeeze(tuple(singles[: max(0, len(spatial) - axes)]))


def about_transparent(count: int, *, revealed: bool) -> str:
    """Return the sentence about transparent pixels in a hole."""
    if revealed:
        return f"{count:,} pixels of the hole were transparent; the fill was made opaque."
    return (
        f"{count:,} pixels of the hole are transparent, and so is the fill there; make them "
        "opaque to see it."
    )


def is_erased(alpha: NDArray[Any], hole: NDArray[np.bool_]) -> bool:
    """Return whether most of a hole is fully transparent: it was erased."""
    return bool(2 * np.count_nonzero(alpha[hole] == 0) > np.count_nonzero(hole))


def made_opaque(alpha: NDArray[Any], hole: NDArray[np.bool_]) -> NDArray[Any]:
    """Return an alpha channel that is opaque in a hole.

    Parameters
    ----------
    alpha : (H, W) array
        Opaque is its largest value, unless all is transparent.
    hole : (H, W) bool array
    """
    most: Any = alpha.max()
    if not most:
        most = 1 if alpha.dtype.kind in "bf" else np.iinfo(alpha.dtype).max
    return np.where(hole, alpha.dtype.type(most), alpha)


def _kind_of(image: NDArray[Any], rgb: bool | None) -> Kind:
    if image.dtype.kind not in "biuf":
        raise UnsupportedImageError(
            f"Images of type {image.dtype} cannot be filled; convert it to integers or floats."
        )
    if image.size == 0:
        raise UnsupportedImageError("The image has no pixels; choose another image.")
    colour = image.ndim == 3 and image.shape[-1] in (3, 4) if rgb is None else rgb
    if colour and image.ndim == 3 and image.shape[-1] in (3, 4):
        return "rgb" if image.shape[-1] == 3 else "rgba"
    if image.ndim == 2 and not colour:
        return "grey"
    raise UnsupportedImageError(
        f"An array of shape {_size(image.shape)} is no single picture; "
        "pass one plane (H, W) or one colour image (H, W, 3 or 4) at a time."
    )


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
