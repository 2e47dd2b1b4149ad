"""Random masks with a chosen share of the picture, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of, choice_of, is_number, numbers_of, size_of, whole_of
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.masks import shapes
from napari_greyfill.masks.hole import selected_labels
from napari_greyfill.masks.painting import Painter

__all__ = ["IRREGULAR_BINS", "RANDOM_KINDS", "RandomKind", "Share", "random_mask"]

Share = float | tuple[float, float] | None
IRREGULAR_BINS = tuple((max(0.01, low / 10), (low + 1) / 10) for low in range(6))
_USUAL_SHARE = 0.25


@dataclass(frozen=True)
class RandomKind:
    """One kind of random mask, for lists and menus."""

    name: str
    title: str
    summary: str
    share: float | tuple[float, float]


RANDOM_KINDS = {
    kind.name: kind
    for kind in (
        RandomKind("free-form", "Free-form", "Brush strokes as if painted by hand.", 0.25),
        RandomKind("dots", "Dots", "Small scattered disks.", 0.1),
        RandomKind(
            "semantic", "Semantic", "One connected block, or the shape of a real object.", 0.2
        ),
        RandomKind("box", "Box", "One rectangle anywhere.", 0.25),
        RandomKind("centre", "Centre", "A rectangle in the middle.", 0.25),
        RandomKind("half", "Half", "One side of the picture.", 0.5),
        RandomKind("irregular", "Irregular", "Rugged patches and thin streaks.", (0.2, 0.3)),
    )
}


def random_mask(
    shape: Sequence[int],
    kind: str = "free-form",
    *,
    share: Share = None,
    seed: int = 0,
    free_border: int = 0,
    keep_clear_of: ArrayLike | None = None,
    objects: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Return a random mask: True where pixels are to be missing.

    Parameters
    ----------
    shape : (H, W)
        Size in pixels; further entries (colours) are not looked at.
    kind : str
        "free-form" brush strokes, "dots", "semantic" (one connected block like an object),
        "box", "centre", "half" or "irregular" (patches and streaks).
    share : float or (float, float), optional
        How much of the picture to mask, above 0 and at most 1; of two values, one in between
        is drawn, as for the usual bins of irregular masks, `IRREGULAR_BINS`. By default each
        kind has its own, and a real object keeps its size. It is met to within 0.5 % of the
        picture or half a row or column, whichever is more; a half has at least one of those.
    seed : int
        The same seed gives the same mask.
    free_border : int
        So many pixels along the border stay unmasked.
    keep_clear_of : (H, W) array, optional
        Another mask; no pixel that it masks is masked.
    objects : (h, w) integer array, optional
        A label image of any size. A semantic mask then has the shape of one of its objects,
        drawn at random and moved.

    Returns
    -------
    (H, W) bool array

    Raises
    ------
    BadParameterError
        If an option does not exist, or there is no room for so much.
    ShapeMismatchError
        If the mask to keep clear of has another size.

    Notes
    -----
    Free-form strokes follow Yu et al., section on free-form masks: parts of random
    length that turn to and fro, round joints; at 256 x 256 pixels the brush is 12 to 40 pixels
    wide, and thinner where little is to be masked. The bins of irregular masks are those of
    Liu et al., section 4.1; their shapes here are made, not taken from its data set.

    References
    ----------
    J. Yu et al., "Free-Form Image Inpainting with Gated Convolution", ICCV 2019,
    arXiv 1806.03589 (free-form). G. Liu et al., "Image Inpainting for Irregular Holes Using
    Partial Convolutions", ECCV 2018, arXiv 1804.07723 (irregular).

    Examples
    --------
    >>> mask = random_mask((256, 256), "free-form", share=0.3, seed=1)
    >>> round(float(mask.mean()), 3)
    0.3
    """
    choice_of("kind of mask", kind, RANDOM_KINDS)
    size = size_of(shape)
    rng = np.random.default_rng(whole_of("seed", seed))
    free_border = whole_of("free_border", free_border)
    labels = _checked_objects(objects, kind)
    drawn = _drawn_share(RANDOM_KINDS[kind].share if share is None else share, rng)
    allowed = _allowed(size, free_border, keep_clear_of)
    painter = Painter(allowed, _pixels(drawn, allowed))
    if labels is not None:
        shapes.moved_object(painter, rng, labels, resize=share is not None)
    else:
        _paint(painter, kind, rng, drawn)
    return painter.mask


