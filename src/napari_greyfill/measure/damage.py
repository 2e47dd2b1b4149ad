"""Whether a picture can be the truth in its own hole.

A fill is measured against what is under the mask. If that is damage, the best number goes to the
fill that looks most like the damage. What tells is looked at in a few windows, so that it takes
as long for a large picture as for a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.image.validity import invalid_pixels

__all__ = ["about_reference"]

Mask = NDArray[np.bool_]
Values = NDArray[np.float64]
_WINDOWS, _SIDE = 12, 192  # how many are looked at, and their size in pixels
_RING = 3  # pixels around the hole that what is in it is compared with
_NEARLY_ALL, _FEW = 0.95, 0.5
_TIMES, _OFTEN = 3.0, 0.85  # how much more, and how often, damage differs from what is beside it
_DEEP, _DEEPEST = 0.5, 24.0  # share of the depth of a hole, pixels
_ENOUGH = 20  # pixels to judge by


def about_reference(
    image: NDArray[Any] | LazyPlane, hole: Mask, *, nodata: float | None = None
) -> str:
    """Return a sentence if the hole is plainly damaged in the image itself, or an empty string.

    Damage is what has no values or is transparent, has one value, lies at the ends of the range
    of its type, or differs from what is beside it several times as much as that differs from
    what is as far away on the other side. None of 2352 masks drawn at random over the pictures of
    scikit-image was taken for damage; a mask that covers an object exactly may be.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array or LazyPlane
        The image under the mask.
    hole : (H, W) bool array
        True where it is to be filled.
    nodata : float, optional
        As in `fill`.

    Returns
    -------
    str
        For people, with what to do next.

    Examples
    --------
    >>> from skimage import data
    >>> photo, hole = data.camera(), np.zeros((512, 512), bool)
    >>> hole[100:110, 100:300] = True
    >>> about_reference(photo, hole)
    ''
    >>> about_reference(np.where(hole, 255, photo).astype("uint8"), hole)
    'The mask covers damage (all of it has one value): choose the intact image as the reference.'
    """
    looks = list(_looks(image, hole, nodata))
    for damaged, reason in (
        (_is_empty, "it has no values there"),
        (_has_one_value, "all of it has one value"),
        (_is_at_the_ends, "it is saturated"),
        (_stands_out, "it stands out from all around it"),
    ):
        if damaged(looks):
            return f"The mask covers damage ({reason}): choose the intact image as the reference."
    return ""


@dataclass(frozen=True, eq=False)
class _Look:
    """A window of the image: its colours, what is hole there, beside it, and without a value."""

    values: NDArray[Any]  # (h, w, channels)
    hole: Mask
    ring: Mask
    empty: Mask


def _looks(image: NDArray[Any] | LazyPlane, hole: Mask, nodata: float | None) -> Iterator[_Look]:
    """Yield windows around pixels of the hole, evenly chosen among them."""
    painted = np.flatnonzero(hole)
    if painted.size == 0:
        return
    places = painted[np.linspace(0, painted.size - 1, _WINDOWS).astype(np.intp)]
    seen: list[Window] = []
    for y, x in zip(*np.unravel_index(places, hole.shape), strict=True):
        window = _around(int(y), int(x), hole.shape)
        if any(_is_near(window, other) for other in seen):
            continue
        seen.append(window)
        read = image.window(window) if isinstance(image, LazyPlane) else image[window.slices]
        inside = hole[window.slices]
        values = np.asarray(read)
        colours = values[..., :3] if values.ndim == 3 else values[..., None]
        invalid = invalid_pixels(read, nodata)
        empty = np.zeros(inside.shape, bool) if invalid is None else invalid
        if values.ndim == 3 and values.shape[-1] == 4:
            empty = empty | (values[..., 3] == 0)
        ring = ndimage.binary_dilation(inside, iterations=_RING) & ~inside
        yield _Look(colours, inside, ring, empty)


def _around(y: int, x: int, shape: tuple[int, ...]) -> Window:
    y0 = max(0, min(y - _SIDE // 2, shape[0] - _SIDE))
    x0 = max(0, min(x - _SIDE // 2, shape[1] - _SIDE))
    return Window(y0, min(y0 + _SIDE, shape[0]), x0, min(x0 + _SIDE, shape[1]))


def _is_near(one: Window, other: Window) -> bool:
    return max(abs(one.y0 - other.y0), abs(one.x0 - other.x0)) < _SIDE / 3


def _is_empty(looks: Sequence[_Look]) -> bool:
    inside = [look.empty[look.hole] for look in looks]
    return _mostly(inside) and not _often([look.empty[look.ring] for look in looks])


def _has_one_value(looks: Sequence[_Look]) -> bool:
    colours = _joined([look.values[look.hole] for look in looks])
    if len(colours) < _ENOUGH:
        return False
    found, counts = np.unique(colours, axis=0, return_counts=True)
    value = found[counts.argmax()]
    if counts.max() < _NEARLY_ALL * len(colours):
        return False
    return not _often([(look.values[look.ring] == value).all(axis=-1) for look in looks])


def _is_at_the_ends(looks: Sequence[_Look]) -> bool:
    """Return whether all channels are nothing or everything, as in white and black scratches."""
    if not looks or looks[0].values.dtype.kind not in "iu":
        return False
    ends = np.iinfo(looks[0].values.dtype)
    limits = (ends.min, ends.max)
    at_ends = [np.asarray(np.isin(look.values, limits).all(axis=-1)) for look in looks]
    inside = [at[look.hole] for at, look in zip(at_ends, looks, strict=True)]
    beside = [at[look.ring] for at, look in zip(at_ends, looks, strict=True)]
    return sum(map(len, inside)) >= _ENOUGH and _mostly(inside) and not _often(beside)


def _stands_out(looks: Sequence[_Look]) -> bool:
    """Return whether the hole differs from its rim far more than the rim from its surroundings.

    Pixels deep in the hole are compared with the known ones nearest to them, and these with
    pixels as far away on the other side: in an intact picture both differ alike. Masks are often
    larger than the damage, so pixels at the rim say little.
    """
    pairs = [pair for look in looks if (pair := _differences(look)) is not None]
    inside = _joined([pair[0] for pair in pairs])
    beside = _joined([pair[1] for pair in pairs])
    if inside.size < _ENOUGH:
        return False
    often = np.mean(inside > beside) + 0.5 * np.mean(inside == beside)
    return bool(often >= _OFTEN and np.median(inside) > _TIMES * np.median(beside))


def _differences(look: _Look) -> tuple[Values, Values] | None:
    if look.hole.all():
        return None
    depth, nearest = ndimage.distance_transform_edt(look.hole, return_indices=True)
    labels, count = ndimage.label(look.hole, np.ones((3, 3)))
    deepest = np.zeros(count + 1)
    deepest[1:] = ndimage.maximum(depth, labels, np.arange(1, count + 1))
    deep = look.hole & (depth >= _DEEP * np.minimum(deepest, _DEEPEST)[labels])
    deep &= (depth <= _DEEPEST) & ~look.empty
    here = np.array(np.nonzero(deep))
    rim = nearest[:, here[0], here[1]]
    across = 2 * rim - here
    size = np.array(look.hole.shape)[:, None]
    inside = ((across >= 0) & (across < size)).all(axis=0)
    here, rim, across = here[:, inside], rim[:, inside], across[:, inside]
    known = ~(look.hole | look.empty)
    use = known[tuple(across)] & known[tuple(rim)]
    at_rim, at_here, at_across = (
        look.values[tuple(place[:, use])].astype(np.float64) for place in (rim, here, across)
    )
    return (
        np.abs(at_here - at_rim).mean(axis=-1),
        np.abs(at_across - at_rim).mean(axis=-1),
    )


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros((0,))


def _mostly(parts: Sequence[NDArray[Any]]) -> bool:
    return _share(parts) >= _NEARLY_ALL


def _often(parts: Sequence[NDArray[Any]]) -> bool:
    return _share(parts) >= _FEW


def _share(parts: Sequence[NDArray[Any]]) -> float:
    joined = _joined(parts)
    return float(np.mean(joined)) if joined.size else 0.0
