"""Frequency-selective extrapolation: each small block from the few waves that fit around it.

Block by block, the surroundings are explained by waves picked greedily, and the waves go on
into the hole. Unlike the spectral fill, which has one spectrum for all of a plane, every block
has its own; so the two err differently.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from napari_greyfill.device import Compute
from napari_greyfill.inpaint.base import Hole, Inpainter, Plane
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.surroundings import by_channel, clamped
from napari_greyfill.progress import scaled

__all__ = ["FrequencySelective", "extrapolated"]

CORE = 8  # side of the blocks that are filled
FRAME = 24  # side of what each of them sees
MARGIN = (FRAME - CORE) // 2
NEARNESS = 0.8  # weight lost with every pixel of distance from the block
UNKNOWN = 0.02  # certainty of a pixel that only the guide knows
FILLED = 0.5  # certainty of a pixel next to a known one, once it is filled
FADING = 0.95  # certainty lost with every pixel of depth
DEEPEST = 5  # waves of blocks from the rim inwards; what is deeper keeps the guide
ALIKE = 0.95  # waves as strong as this share of the strongest are picked together
PART = 0.6  # of the waves' best multiple that is taken at once
ROUNDS = (12, 60)  # fewest and most rounds of picking
WORK = 60_000  # blocks times rounds, which bounds the time
BATCH = 256  # blocks at a time, which bounds the memory

_TINY = np.finfo(np.float32).tiny

Blocks = NDArray[np.float32]


class FrequencySelective(Inpainter):
    """Frequency-selective extrapolation around the hole's rim, guided by the spectral fill.

    References
    ----------
    J. Seiler and A. Kaup, "Complex-Valued Frequency Selective Extrapolation for Fast Image and
    Video Signal Extrapolation", IEEE Signal Processing Letters 17(11), 2010,
    doi 10.1109/LSP.2010.2078504; N. Genser, J. Seiler, F. Schilling, A. Kaup, "Signal and Loss
    Geometry Aware Frequency Selective Extrapolation for Error Concealment", PCS 2018,
    doi 10.1109/PCS.2018.8456259.
    """

    GUIDED: ClassVar[float] = 0.4  # share of the time the guide takes

    def run(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Fill the hole; see `Inpainter.run`."""
        guide = yield from scaled(Spectral(self.compute).run(plane, hole), 0.0, self.GUIDED)
        work = by_channel(lambda channel: extrapolated(channel, hole, self.compute), guide)
        filled = yield from scaled(work, self.GUIDED, 1.0)
        return clamped(filled, plane, hole)


