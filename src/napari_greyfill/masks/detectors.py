"""Find in the picture itself what should be masked.

Every function takes the picture as an array or as `Tones` (which are made once and remember
what was dear), and returns an (H, W) bool array, True where something was found. Levels and
contrasts are shares of the picture's range of values: 0 is black, 1 is white.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import group_boxes
from napari_greyfill.masks.morphology import grow, remove_specks
from napari_greyfill.masks.tones import Tones

__all__ = [
    "Side",
    "blank",
    "brighter",
    "corners",
    "darker",
    "lines",
    "saturated",
    "similar",
    "spots",
]

Side = Literal["bright", "dark", "both"]
Mask = NDArray[np.bool_]
Plane = NDArray[np.float32]
T = TypeVar("T")
_DIRECTIONS = 8


def brighter(image: ArrayLike | Tones, level: float = 0.9) -> Mask:
    """Find pixels whose luma is above a level."""
    tones = _tones(image)
    return np.asarray((tones.luma > level) & ~tones.invalid)


def darker(image: ArrayLike | Tones, level: float = 0.1) -> Mask:
    """Find pixels whose luma is below a level."""
    tones = _tones(image)
    return np.asarray((tones.luma < level) & ~tones.invalid)


def saturated(image: ArrayLike | Tones, side: Side = "bright", smallest: int = 4) -> Mask:
    """Find pixels in which a channel holds the largest (smallest) value there is.

    That is the end of the type's scale where the picture reaches it, and otherwise the end of
    the picture's own values, as for a 12-bit camera in a 16-bit file.

    Parameters
    ----------
    image : array or Tones
    side : {"bright", "dark", "both"}
    smallest : int
        Groups of fewer pixels are left out: one brightest pixel is no saturation.
    """
    tones = _tones(image)
    colours = tones.colours
    known = colours[~tones.invalid]
    found = np.zeros(tones.luma.shape, dtype=bool)
    for end in _ends(side, known.max(), known.min()):
        extreme = colours == end
        found |= extreme.any(axis=-1) if extreme.ndim == 3 else extreme
    return remove_specks(found, smallest)


def blank(image: ArrayLike | Tones, width: int = 5) -> Mask:
    """Find patches without a picture: NaN, infinity, or one and the same value.

    Parameters
    ----------
    image : array or Tones
    width : int
        A patch of one value counts where a square of so many pixels a side fits in.
    """
    tones = _tones(image)
    _require_positive("width", width)

    def flat() -> Mask:
        colours = tones.colours if tones.colours.ndim == 3 else tones.colours[..., None]
        channels = [_flat(colours[..., i], tones.invalid, width) for i in range(colours.shape[-1])]
        centres = np.logical_and.reduce(channels)
        # a square of even width reaches one pixel further to the other side than filters do
        origin = width % 2 - 1
        return np.asarray(ndimage.maximum_filter(centres, width, mode="constant", origin=origin))

    patches: Mask = tones.kept("blank", width, flat)
    return patches | tones.invalid


def _flat(plane: NDArray[np.generic], invalid: Mask, width: int) -> Mask:
    """Return the centres of squares of one value that lie in the picture."""
    if min(plane.shape) < width:
        return np.zeros(plane.shape, dtype=bool)
    values = np.where(invalid, plane.dtype.type(0), plane)
    if values.dtype.name in ("bool", "float16"):  # which filters do not take
        values = values.astype(np.float32)
    same = ndimage.maximum_filter(values, width) == ndimage.minimum_filter(values, width)
    complete = ~ndimage.maximum_filter(invalid, width)
    inside = np.zeros(plane.shape, dtype=bool)
    before, after = width // 2, width - width // 2 - 1
    inside[before : plane.shape[0] - after, before : plane.shape[1] - after] = True
    return np.asarray(same & complete & inside)


def similar(
    image: ArrayLike | Tones, at: tuple[int, int] = (0, 0), tolerance: float = 0.1
) -> Mask:
    """Find the connected pixels whose colour is that of a given one: a magic wand.

    Parameters
    ----------
    image : array or Tones
    at : (int, int)
        Row and column of the given pixel.
    tolerance : float
        Largest difference in any channel.

    Raises
    ------
    BadParameterError
        If the pixel lies outside the picture.
    """
    from skimage.segmentation import flood

    tones = _tones(image)
    height, width = tones.luma.shape
    y, x = at
    if not (0 <= y < height and 0 <= x < width):
        raise BadParameterError(
            f"The pixel in row {y}, column {x} is outside the picture of {height} x {width} "
            "pixels; choose one inside."
        )

    def difference() -> Plane:
        apart = np.abs(tones.planes - tones.planes[y, x])
        return np.asarray(apart.max(axis=-1) if apart.ndim == 3 else apart)

    plane: Plane = tones.kept("similar", at, difference)
    near = (plane <= tolerance) & (tones.invalid == tones.invalid[y, x])
    return np.asarray(flood(near, at, connectivity=1))


def lines(
    image: ArrayLike | Tones,
    side: Side = "both",
    width: int = 3,
    length: int = 24,
    contrast: float = 0.1,
) -> Mask:
    """Find thin lines such as scratches and hairs.

    A line stands out from what an opening by a square slightly wider than it leaves, and it does
    so on the average along a straight way of the given length in one of eight directions.

    Parameters
    ----------
    image : array or Tones
    side : {"bright", "dark", "both"}
        Whether lines are brighter or darker than their surroundings.
    width : int
        Thickest line, in pixels.
    length : int
        Shortest straight part of a line, in pixels.
    contrast : float
        How much a line differs from its surroundings.
    """
    tones = _tones(image)
    _require_positive("width", width)
    _require_positive("length", length)

    def measured() -> tuple[Plane, Plane]:
        standing_out = _standing_out(tones, side, width)
        return standing_out, _along_lines(standing_out, length)

    standing_out, along = tones.kept("lines", (side, width, length), measured)
    weak = (standing_out > contrast / 2) & (along > contrast / 2)
    groups, _ = ndimage.label(weak, structure=np.ones((3, 3)))
    certain = np.zeros(int(groups.max()) + 1, dtype=bool)
    certain[groups[weak & (along > contrast)]] = True
    # a strong spot stands out on the average as well, but it is no line
    for index, place in enumerate(ndimage.find_objects(groups), start=1):
        certain[index] &= max(part.stop - part.start for part in place) >= 0.6 * length
    return np.asarray(certain[groups])


def spots(
    image: ArrayLike | Tones, side: Side = "both", diameter: int = 5, contrast: float = 0.15
) -> Mask:
    """Find small spots such as dust and hot or dead pixels.

    Parameters
    ----------
    image : array or Tones
    side : {"bright", "dark", "both"}
        Whether spots are brighter or darker than their surroundings.
    diameter : int
        Largest spot, in pixels; 1 finds single hot pixels.
    contrast : float
        How much a spot differs from its surroundings.
    """
    tones = _tones(image)
    _require_positive("diameter", diameter)
    standing_out: Plane = tones.kept(
        "spots", (side, diameter), lambda: _standing_out(tones, side, diameter)
    )
    groups, count = ndimage.label(standing_out > contrast, structure=np.ones((3, 3)))
    small = np.zeros(count + 1, dtype=bool)
    for index, place in enumerate(ndimage.find_objects(groups), start=1):
        small[index] = max(part.stop - part.start for part in place) <= diameter
    return np.asarray(small[groups])


def corners(
    image: ArrayLike | Tones,
    side: Side = "bright",
    reach: float = 0.25,
    level: float = 0.95,
    boxes: bool = True,
) -> Mask:
    """Find text and scale bars that were burnt into the corners.

    They are drawn in white (black), with hard edges: groups of pixels beyond a level whose
    direct neighbours differ from them by a fifth of the range or more, on the average.

    Parameters
    ----------
    image : array or Tones
    side : {"bright", "dark", "both"}
        Whether they are drawn in white or in black. Colours count by their largest (smallest)
        channel.
    reach : float
        How far the corners extend, as a share of the picture's sides, at most 0.5.
    level : float
        How white (black) they are.
    boxes : bool
        Whether to mask the rectangles around them, rather than the letters themselves.
    """
    tones = _tones(image)
    if not 0 < reach <= 0.5:
        raise BadParameterError(f"reach is {reach:g}, but it must be above 0 and at most 0.5.")
    planes = tones.planes if tones.planes.ndim == 3 else tones.planes[..., None]
    found = np.zeros(tones.luma.shape, dtype=bool)
    for plane in _ends(side, planes.max(axis=-1), 1 - planes.min(axis=-1)):
        for corner in _corner_slices(tones.luma.shape, reach):
            found[corner] |= _drawn(plane[corner], level)
    found &= ~tones.invalid
    return _boxed(found) if boxes else grow(found, 1.5)


def _drawn(plane: Plane, level: float) -> Mask:
    """Return the groups of pixels beyond a level that have hard edges."""
    groups, count = ndimage.label(plane >= level, structure=np.ones((3, 3)))
    if count == 0:
        return np.zeros(plane.shape, dtype=bool)
    around = ndimage.grey_dilation(groups, size=(3, 3))
    rim = (groups == 0) & (around > 0)
    edge = np.bincount(around[rim], weights=1 - plane[rim], minlength=count + 1)
    size = np.maximum(np.bincount(around[rim], minlength=count + 1), 1)
    hard = edge / size > 0.2
    hard[0] = False
    # what is larger than the half of its corner is a bright background, not a drawing
    hard &= np.bincount(groups.ravel()) < plane.size / 2
    return remove_specks(np.asarray(hard[groups]), 3)


def _boxed(found: Mask) -> Mask:
    """Mask the rectangles around groups of letters, with a margin of two pixels."""
    shape = (found.shape[0], found.shape[1])
    result = np.zeros(shape, dtype=bool)
    for box in group_boxes(found, reach=max(4, min(shape) // 32)):
        result[box.expanded(2, shape).slices] = True
    return result


def _corner_slices(shape: tuple[int, ...], reach: float) -> list[tuple[slice, slice]]:
    height, width = shape
    down, right = max(1, int(height * reach)), max(1, int(width * reach))
    rows = (slice(0, down), slice(height - down, height))
    columns = (slice(0, right), slice(width - right, width))
    return [(row, column) for row in rows for column in columns]


def _standing_out(tones: Tones, side: Side, size: int) -> Plane:
    """Return how much structures up to `size` pixels wide differ from what is around them."""
    square = (size + 2 - size % 2,) * 2  # odd, and wider than the structure
    luma = tones.luma
    parts = _ends(
        side,
        luma - ndimage.grey_opening(luma, square) if side != "dark" else luma,
        ndimage.grey_closing(luma, square) - luma if side != "bright" else luma,
    )
    result = parts[0] if len(parts) == 1 else np.maximum(*parts)
    result[tones.invalid] = 0
    return np.asarray(result)


def _along_lines(plane: Plane, length: int) -> Plane:
    """Return the largest mean along a straight line through each pixel."""
    best = np.zeros(plane.shape, dtype=np.float32)
    for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
        np.maximum(best, _mean_along(plane, float(angle), length), out=best)
    return best


def _mean_along(plane: Plane, angle: float, length: int) -> Plane:
    """Average over a centred line, by adding ever longer sums of themselves."""
    down, right = np.sin(angle), np.cos(angle)
    total, done = plane, 1
    while done < length:
        step = min(done, length - done)
        total = total + _moved(total, round(step * down), round(step * right))
        done += step
    middle = (length - 1) / 2
    return _moved(total, -round(middle * down), -round(middle * right)) / np.float32(length)


def _moved(plane: Plane, down: int, right: int) -> Plane:
    """Return the plane with ``plane[y + down, x + right]`` at (y, x), 0 beyond the picture."""
    result = np.zeros_like(plane)
    rows, columns = _overlap(plane.shape[0], down), _overlap(plane.shape[1], right)
    if rows is not None and columns is not None:
        result[rows[0], columns[0]] = plane[rows[1], columns[1]]
    return result


def _overlap(length: int, step: int) -> tuple[slice, slice] | None:
    if abs(step) >= length:
        return None
    if step >= 0:
        return slice(0, length - step), slice(step, length)
    return slice(-step, length), slice(0, length + step)


def _ends(side: Side, bright: T, dark: T) -> list[T]:
    """Return what belongs to one side or to both."""
    if side not in ("bright", "dark", "both"):
        raise BadParameterError(f"There is no side {side!r}; choose one of: bright, dark, both.")
    return {"bright": [bright], "dark": [dark], "both": [bright, dark]}[side]


def _require_positive(name: str, value: int) -> None:
    if value < 1:
        raise BadParameterError(f"{name} is {value}, but it must be 1 pixel or more; set it to 1.")


def _tones(image: ArrayLike | Tones) -> Tones:
    return image if isinstance(image, Tones) else Tones.of(image)
