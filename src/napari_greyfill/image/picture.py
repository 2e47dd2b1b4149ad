"""Arrays as users have them <-> planes as the engine wants them.

`Picture` keeps the array the user gave, knows which of its pixels are missing and in which
range its values live, and hands out float32 planes for any window: mostly in [0, 1], with
bright and dark objects beyond it. What comes back is written into the hole of a copy: known
pixels stay bit-identical whatever the data type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of, flag_of
from napari_greyfill.errors import NothingKnownError, ShapeMismatchError, UnsupportedImageError
from napari_greyfill.image.alpha import made_opaque
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane, values_in
from napari_greyfill.image.validity import (
    KeepInvalid,
    invalid_pixels,
    kept_pixels,
    transparent_pixels,
)
from napari_greyfill.image.values import (
    LARGE,
    Kind,
    ValueRange,
    as_type,
    range_near,
    range_of,
)

__all__ = ["Patch", "Picture", "plane_of"]


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
    original : (H, W), (H, W, 3) or (H, W, 4) array, or a LazyPlane
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

    original: NDArray[Any] | LazyPlane
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
        image: ArrayLike | LazyPlane,
        hole: NDArray[np.bool_],
        *,
        rgb: bool | None = None,
        nodata: float | None = None,
        keep_invalid: KeepInvalid = "fill",
        transparent_is_unknown: bool = False,
        near: Sequence[Window] = (),
    ) -> Picture:
        """Look at an image and its hole.

        Parameters
        ----------
        image : (H, W), (H, W, 3) or (H, W, 4) array
            Any boolean, integer or floating type.
        hole : (H, W) bool array
            True where the mask is painted.
        rgb : bool, optional
            Whether the last axis is colour. By default it is if the image has three axes
            and 3 or 4 entries in the last.
        nodata : float, optional
            A value that stands for none, besides NaN and infinity.
        keep_invalid : {"auto", "keep", "fill"}
            Which pixels without a value stay as they are, as in `kept_pixels`.
        transparent_is_unknown : bool
            Whether the colours of fully transparent pixels are no source.
        near : sequence of Window
            Where the work will be. A large picture whose pixels all have a value is judged by
            these and by evenly spread pieces; without any, all of it is looked at. A `LazyPlane`
            is read nowhere else, unless pixels there have no value.

        Raises
        ------
        UnsupportedImageError
            For stacks and for types that are no real numbers.
        ShapeMismatchError
            If image and hole do not cover the same pixels.
        NothingKnownError
            If no pixel is left to learn from.
        """
        original = image if isinstance(image, LazyPlane) else array_of("image", image)
        kind = _kind_of(original, flag_of("rgb", rgb))
        if hole.shape != original.shape[:2]:
            raise ShapeMismatchError(
                f"The image is {_size(original.shape)} and the mask is {_size(hole.shape)} "
                "pixels; paint the mask on a layer of the image's own size."
            )
        if isinstance(original, LazyPlane):
            if hole.size >= LARGE and _all_valid(original, near, kind, nodata):
                values = range_near(original, hole, kind, near)
                return cls(original, hole, kind, values)
            original = np.asarray(original)
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
                if painted.all()
                else "No pixel outside the mask has a value (all are NaN, infinite, masked, "
                "no-data or transparent), so there is nothing to fill from; choose another "
                "picture, or another no-data value."
            )
        values = range_of(np.asarray(original), lost, kind, near if bad is None else ())
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
        original = np.asanyarray(self.original)
        return original[..., :3] if self.kind == "rgba" else original

    @property
    def transparent(self) -> int:
        """Return how many pixels of the hole are fully transparent."""
        if self.kind != "rgba" or isinstance(self.original, LazyPlane):  # which shows none near
            return 0
        return int(np.count_nonzero(self.original[..., 3][self.hole] == 0))

    def with_blend(self, blend: NDArray[np.float32] | None) -> Picture:
        """Return the picture with another blending of the seam."""
        return replace(self, blend=blend)

    def planes(self, window: Window) -> NDArray[np.float32]:
        """Return one window as float32 on the scale of `values`, without alpha, 0 in the hole.

        Objects brighter or darker than nearly all of the picture lie beyond [0, 1].
        """
        crop = self.as_planes(values_in(self.original, window))
        crop[self.missing(window)] = 0.0
        return crop

    def as_planes(self, values: ArrayLike) -> NDArray[np.float32]:
        """Return pixels as float32 on the scale of `values`, without alpha.

        Parameters
        ----------
        values : (h, w), (h, w, 3) or (h, w, 4) array
            Of the kind and type of the original.
        """
        pixels = np.asarray(values)
        pixels = pixels[..., :3] if self.kind == "rgba" else pixels
        return self.values.to_finite_unit(pixels)

    @property
    def whole(self) -> Window:
        """Return the window of all pixels."""
        return Window(0, self.hole.shape[0], 0, self.hole.shape[1])

    def composite(self, patches: tuple[Patch, ...], frame: Window | None = None) -> NDArray[Any]:
        """Return a copy of the original with the patches pasted into the hole.

        If the picture is `revealed`, its hole becomes opaque.

        Parameters
        ----------
        patches : tuple of Patch
            Planes in [0, 1], each with the window it belongs to; the part in the hole is pasted.
        frame : Window, optional
            The part of the picture to return, by default all of it.
        """
        frame = frame or self.whole
        result = np.array(values_in(self.original, frame))  # of a masked array the values
        if self.revealed:
            alpha = np.asarray(self.original)[..., 3]
            result[..., 3] = made_opaque(result[..., 3], self.hole[frame.slices], alpha)
        colours = result[..., :3] if self.kind == "rgba" else result
        for patch in patches:
            self._paste(colours, _as_kind(patch.planes, self.is_colour), patch.window, frame)
        return self._masked(result, frame)

    def composite_grey(
        self, patches: tuple[Patch, ...], frame: Window | None = None
    ) -> NDArray[Any]:
        """Return the luma of the original with grey patches pasted into the hole.

        Parameters
        ----------
        patches, frame
            As in `composite`.
        """
        if not self.is_colour:
            return self.composite(patches, frame)
        frame = frame or self.whole
        grey = self.values.from_unit(luma(self.planes(frame)), self.original.dtype)
        for patch in patches:
            plane = luma(patch.planes) if patch.planes.ndim == 3 else patch.planes
            self._set(grey, plane, patch.window, frame)
        if self.kept and self.unknown is not None:  # what stands for no value still does
            unknown = self.unknown[frame.slices]
            grey[unknown] = np.asarray(values_in(self.original, frame))[unknown][..., 0]
        return self._masked(grey, frame)

    def _masked(self, image: NDArray[Any], frame: Window) -> NDArray[Any]:
        """Return a part like the original: if that is a masked array, so is this."""
        if not isinstance(self.original, np.ma.MaskedArray):
            return image
        kept = np.zeros(image.shape[:2], bool)
        if self.unknown is not None:
            masked = np.ma.getmaskarray(self.original[frame.slices])
            kept = self.unknown[frame.slices] & masked.reshape(*kept.shape, -1).any(axis=-1)
        whole = kept if image.ndim == 2 else np.repeat(kept[..., None], image.shape[-1], axis=-1)
        return np.ma.MaskedArray(image, mask=whole)

    def _set(
        self, target: NDArray[Any], planes: NDArray[np.float32], window: Window, frame: Window
    ) -> None:
        """Write planes of a window into the hole of a part of the image, as image values."""
        common = window.intersection(frame)
        if common is None:
            return
        inside = self.hole[common.slices]
        values = self.values.from_unit(planes[common.within(window)], target.dtype)
        target[common.within(frame)][inside] = values[inside]

    def _paste(
        self, target: NDArray[Any], planes: NDArray[np.float32], window: Window, frame: Window
    ) -> None:
        """Do the same, blended with what is there."""
        if self.blend is None or target.dtype.kind == "b":
            self._set(target, planes, window, frame)
            return
        common = window.intersection(frame)
        if common is None:
            return
        inside, view = self.hole[common.slices], target[common.within(frame)]
        values = self.values.from_unit(planes[common.within(window)], target.dtype)
        view[inside] = self._blended(view, values, common)[inside]

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
        Of any number of axes.
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


def _kind_of(image: NDArray[Any] | LazyPlane, rgb: bool | None) -> Kind:
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


def _all_valid(
    image: LazyPlane, windows: Sequence[Window], kind: Kind, nodata: float | None
) -> bool:
    """Return whether all pixels of some windows have a value that can be seen."""
    if not windows:
        return False
    for window in windows:
        values = image.window(window)
        if invalid_pixels(values, nodata) is not None:
            return False
        if kind == "rgba" and not values[..., 3].all():
            return False
    return True


def _as_kind(planes: NDArray[np.float32], colour: bool) -> NDArray[np.float32]:
    if colour and planes.ndim == 2:
        return np.repeat(planes[..., None], 3, axis=-1)
    return planes


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape) or "a single number"