def extrapolated(guide: Plane, hole: Hole, compute: Compute) -> Generator[float, None, Plane]:
    """Return one channel filled anew near the rim of its hole, yielding the progress.

    Parameters
    ----------
    guide : (H, W) float32 array, of any range
        Known pixels, and another fill of the hole.
    hole : (H, W) bool array
    """
    if not hole.any():
        return guide.copy()
    grid = _Grid(guide, hole)
    rounds = int(np.clip(WORK // grid.count, *ROUNDS))
    done = 0
    for rows, columns in grid.batches():
        compute.check()
        grid.replace(rows, columns, _continued(*grid.seen(rows, columns), rounds))
        done += len(rows)
        yield done / grid.count
    return grid.plane()


class _Grid:
    """The blocks of a plane, and how certain each of its pixels is so far."""

    def __init__(self, guide: Plane, hole: Hole) -> None:
        self._shape = hole.shape
        fill = [-side % CORE for side in hole.shape]
        pad = [(MARGIN, MARGIN + more) for more in fill]
        depth = ndimage.distance_transform_edt(hole).astype(np.float32)
        self._values = np.pad(guide, pad, mode="symmetric")
        self._hole = np.pad(hole, pad)
        certainty = np.where(hole, np.float32(UNKNOWN), np.float32(1))
        self._certainty = np.pad(certainty, pad)
        self._once_filled = np.pad(np.float32(FILLED) * np.float32(FADING) ** depth, pad)
        self._ring = _ring_of_blocks(hole, depth, fill)
        self.count = max(int((self._ring > 0).sum()), 1)

    def batches(self) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield rows and columns of blocks, from the rim inwards."""
        for ring in range(1, DEEPEST + 1):
            rows, columns = np.nonzero(self._ring == ring)
            for start in range(0, len(rows), BATCH):
                yield rows[start : start + BATCH], columns[start : start + BATCH]

    def seen(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[Blocks, Blocks]:
        """Return values and weights of the frames around blocks, (N, FRAME, FRAME)."""
        frames = [
            np.lib.stride_tricks.sliding_window_view(array, (FRAME, FRAME))[
                rows * CORE, columns * CORE
            ]
            for array in (self._values, self._certainty)
        ]
        weights = frames[1] * _NEAR
        return frames[0], weights / weights.sum(axis=(1, 2), keepdims=True)

    def replace(self, rows: NDArray[np.intp], columns: NDArray[np.intp], frames: Blocks) -> None:
        """Put what was found for the blocks into their hole pixels."""
        inner = np.arange(CORE) + MARGIN
        y = (rows[:, None] * CORE + inner)[:, :, None]
        x = (columns[:, None] * CORE + inner)[:, None, :]
        found = frames[:, MARGIN : MARGIN + CORE, MARGIN : MARGIN + CORE]
        missing = self._hole[y, x]
        self._values[y, x] = np.where(missing, found, self._values[y, x])
        self._certainty[y, x] = np.where(missing, self._once_filled[y, x], 1)

    def plane(self) -> Plane:
        """Return the plane as it is now."""
        height, width = self._shape
        return self._values[MARGIN : MARGIN + height, MARGIN : MARGIN + width].copy()


def _ring_of_blocks(hole: Hole, depth: Plane, fill: list[int]) -> NDArray[np.int64]:
    """Return how many blocks deep in the hole each block lies, from 1; 0 without hole."""
    pad = [(0, more) for more in fill]
    cells = [np.pad(array, pad).astype(np.float64) for array in (hole, depth)]
    size = [side // CORE for side in cells[0].shape]
    count, total = (cell.reshape(size[0], CORE, size[1], CORE).sum((1, 3)) for cell in cells)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return np.where(count > 0, 1 + np.maximum(mean - 1, 0) // CORE, 0).astype(np.int64)


def _continued(values: Blocks, weights: Blocks, rounds: int) -> Blocks:
    """Return the sum of waves that explains the values where they have weight.

    Each round projects what is left onto all waves, picks the strongest, high frequencies
    counting less, and takes a part of the best multiple of their sum away, so that what is
    left never grows.
    """
    mean = (weights * values).sum(axis=(1, 2), keepdims=True)
    left = values - mean
    model = np.broadcast_to(mean, values.shape).copy()
    for _ in range(rounds):
        weighted = weights * left
        waves = fft.rfft2(weighted)
        strength = np.abs(waves) * _GENTLE
        waves[strength < ALIKE * strength.max(axis=(1, 2), keepdims=True)] = 0
        step = fft.irfft2(waves, s=(FRAME, FRAME))
        fit = np.einsum("nij,nij->n", weighted, step)
        norm = np.einsum("nij,nij,nij->n", weights, step, step)
        step *= (PART * fit / np.maximum(norm, _TINY))[:, None, None]
        left -= step
        model += step
    return model


def _nearness() -> Blocks:
    """Return the weight of each pixel of a frame by its distance from the block's inside."""
    offset = np.arange(FRAME) - (FRAME - 1) / 2
    distance = np.hypot(offset[:, None], offset[None])
    return np.asarray(NEARNESS ** np.maximum(distance - CORE / 2, 0), dtype=np.float32)


def _gentleness() -> Blocks:
    """Return how much each frequency of `rfft2` counts when waves are picked."""
    radius = np.hypot(fft.fftfreq(FRAME)[:, None], fft.rfftfreq(FRAME)[None])
    return np.asarray((1 - radius / np.hypot(0.5, 0.5)) ** 2, dtype=np.float32)


_NEAR, _GENTLE = _nearness(), _gentleness()
