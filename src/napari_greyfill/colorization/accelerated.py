"""The two dear parts of the closed forms in torch, for CUDA devices: examples and the system.

`Neighbours` finds the nearest references by comparing with all of them, where a tree visits
few: exact, and quick on a device that multiplies matrices well. `solve` takes conjugate
gradients over the whole hole, where a factorisation works through tiles. Both run on any
device torch knows. Importing this module imports torch.
"""

from __future__ import annotations

from collections.abc import Generator
from math import log
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_greyfill.colorization.base import Plane
from napari_greyfill.colorization.problem import Problem
from napari_greyfill.colorization.stencil import FLOOR, NEIGHBOURS, SIGMA
from napari_greyfill.compute.conjugate_gradients import Operators, conjugate_gradients
from napari_greyfill.compute.device import Compute, clear_memory_errors

__all__ = ["Neighbours", "solve"]

_DISTANCES = 2**24  # computed at a time, about 400 MB
_TOLERANCE = 1e-7  # largest residual; see `solve`
_LOOK = 20  # iterations between two looks at the residual, which wait for the device
_Link: TypeAlias = tuple[Any, Any, Tensor]  # slices of both ends and weights


class Neighbours:
    """Finds the nearest of (n, F) features by computing every distance.

    In double precision, because the squares that cancel are hundreds of times the distances,
    and because single precision may have been set to a faster, coarser one by others.
    """

    def __init__(self, features: Plane, device: str) -> None:
        self._device = device
        with clear_memory_errors(device):
            self._references = torch.from_numpy(features).to(device, torch.float64)
            self._squares = self._references.square().sum(dim=1)

    def nearest(self, features: Plane, count: int) -> tuple[Plane, NDArray[np.intp]]:
        """Return squared distances and indices, (m, count) each, the nearest first."""
        with clear_memory_errors(self._device):
            rows = max(1, _DISTANCES // len(self._references))
            parts = [self._nearest(part, count) for part in torch.from_numpy(features).split(rows)]
            squares, indices = (torch.cat(one).cpu().numpy() for one in zip(*parts, strict=True))
        return squares, indices

    def _nearest(self, features: Tensor, count: int) -> tuple[Tensor, Tensor]:
        wanted = features.to(self._references)
        products = torch.addmm(self._squares, wanted, self._references.T, alpha=-2)
        distances = (products + wanted.square().sum(dim=1, keepdim=True)).float().clamp(min=0)
        found = distances.topk(count, largest=False)
        return found.values, found.indices


def solve(problem: Problem, compute: Compute) -> Generator[float, None, Plane]:
    """Yield finished fractions, and return the planes with the hole solved for.

    Conjugate gradients, preconditioned by the diagonal, until no residual is above 1e-7. The
    rows of the matrix sum to at least the weight of the guess, and it is an M-matrix, so no
    value is further from the solution than the largest residual over the smallest
    weight: for the hybrid method's weights of 5e-5 and more that is 0.002, half a level of
    255. Without a guess there is no such bound; the largest error seen was 5e-4.

    Parameters
    ----------
    problem : Problem
        The equations, and where they hold.
    compute : Compute
        Asked for cancelling at every iteration.
    """
    with clear_memory_errors(compute.device):
        stencil = _Stencil(problem, compute.device)
        operators = Operators(stencil.applied, lambda v: v / stencil.diagonal, _dot)
        descent = conjugate_gradients(stencil.known, stencil.residual(stencil.known), operators)
        iterate = next(descent)
        worst = first = _largest(iterate.residual)
        done = 0.0
        while worst > _TOLERANCE:
            for _ in range(_LOOK):
                compute.check()
                iterate = next(descent)
            worst = _largest(iterate.residual)
            left = log(max(worst, _TOLERANCE) / _TOLERANCE) / log(first / _TOLERANCE)
            done = max(done, 1 - left)  # residuals may grow on their way down
            yield done
        solved = iterate.values.permute(1, 2, 0).cpu().numpy()
        return np.ascontiguousarray(solved, dtype=np.float32)


class _Stencil:
    """The equations of `stencil.system`, as planes (C, H, W) of float64.

    Attributes
    ----------
    known : Tensor
        The planes given, 0 in the hole.
    diagonal : Tensor
        (H, W)
    """

    def __init__(self, problem: Problem, device: str) -> None:
        def tensor(plane: NDArray[Any]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(plane)).to(device, torch.float64)

        grey, self._hole = tensor(problem.grey), tensor(problem.hole)
        self.known = tensor(problem.known).permute(2, 0, 1).contiguous() * (1 - self._hole)
        self.diagonal = torch.zeros_like(grey)
        self._links: list[_Link] = []
        for offset in NEIGHBOURS:
            one, other = _ends(offset, problem.hole.shape)
            weight = torch.exp((grey[one] - grey[other]) ** 2 / (-2 * SIGMA**2)) + FLOOR
            self.diagonal[one] += weight
            self.diagonal[other] += weight
            self._links.append((one, other, weight))
        self._right = torch.zeros_like(self.known)
        if problem.guess is not None:
            weight = tensor(problem.guess.weight)
            self.diagonal += weight
            self._right = weight * tensor(problem.guess.values).permute(2, 0, 1)

    def applied(self, values: Tensor) -> Tensor:
        """Return the matrix times planes that are 0 outside the hole."""
        return self._hole * (self.diagonal * values - self._flow(values))

    def residual(self, values: Tensor) -> Tensor:
        """Return the residual of planes that are as known outside the hole."""
        return self._hole * (self._right + self._flow(values) - self.diagonal * values)

    def _flow(self, values: Tensor) -> Tensor:
        """Return what arrives at each pixel from its neighbours."""
        arriving = torch.zeros_like(values)
        for one, other, weight in self._links:
            arriving[one].addcmul_(weight, values[other])
            arriving[other].addcmul_(weight, values[one])
        return arriving


def _ends(offset: tuple[int, int], shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the slices of the two ends of all pairs of pixels that lie `offset` apart."""
    dy, dx = offset
    height, width = shape
    left, right = max(0, -dx), width - max(0, dx)
    one = (..., slice(0, height - dy), slice(left, right))
    return one, (..., slice(dy, height), slice(left + dx, right + dx))


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """Return the scalar product of each plane, as (C, 1, 1)."""
    return (one * other).sum(dim=(1, 2), keepdim=True)


def _largest(residual: Tensor) -> float:
    return float(residual.abs().max())
