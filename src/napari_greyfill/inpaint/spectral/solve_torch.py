"""Conjugate gradients as in `solve`, in torch, several planes of one shape at a time.

A single tile is too small to keep a graphics card busy. Importing this module does not import
torch.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from napari_greyfill.compute.conjugate_gradients import Operators, conjugate_gradients
from napari_greyfill.compute.device import Compute, clear_memory_errors
from napari_greyfill.inpaint.spectral.solve import TOLERANCE, Plane, System

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["conditional_means"]


def conditional_means(
    systems: Sequence[System], compute: Compute, *, iterations: int, tolerance: float = TOLERANCE
) -> Generator[float, None, list[Plane]]:
    """Return the planes with their holes filled, yielding the progress.

    Parameters
    ----------
    systems : sequence of System
        Of one shape.
    compute : Compute
        Says where to run, and when to stop.
    iterations, tolerance
        As in `solve.conditional_mean`, for each system by itself.

    Raises
    ------
    OutOfMemoryError
        If the device is too small for them all.
    """
    with clear_memory_errors(compute.device):
        solution = yield from _solved(systems, compute, iterations, tolerance)
        return [
            system.filled(x) for system, x in zip(systems, solution.cpu().numpy(), strict=True)
        ]


def _solved(
    systems: Sequence[System], compute: Compute, iterations: int, tolerance: float
) -> Generator[float, None, Tensor]:
    """Return the solutions, (N, H, W)."""
    import torch

    def stacked(name: str) -> Tensor:
        planes = np.stack([getattr(system, name) for system in systems])
        return torch.from_numpy(planes).to(compute.device)

    x, unknown = stacked("x"), stacked("unknown")
    guide, precision, pulled = map(stacked, ("preconditioner", "precision", "pulled"))

    def filtered(v: Tensor, response: Tensor) -> Tensor:
        smooth: Tensor = torch.fft.irfft2(torch.fft.rfft2(v) * response, s=v.shape[1:])
        return smooth * unknown

    operators: Operators[Tensor] = Operators(
        matrix=lambda v: filtered(v, pulled),
        preconditioner=lambda v: filtered(v, guide),
        dot=_dot,
    )
    descent = conjugate_gradients(x, -filtered(x, precision), operators)
    iterate = next(descent)
    first, ready = iterate.energy, iterate.energy <= 0
    for index in range(iterations):
        compute.check()
        ready = ready | (iterate.energy <= tolerance**2 * first)
        if bool(ready.all()):
            break
        iterate = descent.send(~ready)  # those that are ready wait for the others
        yield index / iterations
    return iterate.values


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Return the dot product of each pair of planes, (N, 1, 1)."""
    return (a * b).sum(dim=(1, 2), keepdim=True)
