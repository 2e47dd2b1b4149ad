"""What was filled, left in the store that keeps it: pixels are read where they are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.stack.tasks import StackPatch, TaskResult

if TYPE_CHECKING:
    from napari_greyfill.stack.store import PatchStore

__all__ = ["StoredPatch", "left_in_store"]


class StoredPatch(StackPatch):
    """A patch whose values are in a store; of its hole a bit for each pixel is in memory.

    Parameters
    ----------
    patch : StackPatch
        What was added to the store.
    store : PatchStore
        Which store.
    """

    _bits: NDArray[np.uint8]
    _store: PatchStore

    def __init__(self, patch: StackPatch, store: PatchStore) -> None:
        own = {
            "index": patch.index,
            "window": patch.window,
            "source": patch.source,
            "expected_error": patch.expected_error,
            "share": patch.share,
            "words": patch.words,
            "_bits": np.packbits(patch.hole),
            "_store": store,
        }
        for name, value in own.items():
            object.__setattr__(self, name, value)

    @property
    def values(self) -> NDArray[Any]:
        """Return the values, (h, w) or (h, w, C), read anew."""
        return self._store.read(self.index, self.window)[0]

    @property
    def hole(self) -> NDArray[np.bool_]:
        """Return which of them count, (h, w)."""
        shape = self.window.shape
        bits = np.unpackbits(self._bits, count=shape[0] * shape[1])
        return bits.reshape(shape).astype(bool)


def left_in_store(result: TaskResult, store: PatchStore) -> TaskResult:
    """Return a result without its pixels, which are read from the store that they were added to.

    Parameters
    ----------
    result : TaskResult
        Of a task.
    store : PatchStore
        Which has it.
    """
    patches = tuple(StoredPatch(patch, store) for patch in result.patches)
    return replace(result, patches=patches)
