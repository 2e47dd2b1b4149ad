"""A stack with what was filled laid over it where it is looked at: arrays for its two layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.composite import StoredCodes, composite
from napari_greyfill.stack.pasting import Pasted, filled_region
from napari_greyfill.stack.pyramid import Coarser, Finest, in_parts, touched

if TYPE_CHECKING:
    from napari_greyfill.stack.axes import Axes
    from napari_greyfill.stack.store import PatchStore
    from napari_greyfill.stack.tasks import StackPatch

__all__ = ["Overlay"]

Index = tuple[int, ...]


class Overlay:
    """What was filled of a stack so far, in memory or in a store, over the stack itself.

    Nothing is copied, and only what is looked at is read. A pyramid stays one.

    Parameters
    ----------
    levels : sequence of array-like
        The stack, finest level first.
    axes : Axes
        Those of the finest level.
    patches : iterable of StackPatch
        What was filled before, if it is in memory.
    store : PatchStore, optional
        Where it is otherwise.
    """

    def __init__(
        self,
        levels: Sequence[Any],
        axes: Axes,
        patches: Iterable[StackPatch] = (),
        store: PatchStore | None = None,
    ) -> None:
        self.levels, self.axes, self.store = tuple(levels), axes, store
        self._patches = list(patches)

    def add(self, patches: Iterable[StackPatch]) -> None:
        """Lay more patches over the stack; a store has them already."""
        if self.store is None:
            self._patches.extend(patches)

    @property
    def image(self) -> Any:  # noqa: ANN401 - an array of dask, or one for each level
        """Return the filled stack as it is now, for an image layer."""
        if self.store is not None:
            finest = composite(self.levels[0], self.store)
        else:
            finest = in_parts(Pasted(self.levels[0], self.axes, self._patches), self.axes)
        return self._every_level(finest, Finest(self.axes, finest, self._codes(), self._touched()))

    @property
    def labels(self) -> Any:  # noqa: ANN401 - an array of dask, or one for each level
        """Return what each pixel was filled from, for a labels layer."""
        plain, codes = self.axes.without_colour(), self._codes()
        finest = in_parts(codes, plain)
        return self._every_level(finest, Finest(self.axes, None, codes, self._touched()))

    def _every_level(self, finest: Any, filled: Finest) -> Any:  # noqa: ANN401
        """Return the finest level, or a list of all levels.

        A layer takes an array by the name that dask has for it, so each look has arrays of its
        own: what napari keeps of earlier ones does not show again.
        """
        if len(self.levels) == 1:
            return finest
        coarser = [Coarser(level, filled) for level in self.levels[1:]]
        return [finest, *(in_parts(level, level.axes) for level in coarser)]

    def _codes(self) -> Any:  # noqa: ANN401 - any array type
        if self.store is not None:
            return StoredCodes(self.store)
        return filled_region(self.axes, self._patches)

    def _touched(self) -> Any:  # noqa: ANN401 - a function
        if self.store is not None:
            store = self.store
            return lambda index: touched(store, index)
        windows: dict[Index, list[Window]] = {}
        for patch in self._patches:
            windows.setdefault(patch.index, []).append(patch.window)
        return lambda index: windows.get(index, [])
