"""What is painted in the pixels of a mask file, or of an image layer that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import BadMaskError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.heaps import heaps_of, kind_of_greys
from napari_greyfill.image.lazy import LazyPlane, values_in

__all__ = ["Painted", "is_black_and_white", "looks_like_mask", "painted_in"]

_ONE_COLOUR = 8  # so far apart may values of one colour be, after a soft brush
_PURE = 0.9  # of a mask's pixels are black or white; the others lie at soft edges
_LEFTOVERS = 64  # so small a part of white may compression leave in black, and take from white
_SIDE = 1024  # pixels of the part that is looked at to tell a mask from a picture


@dataclass(frozen=True, eq=False)
class Painted:
    """What is painted, and what must be said about how that was found.

    Attributes
    ----------
    mask : (H, W) array of booleans or integers
        0 where unpainted; integers are labels.
    said : tuple of str
        Sentences for people.
    """

    mask: NDArray[Any]
    said: tuple[str, ...] = ()


def painted_in(
    values: NDArray[Any],
    alpha: NDArray[Any] | None = None,
    *,
    name: str = "The mask",
    lossy: bool = False,
) -> Painted:
    """Read the pixels of a mask.

    Parameters
    ----------
    values : (H, W) or (H, W, 3) array
        The pixels of a mask file, of any type.
    alpha : (H, W) array, optional
        If it varies and the opaque part is of one colour, the opaque part is painted; if the
        opaque part is a picture, the transparent part is.
    name : str
        What the sentences call the mask.
    lossy : bool
        Whether values were changed by compression, so that they cannot be labels.

    Raises
    ------
    BadMaskError
        If the values are those of a photograph, or fractions that may mean anything.
    """
    if alpha is not None and alpha.size and alpha.min() != alpha.max():
        return _with_alpha(values, alpha, name, lossy=lossy)
    painted = _of_colours(values, name, lossy=lossy)
    if alpha is not None and alpha.size and not alpha.any():
        return Painted(np.zeros_like(painted.mask), painted.said)
    return painted


def looks_like_mask(values: NDArray[Any]) -> bool:
    """Return whether pixels are those of a mask rather than of a picture: two heaps of grey.

    Parameters
    ----------
    values : (H, W), (H, W, 3) or (H, W, 4) array
        The pixels, of any type.
    """
    values = np.asarray(values)
    alpha = values[..., 3] if values.ndim == 3 and values.shape[-1] == 4 else None
    colours = values[..., :3] if values.ndim == 3 else values
    if colours.size == 0 or colours.dtype.kind not in "biuf" or not np.isfinite(colours).all():
        return False
    if alpha is not None and alpha.min() != alpha.max():
        return _is_one_colour(colours[_opaque(alpha)])
    plane = _as_plane(colours)
    if plane is None or plane.min() == plane.max():
        return False
    return plane.dtype.kind == "b" or kind_of_greys(_in_bytes(plane)) in ("two", "soft")


def is_black_and_white(image: NDArray[Any] | LazyPlane) -> bool:
    """Return whether the middle of an image is 0 and white, with a mask's leftovers at most.

    Pictures of one bit have nothing but black and white, and do not count.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array or LazyPlane
        The pixels; only unsigned integers can be black and white.
    """
    if image.dtype.kind != "u":
        return False
    middle = _middle(image)
    colours = middle[..., :3] if middle.ndim == 3 else middle
    white = np.iinfo(image.dtype).max
    is_black = colours <= white // _LEFTOVERS
    is_white = colours >= white - white // _LEFTOVERS
    return bool(
        np.count_nonzero(colours == 0) >= np.count_nonzero(is_black) / 2 > 0
        and is_white.any()
        and np.count_nonzero(is_black | is_white) >= _PURE * colours.size
        and np.count_nonzero(is_white) >= np.count_nonzero(~is_black) / 2
        and looks_like_mask(middle)  # which takes longest
    )


def _middle(image: NDArray[Any] | LazyPlane) -> NDArray[Any]:
    """Return the middle of an image, where it is large: it is looked at before every fill."""
    height, width = image.shape[:2]
    y, x = (max(0, (length - _SIDE) // 2) for length in (height, width))
    return values_in(image, Window(y, min(height, y + _SIDE), x, min(width, x + _SIDE)))


def _as_plane(values: NDArray[Any]) -> NDArray[Any] | None:
    """Return one channel if all are equal."""
    if values.ndim == 2:
        return values
    return values[..., 0] if (values == values[..., :1]).all() else None


def _in_bytes(plane: NDArray[Any]) -> NDArray[Any]:
    """Return fractions of 0 to 1 at the scale of 8 bits; everything else as it is."""
    unit = plane.dtype.kind == "f" and plane.min() >= 0 and plane.max() <= 1
    return plane.astype(np.float64) * 255 if unit else plane


def _opaque(alpha: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(alpha > heaps_of(alpha).middle)


def _is_one_colour(pixels: NDArray[Any]) -> bool:
    if not pixels.size:
        return False
    spread = pixels.max(axis=0).astype(np.float64) - pixels.min(axis=0)
    top = 1.0 if pixels.dtype.kind in "bf" else float(np.iinfo(pixels.dtype).max)
    return bool(np.max(spread) <= _ONE_COLOUR / 255 * top)


def _with_alpha(values: NDArray[Any], alpha: NDArray[Any], name: str, *, lossy: bool) -> Painted:
    opaque = _opaque(alpha)
    if _is_one_colour(values[opaque]):
        return Painted(opaque, _softness(alpha, name, "alpha"))
    if _is_picture(values):
        said = f"{name} is a picture that is transparent in part; what is transparent is the hole."
        return Painted(~opaque, (said,))
    painted = _of_colours(values, name, lossy=lossy)
    return Painted(np.where(alpha > 0, painted.mask, painted.mask.dtype.type(0)), painted.said)


def _is_picture(values: NDArray[Any]) -> bool:
    """Return whether values are many and no two heaps."""
    plane = values if values.ndim == 2 else values.max(axis=-1)
    return len(np.unique(plane)) > 32 and kind_of_greys(_in_bytes(plane)) in ("picture", "labels")


def _softness(plane: NDArray[Any], name: str, what: str) -> tuple[str, ...]:
    """Say where a plane is divided, if that is not obvious."""
    if len(np.unique(plane)) <= 2:
        return ()
    heaps = heaps_of(plane)
    said = (
        f"{name} holds {what} values between unpainted ({heaps.low:g}) and painted "
        f"({heaps.high:g}), halved by {heaps.middle:g}; those above half count as painted."
    )
    return (said,)


def _of_colours(values: NDArray[Any], name: str, *, lossy: bool) -> Painted:
    plane = _as_plane(values)
    if plane is not None:
        return _of_greys(plane, name, lossy=lossy)
    brightest = np.ascontiguousarray(values.max(axis=-1))
    above = brightest > _half(values.dtype)
    if above.any() and not above.all():
        said = f"{name} was compressed with loss; values above half count as painted."
        return Painted(above, (said,) if lossy else ())
    painted = _of_greys(brightest, name, lossy=lossy)
    return Painted(painted.mask != 0, painted.said)


def _half(dtype: np.dtype[Any]) -> float:
    return 0.5 if dtype.kind in "bf" else np.iinfo(dtype).max / 2


def _of_greys(plane: NDArray[Any], name: str, *, lossy: bool) -> Painted:
    if plane.dtype.kind == "b":
        return Painted(plane)
    if plane.dtype.kind == "f":
        return _of_floats(plane, name)
    kind = kind_of_greys(plane)
    if lossy and kind != "two":
        return _of_lossy(plane, name)
    if kind == "picture":
        raise _no_mask(name)
    return _divided(plane, name) if kind == "soft" else _numbered(plane, name)


def _of_lossy(plane: NDArray[Any], name: str) -> Painted:
    heaps = heaps_of(plane)
    if heaps.high - heaps.low < _half(plane.dtype) / 4:  # one heap: all is painted, or nothing
        return Painted(np.asarray(plane > _half(plane.dtype)))
    return _divided(plane, name)


def _divided(plane: NDArray[Any], name: str) -> Painted:
    return Painted(np.asarray(plane > heaps_of(plane).middle), _softness(plane, name, "grey"))


def _numbered(plane: NDArray[Any], name: str) -> Painted:
    """Return labels as they are; without any 0 the smallest is what is not painted."""
    values = np.unique(plane)
    if len(values) < 2 or 0 in values:
        return Painted(plane)
    said = f"{name} holds no 0; its smallest value, {values[0]}, counts as unpainted."
    return Painted(np.where(plane == values[0], plane.dtype.type(0), plane), (said,))


def _of_floats(plane: NDArray[Any], name: str) -> Painted:
    """Return whole numbers as int64 labels, and fractions divided if there are two heaps."""
    if not np.isfinite(plane).all():
        raise BadMaskError(f"{name} holds NaN or infinity; save it with whole numbers.")
    if (plane == np.rint(plane)).all():
        return _of_greys(plane.astype(np.int64), name, lossy=False)
    if plane.min() >= 0 and plane.max() <= 1:
        if kind_of_greys(_in_bytes(plane)) == "picture":
            raise _no_mask(name)
        return _divided(plane, name)
    if kind_of_greys(plane) != "soft":
        raise BadMaskError(
            f"{name} holds fractions outside 0 to 1, so it is not clear what is painted; "
            "save it with whole numbers."
        )
    return _divided(plane, name)


def _no_mask(name: str) -> BadMaskError:
    return BadMaskError(
        f"{name} looks like a picture and not like a mask: it has no two heaps of values; "
        "choose the mask, or check the order of image and mask."
    )
