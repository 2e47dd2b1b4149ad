"""Find in every plane of a stack what the Masks dock finds in the one in view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.masks import edits

if TYPE_CHECKING:
    from napari.layers import Image, Labels

__all__ = ["Changes", "work_on_all"]

Index = tuple[int, ...]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Changes:
    """What is to be written into a mask.

    Attributes
    ----------
    where : tuple of (n,) int arrays
        One for each axis of the mask.
    values : (n,) array
        The new labels there.
    masked, planes : int
        How many pixels were found, in how many planes.
    """

    where: tuple[NDArray[np.intp], ...]
    values: NDArray[Any]
    masked: int
    planes: int

    def write(self, mask: Labels) -> None:
        """Change the mask, as one step that Undo takes back."""
        if self.values.size:
            with mask.block_history():
                mask.data_setitem(self.where, self.values)


def work_on_all(
    find_at: Callable[[Index], Callable[[], Mask]],
    image: Image,
    mask: Labels | None,
    how: str,
) -> Callable[[], Changes]:
    """Return what finds all there is to change, ready to run in the thread.

    Parameters
    ----------
    find_at : callable
        Returns what finds the mask of a plane.
    image : Image
        The stack.
    mask : Labels or None
        What is to be changed; None for a new mask with a plane for each of the image's. On a
        flat mask all that is found comes together.
    how : str
        "replace", "add" or "remove".
    """
    label = 1 if mask is None else max(1, int(mask.selected_label))
    size = planes.plane_size(image)
    pieces = [
        (find_at(index), None if mask is None else planes.plane_at(mask, index, image), index)
        for index in planes.plane_indices(image)
    ]

    def work() -> Changes:
        left = Counter(index if source is None else source.index for _, source, index in pieces)
        found: dict[Index, Mask] = {}  # of places that more planes come to
        masked, count, where, values = 0, 0, [], []
        for find, source, index in pieces:
            own = find()
            masked, count = masked + int(np.count_nonzero(own)), count + bool(own.any())
            place = index if source is None else source.index
            own = own | found.pop(place) if place in found else own
            left[place] -= 1
            if left[place]:
                found[place] = own
                continue
            before = np.zeros(size, np.uint8) if source is None else np.asarray(source.read())
            after = edits.applied(before, own, how, label)
            changed = np.nonzero(before != after)
            count_here = changed[0].size
            where.append([*(np.full(count_here, i) for i in place), *changed])
            values.append(after[changed])
        joined = tuple(np.concatenate(axis) for axis in zip(*where, strict=True))
        return Changes(joined, np.concatenate(values), masked, count)

    return work
