"""What of a stack's mask stands still: dust, as opposed to damage that passes over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.stack.masks import StackMask

__all__ = ["with_still_parts"]

Hole = NDArray[np.bool_]
Index = tuple[int, ...]
_AROUND = np.ones((3, 3), dtype=bool)


def with_still_parts(
    mask: StackMask, places: Sequence[Sequence[int]], static: int, fewest: int
) -> StackMask:
    """Return a mask that knows which of its pieces stand still, if others do not.

    A piece stands still if it is painted in all planes that are to be filled. In a plane where
    other damage touches it, it is part of that damage: what is recorded there is not the dust
    alone.

    Parameters
    ----------
    mask : StackMask
        What is painted.
    places : sequence of sequences of int
        Which planes are to be filled, by axis.
    static : int
        The axis along which dust stands still.
    fewest : int
        Planes along it at least.
    """
    if static not in mask.followed or len(places[static]) < fewest:
        return mask
    at = mask.followed.index(static)
    others = [places[axis] for axis in mask.followed if axis != static]
    still: dict[Index, Hole] = {}
    moving = False
    for rest in product(*others):
        planes = [(*rest[:at], place, *rest[at:]) for place in places[static]]
        common = mask.hole(planes[0])
        for own in planes[1:]:
            common = common & mask.hole(own)
            if not common.any():
                break
        else:
            pieces, _ = ndimage.label(common, _AROUND)
            for own in planes:
                passing = mask.hole(own) & ~common
                moving = moving or bool(passing.any())
                still[own] = _untouched(common, pieces, passing)
    if not moving or not any(hole.any() for hole in still.values()):
        return mask
    return replace(mask, still=still)


def _untouched(common: Hole, pieces: NDArray[np.int32], passing: Hole) -> Hole:
    """Return the pieces that nothing else touches; the same array if that is all."""
    if not passing.any():
        return common
    touched = np.unique(pieces[ndimage.binary_dilation(passing, _AROUND) & common])
    return common & ~np.isin(pieces, touched) if touched.size else common
