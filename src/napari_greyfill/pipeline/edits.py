"""What was done to a plane, edit by edit, so that each can be taken back.

An `Edit` knows what stood there before. Pixels that later edits painted over are changed in what
those remember, so that an edit in the middle can be changed or taken back as well as the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window

__all__ = ["Edit", "Edits", "Offset"]

MEMORY = 256_000_000  # bytes that are kept to take edits back; the oldest go first
Offset = tuple[int, int]
Pixels = NDArray[Any]
Mask = NDArray[np.bool_]
Origins = NDArray[np.uint8]


@dataclass(eq=False)
class Edit:
    """One stroke, and what stood there before.

    Attributes
    ----------
    window : Window
        The box of the stroke.
    painted : (h, w) bool array
        The stroke in its box.
    old : (n,) or (n, channels) array
        The n painted pixels before, in reading order.
    old_origins : (n,) uint8 array
        Where those came from.
    offset : tuple of int or None
        From painted pixels to those that were cloned: rows, columns.
    """

    window: Window
    painted: Mask
    old: Pixels
    old_origins: NDArray[np.uint8]
    offset: Offset | None = None
    new: tuple[Pixels, NDArray[np.uint8]] | None = field(default=None, repr=False)  # if undone

    @property
    def count(self) -> int:
        """Return how many pixels are painted."""
        return len(self.old)

    @property
    def nbytes(self) -> int:
        """Return how much memory it takes."""
        return self.painted.nbytes + self.old.nbytes + self.old_origins.nbytes


class Edits:
    """The result of a plane that is edited, where its pixels come from, and what was done to it.

    Parameters
    ----------
    result : (H, W) or (H, W, channels) array
        What is written to.
    origins : (H, W) uint8 array
        Where its pixels come from; 0 is the picture itself.

    Attributes
    ----------
    changed : int
        How many pixels are not those of the picture.
    """

    def __init__(self, result: Pixels, origins: Origins) -> None:
        self.result, self.origins = result, origins
        self.changed = int(np.count_nonzero(origins))
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    @property
    def done(self) -> Sequence[Edit]:
        """Return the edits that can be taken back, the last one last."""
        return tuple(self._done)

    @property
    def can_redo(self) -> bool:
        """Return whether something was taken back that can be done again."""
        return bool(self._undone)

    def __contains__(self, edit: Edit) -> bool:
        """Return whether an edit is there and was not taken back."""
        return edit in self._done

    def record(self, window: Window, painted: Mask) -> Edit:
        """Begin an edit: remember what stands where it is painted.

        Parameters
        ----------
        window : Window
            Where it lies.
        painted : (h, w) bool array
            Which pixels of it.
        """
        old = self.result[window.slices][painted].copy()
        edit = Edit(window, painted, old, self.origins[window.slices][painted].copy())
        self._done.append(edit)
        self._undone.clear()
        while len(self._done) > 1 and sum(each.nbytes for each in self._done) > MEMORY:
            self._done.pop(0)
        return edit

    def undo(self) -> Edit | None:
        """Take the last edit back, bit by bit; return it, or None if there is none."""
        if not self._done:
            return None
        edit = self._done[-1]
        view, origins = self.views(edit)
        edit.new = view[edit.painted].copy(), origins[edit.painted].copy()
        self.replace(edit, edit.old, edit.old_origins)
        self._done.pop()
        self._undone.append(edit)
        return edit

    def redo(self) -> Edit | None:
        """Do again what was taken back last; return it, or None if there is nothing."""
        if not self._undone:
            return None
        edit = self._undone.pop()
        assert edit.new is not None  # undo kept it
        self._done.append(edit)
        self.replace(edit, *edit.new)
        edit.new = None
        return edit

    def remove(self, edit: Edit) -> bool:
        """Take an edit back wherever it stands among the others; return whether it was there."""
        if edit not in self._done:
            return False
        self.replace(edit, edit.old, edit.old_origins)
        self._done.remove(edit)
        return True

    def views(self, edit: Edit) -> tuple[Pixels, Origins]:
        """Return the box of an edit in the result, and in where its pixels come from."""
        return self.result[edit.window.slices], self.origins[edit.window.slices]

    def replace(self, edit: Edit, pixels: Pixels, origins: Origins) -> None:
        """Give the pixels of an edit other values, below those of later ones.

        Parameters
        ----------
        edit : Edit
            One that is there.
        pixels : (n,) or (n, channels) array
            As many as are painted, in reading order.
        origins : (n,) uint8 array
            Where they come from.
        """
        left = edit.painted.copy()
        values = np.empty_like(self.result[edit.window.slices])
        kinds = np.empty(edit.window.shape, dtype=np.uint8)
        values[left], kinds[left] = pixels, origins
        for later in self._done[self._done.index(edit) + 1 :]:
            common = edit.window.intersection(later.window)
            if common is None:
                continue
            here, there = common.within(edit.window), common.within(later.window)
            both = left[here] & later.painted[there]
            known = np.zeros_like(later.painted)
            known[there] = both
            at = known[later.painted]
            later.old[at], later.old_origins[at] = values[here][both], kinds[here][both]
            left[here] &= ~both
        view, own = self.views(edit)
        before = int(np.count_nonzero(own[left]))
        view[left], own[left] = values[left], kinds[left]
        self.changed += int(np.count_nonzero(kinds[left])) - before
