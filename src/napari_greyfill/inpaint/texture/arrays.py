"""What differs between numpy arrays and torch tensors in the search and the votes.

Both index, compare and calculate alike; `Arrays` has the rest. All random numbers come from
numpy, so that a seed means the same for both. Importing this module does not import torch.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute, clear_memory_errors

__all__ = ["Array", "Arrays"]

Array: TypeAlias = Any  # a numpy array or a torch tensor, whichever `Arrays` makes


class Arrays:
    """Numpy arrays.

    Attributes
    ----------
    chunk : int
        Patches gathered at a time: few enough to stay in the processor's cache.
    """

    chunk: ClassVar[int] = 8192

    @staticmethod
    def of(compute: Compute) -> Arrays:
        """Return what the search and the votes of a run work on."""
        return Tensors(compute.device) if compute.in_torch else Arrays()

    def of_numpy(self, array: NDArray[Any]) -> Array:
        """Return what is not to be written to."""
        return array

    def copied(self, array: NDArray[Any]) -> Array:
        """Return what may be written to."""
        return array.copy()

    def to_numpy(self, array: Array) -> NDArray[Any]:
        """Return a numpy array."""
        return np.asarray(array)

    def zeros(self, *shape: int) -> Array:
        """Return float32 zeros."""
        return np.zeros(shape, np.float32)

    def where(self, condition: Array) -> Array:
        """Return the indices at which a condition holds, of one dimension."""
        return np.flatnonzero(condition)

    def squares(self, vectors: Array) -> Array:
        """Return the squared length of each row."""
        return np.einsum("ij,ij->i", vectors, vectors)

    def least(self, rows: Array) -> Array:
        """Return the index of the least value of each row."""
        return np.argmin(rows, axis=1)

    def memory(self) -> AbstractContextManager[None]:
        """Return the context in which a full device is an error that says what to do."""
        return nullcontext()


class Tensors(Arrays):
    """Torch tensors on a device, which has room for larger chunks and gains from them."""

    chunk: ClassVar[int] = 131_072

    def __init__(self, device: str) -> None:
        import torch

        self._torch, self._device = torch, device

    def of_numpy(self, array: NDArray[Any]) -> Array:
        """Return what is not to be written to."""
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._device)

    def copied(self, array: NDArray[Any]) -> Array:
        """Return what may be written to."""
        return self._torch.tensor(array, device=self._device)

    def to_numpy(self, array: Array) -> NDArray[Any]:
        """Return a numpy array."""
        return np.asarray(array.cpu().numpy())

    def zeros(self, *shape: int) -> Array:
        """Return float32 zeros."""
        return self._torch.zeros(shape, device=self._device)

    def where(self, condition: Array) -> Array:
        """Return the indices at which a condition holds, of one dimension."""
        return condition.nonzero()[:, 0]

    def squares(self, vectors: Array) -> Array:
        """Return the squared length of each row."""
        return (vectors * vectors).sum(dim=1)

    def least(self, rows: Array) -> Array:
        """Return the index of the least value of each row."""
        return rows.argmin(dim=1)

    def memory(self) -> AbstractContextManager[None]:
        """Return the context in which a full device is an error that says what to do."""
        return clear_memory_errors(self._device)
