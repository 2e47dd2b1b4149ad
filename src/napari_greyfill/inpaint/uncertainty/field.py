"""Errors as they might be: random fields in a hole that have the spectrum of what is around.

The field is autoregressive: each pixel is a weighted sum of those before it in reading order,
and something new. The weights are fitted to the known pixels. Given that the error is zero
wherever the picture is known, what it can be in the hole is a Gaussian field whose precision
is a sparse matrix, so that one factorisation serves any number of draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import splu

__all__ = ["ErrorField", "innovation_weights"]

ORDER = 2  # rows and columns that a pixel depends on
ROWS = 20_000  # pixels that the weights are fitted to
RIDGE = 1e-4
PILOTS = 48  # draws that tell how large the field is where
TILE = 96  # pixels a side that are drawn together
OVERLAP = 16  # pixels by which these fade into each other

Hole = NDArray[np.bool_]
OFFSETS = tuple(
    (y, x)
    for y in range(-ORDER, 1)
    for x in range(-ORDER, ORDER + 1)
    if (y, x) < (0, 0)  # earlier in reading order
)


def innovation_weights(plane: NDArray[np.float32], missing: Hole) -> NDArray[np.float64]:
    """Return what a pixel takes from each of those before it, in the order of `OFFSETS`.

    Parameters
    ----------
    plane : (H, W) float32 array
        What it holds in the hole does not matter.
    missing : (H, W) bool array
        What is not known.

    References
    ----------
    A. K. Jain, "Advances in Mathematical Models for Image Processing", Proceedings of the IEEE 69,
    1981, doi 10.1109/PROC.1981.12021, section IV (causal models with a nonsymmetric half plane).
    """
    whole = ndimage.minimum_filter(
        ~missing, size=(ORDER + 1, 2 * ORDER + 1), origin=(ORDER // 2, 0), mode="constant"
    )
    y, x = np.nonzero(whole[ORDER:, ORDER:-ORDER])
    y, x = y + ORDER, x + ORDER
    if y.size < 4 * len(OFFSETS):
        weights = np.zeros(len(OFFSETS))  # a plane: left, plus up, minus between
        for offset, value in (((0, -1), 0.9), ((-1, 0), 0.9), ((-1, -1), -0.81)):
            weights[OFFSETS.index(offset)] = value
        return weights
    step = max(1, y.size // ROWS)
    y, x = y[::step], x[::step]
    level = plane[y, x].mean(dtype=np.float64)
    before = np.stack([plane[y + dy, x + dx] for dy, dx in OFFSETS], axis=1) - level
    here = plane[y, x] - level
    products = before.T.astype(np.float64) @ before
    products[np.diag_indices_from(products)] += (
        RIDGE * max(np.trace(products), 1e-12) / len(OFFSETS)
    )
    return np.asarray(np.linalg.solve(products, before.T.astype(np.float64) @ here))


class ErrorField:
    """Draws random errors in a hole of a plane, of variance 1 at every pixel.

    Parameters
    ----------
    plane : (H, W) float32 array
        Its known pixels tell the spectrum.
    missing : (H, W) bool array
        What is not known.
    wanted : (H, W) bool array
        Where errors are drawn; part of it.
    seed : int or sequence of int
        The same seed gives the same draws.
    """

    def __init__(
        self, plane: NDArray[np.float32], missing: Hole, wanted: Hole, seed: int | Sequence[int]
    ) -> None:
        self._wanted = wanted
        self._random = np.random.default_rng(seed)
        weights = innovation_weights(plane, missing)
        self._tiles = [_Tile(missing, own, fade, weights) for own, fade in _tiles(missing, wanted)]
        squares = np.zeros(wanted.shape)
        for _ in range(PILOTS):
            squares += self._raw() ** 2
        self._size = np.sqrt(_smoothed(squares / PILOTS, wanted))

    def draw(self) -> NDArray[np.float32]:
        """Return the next field at the wanted pixels, in reading order."""
        raw = self._raw()[self._wanted]
        return np.asarray(raw / self._size[self._wanted], dtype=np.float32)

    def _raw(self) -> NDArray[np.float64]:
        field = np.zeros(self._wanted.shape)
        for tile in self._tiles:
            tile.add(field, self._random)
        return field


class _Tile:
    """A part of the hole whose errors are drawn at once; zero outside it."""

    def __init__(
        self,
        missing: Hole,
        place: tuple[slice, slice],
        fade: NDArray[np.float64],
        weights: NDArray[np.float64],
    ) -> None:
        self._place, self._fade = place, fade
        self._hole = missing[place]
        count = int(np.count_nonzero(self._hole))
        height, width = self._hole.shape
        number = np.full((height + ORDER, width + 2 * ORDER), -1)
        number[:height, ORDER:-ORDER][self._hole] = np.arange(count)
        columns = np.arange(count)
        y, x = np.nonzero(self._hole)
        # the innovation at a place depends on the pixel there, and on those before
        places = number.shape[1]
        rows, entries, owners = [y * places + x + ORDER], [np.ones(count)], [columns]
        for (dy, dx), weight in zip(OFFSETS, weights, strict=True):
            rows.append((y - dy) * places + x - dx + ORDER)
            entries.append(np.full(count, -weight))
            owners.append(columns)
        every, row = np.unique(np.concatenate(rows), return_inverse=True)
        self._whitening = sparse.csc_matrix(
            (np.concatenate(entries), (row, np.concatenate(owners))), shape=(every.size, count)
        )
        precision = (self._whitening.T @ self._whitening + 1e-9 * sparse.eye(count)).tocsc()
        self._solver = splu(
            precision,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    def add(self, field: NDArray[np.float64], random: np.random.Generator) -> None:
        """Add a draw to a field."""
        new = random.standard_normal(self._whitening.shape[0])
        values = self._solver.solve(self._whitening.T @ new)
        field[self._place][self._hole] += values * self._fade[self._hole]


def _tiles(missing: Hole, wanted: Hole) -> list[tuple[tuple[slice, slice], NDArray[np.float64]]]:
    """Return parts that cover what is wanted, and how much each counts where, in amplitude."""
    starts = [_starts(length) for length in wanted.shape]
    rows, columns = (
        [_ramp(one, length, own) for one in own]
        for own, length in zip(starts, wanted.shape, strict=True)
    )
    found = []
    for (top, bottom), down in zip(starts[0], rows, strict=True):
        for (left, right), across in zip(starts[1], columns, strict=True):
            place = slice(top, bottom), slice(left, right)
            if wanted[place].any():
                found.append((place, np.sqrt(np.outer(down, across))))
    return found


def _starts(length: int) -> list[tuple[int, int]]:
    """Return where tiles begin and end along a side."""
    if length <= TILE:
        return [(0, length)]
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    edges = np.linspace(0, length - TILE, count).round().astype(int)
    return [(int(edge), int(edge) + TILE) for edge in edges]


def _ramp(one: tuple[int, int], length: int, every: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Return how much a tile counts along a side, so that all tiles make 1."""
    at = np.arange(length)

    def hat(start: int, end: int) -> NDArray[np.float64]:
        rise = np.full(length, np.inf) if start == 0 else (at - start + 1) / OVERLAP
        fall = np.full(length, np.inf) if end == length else (end - at) / OVERLAP
        return np.clip(np.minimum(rise, fall), 0.0, 1.0)

    total = np.sum([hat(*each) for each in every], axis=0)
    return np.asarray((hat(*one) / total)[slice(*one)])


def _smoothed(squares: NDArray[np.float64], wanted: Hole) -> NDArray[np.float64]:
    """Return local means of squares over what is wanted, of pixels as deep in the hole."""
    share = ndimage.gaussian_filter(wanted.astype(np.float64), 1.0)
    logs = np.where(wanted, np.log(np.maximum(squares, 1e-30)), 0.0)
    means = ndimage.gaussian_filter(logs, 1.0) / np.maximum(share, 1e-9)
    return np.where(wanted, np.exp(means), 1.0)