def _paint(painter: Painter, kind: str, rng: np.random.Generator, share: float) -> None:
    finer = min(1.0, np.sqrt(share / _USUAL_SHARE))  # so that a small share has strokes as well
    if kind == "free-form":
        shapes.strokes(painter, rng, shapes.Brush((0.047 * finer, 0.156 * finer), (4, 12)))
    elif kind == "dots":
        side = min(painter.shape)
        shapes.dots(painter, rng, (max(0.5, 0.004 * side), max(1.0, 0.015 * side)))
    elif kind == "irregular":
        shapes.patches(painter, rng, rng.uniform(0.3, 0.8))
        shapes.strokes(painter, rng, shapes.Brush((0.008, max(0.01, 0.05 * finer)), (4, 12)))
    elif kind == "semantic":
        shapes.block(painter, rng)
    elif kind == "box":
        shapes.box(painter, rng)
    elif kind == "centre":
        shapes.centre(painter)
    else:
        shapes.half(painter, rng)


def _checked_objects(objects: ArrayLike | None, kind: str) -> NDArray[np.integer[Any]] | None:
    if objects is None:
        return None
    labels = np.asarray(array_of("label image", objects, BadParameterError))
    if kind != "semantic":
        raise BadParameterError(f"A {kind} mask takes no objects; choose the kind semantic.")
    if labels.ndim != 2 or labels.dtype.kind not in "biu":
        raise BadParameterError(
            "Objects are a label image of two dimensions; choose one of those."
        )
    if not labels.any():
        raise BadParameterError("The label image holds no object; choose another one.")
    return labels.astype(np.uint8) if labels.dtype.kind == "b" else labels


def _drawn_share(share: float | tuple[float, float], rng: np.random.Generator) -> float:
    pair = tuple(share) if isinstance(share, tuple | list) else (share, share)
    if len(pair) != 2:
        raise BadParameterError(f"The share {share!r} is no number and no pair; give (0.1, 0.2).")
    low, high = pair
    if not (is_number(low) and is_number(high) and 0 <= low <= high <= 1 and high > 0):
        wanted = f"{low} to {high}" if isinstance(share, tuple | list) else f"{low!r}"
        raise BadParameterError(
            f"The share {wanted} is not between 0 and 1; give for example 0.25 for a quarter."
        )
    return float(rng.uniform(low, high))


def _allowed(
    size: tuple[int, int], free_border: int, keep_clear_of: ArrayLike | None
) -> NDArray[np.bool_]:
    """Return where there may be mask."""
    allowed = np.zeros(size, dtype=bool)
    below, right = (max(side - free_border, 0) for side in size)
    allowed[free_border:below, free_border:right] = True
    if keep_clear_of is not None:
        other = numbers_of("mask to keep clear of", keep_clear_of)
        if other.shape != size:
            raise ShapeMismatchError(
                f"The mask to keep clear of has the shape {other.shape} and the new mask "
                f"{size}; choose one of the same size."
            )
        allowed &= ~selected_labels(other)
    return allowed


def _pixels(share: float, allowed: NDArray[np.bool_]) -> int:
    wanted = max(1, round(share * allowed.size))
    free = int(np.count_nonzero(allowed))
    if wanted > free:
        raise BadParameterError(
            f"{share:.1%} of the picture are to be masked, but only {free / allowed.size:.1%} "
            "may be; ask for a smaller share, a narrower border, or keep clear of less."
        )
    return wanted
