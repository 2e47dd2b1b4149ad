"""Alpha in a hole: what was erased becomes visible again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["about_transparent", "is_erased", "made_opaque"]


def about_transparent(count: int, *, revealed: bool) -> str:
    """Return the sentence about transparent pixels in a hole.

    Parameters
    ----------
    count : int
        How many there are.
    revealed : bool
        Whether the fill was made opaque.
    """
    if revealed:
        return f"{count:,} pixels of the hole were transparent; the fill was made opaque."
    return (
        f"{count:,} pixels of the hole are transparent, and so is the fill there; make them "
        "opaque to see it."
    )


def is_erased(alpha: NDArray[Any], hole: NDArray[np.bool_]) -> bool:
    """Return whether most of a hole is fully transparent: it was erased.

    Parameters
    ----------
    alpha : (H, W) array
        0 is fully transparent.
    hole : (H, W) bool array
        True where the mask is painted.
    """
    return bool(2 * np.count_nonzero(alpha[hole] == 0) > np.count_nonzero(hole))


def made_opaque(
    alpha: NDArray[Any], hole: NDArray[np.bool_], whole: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return a copy of an alpha channel that is opaque in a hole.

    Parameters
    ----------
    alpha : (H, W) array
        Opaque is its largest value, unless all is transparent.
    hole : (H, W) bool array
        True where the alpha becomes opaque.
    whole : array, optional
        The alpha that this one is a part of.
    """
    most: Any = (alpha if whole is None else whole).max()
    if not most:
        most = 1 if alpha.dtype.kind in "bf" else np.iinfo(alpha.dtype).max
    opaque = alpha.copy()  # in the order of its bytes too
    opaque[hole] = most
    return opaque
