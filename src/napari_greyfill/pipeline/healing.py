"""Healing one plane stroke by stroke: each is filled at once, better soon after, and undone.

A `Healing` keeps what costs time to find out, the picture's range of values and the result so
far, and works in the window of a stroke only. It knows no windows and no threads: `heal` gives the
quick fill, `refinement` what a thread of the caller's may run, `settle` takes its pixels.

Every change is an `Edit`, and each can be taken back, the last one or one in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of
from napari_greyfill.errors import BadMaskError, EmptyMaskError, ShapeMismatchError
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.regions import CONTEXT
from napari_greyfill.image.validity import invalid_pixels
from napari_greyfill.image.values import Kind, ValueRange
from napari_greyfill.pipeline.edits import Edit, Edits, Offset
from napari_greyfill.pipeline.heal_fills import Refinement, cloned, quick
from napari_greyfill.pipeline.origin import Origin, origin_of

__all__ = ["Healing"]

Pixels = NDArray[Any]
Mask = NDArray[np.bool_]


class Healing:
    """A plane that is healed stroke by stroke.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
        The original, which is never written to.
    rgb : bool, optional
        Whether the last axis is colour; by default if there are three axes and the last has 3 or
        4 entries.
    result : array of the shape and type of the image, optional
        What to write to; by default a copy of the image. Where it differs from the image, it was
        healed before.
    values : ValueRange, optional
        The scale of the values, if it is known.

    Attributes
    ----------
    original : array

    Raises
    ------
    UnsupportedImageError
        If the image is no single plane of real numbers.
    ShapeMismatchError
        If the result is not of the image's shape and type.

    Examples
    --------
    >>> import numpy as np
    >>> healing = Healing(np.add.outer(np.arange(64.0), np.arange(64.0)))
    >>> stroke = np.zeros((64, 64), dtype=bool)
    >>> stroke[20:24, 20:40] = True
    >>> edit = healing.heal(stroke)
    >>> healing.invented
    80
    >>> healing.undo() is edit, bool((healing.result == healing.original).all())
    (True, True)
    """

    def __init__(
        self,
        image: ArrayLike,
        *,
        rgb: bool | None = None,
        result: NDArray[Any] | None = None,
        values: ValueRange | None = None,
    ) -> None:
        self.original = array_of("image", image)
        nothing = np.zeros(self.original.shape[:2], dtype=bool)
        if values is None:
            seen = Picture.from_array(self.original, nothing, rgb=rgb, keep_invalid="keep")
            self._values, self._kind = seen.values, seen.kind
        else:
            small = self.original[:1, :1]
            kind = Picture.from_array(np.zeros_like(small), nothing[:1, :1], rgb=rgb).kind
            self._values, self._kind = values, kind
        healed = self.original.copy() if result is None else result
        if (healed.shape, healed.dtype) != (self.original.shape, self.original.dtype):
            raise ShapeMismatchError(
                "The result has another shape or type than the image; start with a copy of it."
            )
        origins = np.zeros(nothing.shape, dtype=np.uint8)
        if result is not None:
            origins[_differs(self.original, healed)] = Origin.INFERRED
        self._edits = Edits(healed, origins)

    # ------------------------------------------------------------ what there is

    @property
    def result(self) -> NDArray[Any]:
        """Return what is written to."""
        return self._edits.result

    @property
    def origins(self) -> NDArray[np.uint8]:
        """Return an `Origin` for each pixel."""
        return self._edits.origins

    @property
    def invented(self) -> int:
        """Return how many pixels are not the picture's."""
        return self._edits.changed

    @property
    def values(self) -> ValueRange:
        """Return the scale of the picture's values."""
        return self._values

    @property
    def kind(self) -> Kind:
        """Return whether the plane is grey, rgb or rgba."""
        return self._kind

    @property
    def share(self) -> float:
        """Return the share of the plane that is invented, 0 to 1."""
        return self.invented / self.origins.size

    @property
    def edits(self) -> Sequence[Edit]:
        """Return the edits that can be taken back, the last one last."""
        return self._edits.done

    @property
    def can_redo(self) -> bool:
        """Return whether something was taken back that can be done again."""
        return self._edits.can_redo

    def outline(self, window: Window) -> Mask:
        """Return the invented pixels of a window that touch others, corners not included.

        The image's border is no rim.
        """
        from scipy import ndimage

        seen = window.expanded(1, _shape(self.origins))
        invented = self.origins[seen.slices] > 0
        inner = ndimage.binary_erosion(invented, border_value=1)
        outline: Mask = (invented & ~inner)[window.within(seen)]
        return outline

    # ------------------------------------------------------------ edits

    def heal(self, painted: Mask, window: Window | None = None, *, fill: bool = True) -> Edit:
        """Fill a stroke from its surroundings, quickly.

        Parameters
        ----------
        painted : (h, w) bool array
            The stroke.
        window : Window, optional
            Where it lies; by default the whole plane.
        fill : bool
            Whether to fill at all: without, pixels stay until `settle`.

        Returns
        -------
        Edit

        Raises
        ------
        EmptyMaskError, BadMaskError
            If nothing is painted, or not on the plane.
        NothingKnownError
            If no pixel near the stroke has a value.
        """
        box, painted = self._tight(painted, window)
        picture, frame = self._around(box, painted)
        made = quick(picture)[box.within(frame)][painted] if fill else None
        edit = self._edits.record(box, painted)
        if made is not None:
            self._write(edit, made, Origin.INFERRED)
        return edit

    def clone(
        self, painted: Mask, offset: Offset, window: Window | None = None, *, blended: bool = True
    ) -> Edit:
        """Fill a stroke with another place of the picture, with the brightness of its own rim.

        Parameters
        ----------
        painted : (h, w) bool array
            The stroke.
        offset : tuple of int
            From painted pixels to their source, in rows and columns.
        window : Window, optional
            Where the stroke lies; by default the whole plane.
        blended : bool
            Whether a membrane brings the source to the brightness of the rim; otherwise it is
            copied as it is.

        Returns
        -------
        Edit

        Raises
        ------
        EmptyMaskError, BadMaskError, NothingKnownError
            As in `heal`.
        """
        box, painted = self._tight(painted, window)
        picture, frame = self._around(box, painted)
        made = cloned(picture, self._source(frame, offset), blended=blended)
        edit = self._edits.record(box, painted)
        edit.offset = offset
        self._write(edit, made[box.within(frame)][painted], Origin.COPIED)
        return edit

    def move_source(self, edit: Edit, offset: Offset, *, blended: bool = True) -> None:
        """Clone a stroke anew, from another place.

        Parameters
        ----------
        edit : Edit
            What `clone` returned.
        offset : tuple of int
            From painted pixels to their source, in rows and columns.
        blended : bool
            As in `clone`.
        """
        picture, frame = self._around(edit.window, edit.painted)
        source = self._source(frame, offset, edit)
        made = cloned(picture, source, blended=blended)
        edit.offset = offset
        self.settle(edit, made[edit.window.within(frame)][edit.painted], Origin.COPIED)

    def restore(self, painted: Mask, window: Window | None = None) -> Edit:
        """Put the original pixels back where a stroke is.

        Parameters
        ----------
        painted : (h, w) bool array
            The stroke.
        window : Window, optional
            Where it lies; by default the whole plane.

        Returns
        -------
        Edit
        """
        box, painted = self._tight(painted, window)
        edit = self._edits.record(box, painted)
        self._write(edit, self.original[box.slices][painted], Origin.PICTURE)
        return edit

    def refinement(self, edit: Edit, method: str = "correction", seed: int = 0) -> Refinement:
        """Return the better fill of a stroke, from the picture as it is now, ready to be run.

        Parameters
        ----------
        edit : Edit
            What `heal` returned.
        method : str
            See `methods`.
        seed : int
            For methods that draw lots.

        Returns
        -------
        Refinement
            It holds copies, so another thread may run it while this one goes on healing.
        """
        picture, frame = self._around(edit.window, edit.painted)
        return Refinement(picture, edit.window.within(frame), edit.painted, method, seed)

    def settle(self, edit: Edit, pixels: Pixels, origin: Origin | str) -> bool:
        """Take pixels for a stroke; where later ones lie over it, these remember them.

        Parameters
        ----------
        edit : Edit
            One that was not taken back meanwhile; otherwise nothing happens.
        pixels : (n,) or (n, channels) array
            As many as are painted, in reading order.
        origin : Origin or str
            Where they come from, or by which method.

        Returns
        -------
        bool
            Whether they were taken.
        """
        if edit not in self._edits:
            return False
        self._write(edit, pixels, origin_of(origin) if isinstance(origin, str) else origin)
        return True

    def undo(self) -> Edit | None:
        """Take the last edit back, bit by bit; return it, or None if there is none."""
        return self._edits.undo()

    def redo(self) -> Edit | None:
        """Do again what was taken back last; return it, or None if there is nothing."""
        return self._edits.redo()

    def remove(self, edit: Edit) -> bool:
        """Take an edit back wherever it stands among the others; return whether it was there."""
        return self._edits.remove(edit)

    # ------------------------------------------------------------ inside

    def _tight(self, painted: Mask, window: Window | None) -> tuple[Window, Mask]:
        """Return the box of a stroke, and the stroke in it."""
        whole = Window(0, self.origins.shape[0], 0, self.origins.shape[1])
        window = window or whole
        if painted.shape != window.shape or window.intersection(whole) != window:
            raise BadMaskError("The stroke does not lie on the plane; paint within the picture.")
        box = tight_box(painted)
        if box is None:
            raise EmptyMaskError("Nothing is painted; paint over what is to be healed.")
        return box.moved(window.y0, window.x0), painted[box.slices].copy()

    def _around(self, box: Window, painted: Mask) -> tuple[Picture, Window]:
        """Return the surroundings of a stroke as a picture with a hole, and where they lie."""
        margin = max(CONTEXT, isqrt(int(np.count_nonzero(painted))) // 2)
        frame = box.expanded(margin, _shape(self.origins))
        crop = self.result[frame.slices].copy()
        hole = np.zeros(frame.shape, dtype=bool)
        hole[box.within(frame)] = painted
        bad = invalid_pixels(crop)
        unknown = None if bad is None or not (bad & ~hole).any() else bad & ~hole
        return Picture(crop, hole, self._kind, self._values, unknown=unknown), frame

    def _source(self, frame: Window, offset: Offset, without: Edit | None = None) -> Pixels:
        """Return what lies at an offset from a window; beyond the border, what is at it."""
        height, width = self.origins.shape
        rows = np.clip(np.arange(frame.y0, frame.y1) + offset[0], 0, height - 1)
        columns = np.clip(np.arange(frame.x0, frame.x1) + offset[1], 0, width - 1)
        if without is None:
            return self.result[np.ix_(rows, columns)]
        view, _ = self._edits.views(without)
        now = view[without.painted].copy()
        view[without.painted] = without.old
        source = self.result[np.ix_(rows, columns)]
        view[without.painted] = now
        return source

    def _write(self, edit: Edit, pixels: Pixels, origin: Origin) -> None:
        self._edits.replace(edit, pixels, np.full(edit.count, origin, dtype=np.uint8))


def _shape(array: NDArray[Any]) -> tuple[int, int]:
    return array.shape[0], array.shape[1]


def _differs(image: NDArray[Any], other: NDArray[Any]) -> Mask:
    """Return where two arrays differ; pixels without a value in both do not."""
    with np.errstate(invalid="ignore"):
        differs = image != other
    if image.dtype.kind == "f":
        differs &= ~(np.isnan(image) & np.isnan(other))
    found: Mask = differs.any(axis=-1) if differs.ndim == 3 else differs
    return found
