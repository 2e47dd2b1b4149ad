"""Frequency-selective extrapolation: each small block from the few waves that fit around it.

Block by block, the surroundings are explained by few waves, and the waves go on into the hole.
Unlike the spectral fill, which has one spectrum for all of a plane, every block has its own; so
the two err differently. Blocks with the most known neighbours come first, and the later ones
build on them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.depth import depth
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.surroundings import by_channel, clamped

__all__ = ["FRAME", "FrequencySelective", "continued_frames", "extrapolated"]

CORE = 8  # side of the blocks that are filled
FRAME = 32  # side of what each of them sees
MARGIN = (FRAME - CORE) // 2
NEARNESS = 0.8  # weight lost with every pixel of distance from the block's middle
FILLED = 0.5  # certainty of a pixel once it is filled
FADING = (16, 40)  # depths in pixels between which the guide takes over
FIRST, LAST = 0.9, 0.009  # thresholds that waves are shrunk by, relative to the strongest
MOMENTUM = 0.9  # at most; of the last change that is made once more
ROUNDS = (16, 32)  # fewest and most rounds of shrinking
WORK = 120_000  # blocks times rounds, which bounds the time
BATCH = 256  # blocks at a time, which bounds the memory

_TINY = np.finfo(np.float32).tiny

Blocks = NDArray[np.float32]
Places = NDArray[np.intp]


class FrequencySelective(Inpainter):
    """Frequency-selective extrapolation from the rim inwards.

    Deep in the hole the spectral fill takes over, by and by between the two depths of `FADING`.

    References
    ----------
    J. Seiler and A. Kaup, "Complex-Valued Frequency Selective Extrapolation for Fast Image and
    Video Signal Extrapolation", IEEE Signal Processing Letters 17(11), 2010,
    doi 10.1109/LSP.2010.2078504 (the model, and how weights fall); A. Beck and M. Teboulle, "A
    Fast Iterative Shrinkage-Thresholding Algorithm for Linear Inverse Problems", SIAM J. Imaging
    Sciences 2(1), 2009, doi 10.1137/080716542 (the waves are found by it); N. Genser, J. Seiler,
    F. Schilling, A. Kaup, "Signal and Loss Geometry Aware Frequency Selective Extrapolation for
    Error Concealment", PCS 2018, doi 10.1109/PCS.2018.8456259 (the order of the blocks).
    """

    unit = False
    speck_weights = (0.0, 0.0, 1.0, 0.0)
    GUIDED: ClassVar[float] = 0.4  # share of the time the guide takes

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        guide = plane
        if hole.any() and depth(hole, FADING[1]).max() > FADING[0]:
            guiding = Spectral(self.compute).run(plane, hole)
            guide = (yield from scaled(guiding, 0.0, self.GUIDED)).plane
        work = by_channel(lambda channel: extrapolated(channel, hole, self.compute), guide)
        filled = yield from scaled(work, self.GUIDED, 1.0)
        return Fill(clamped(filled, plane, hole))


def extrapolated(guide: Plane, hole: Hole, compute: Compute) -> Generator[float, None, Plane]:
    """Return one channel with its hole filled anew, yielding the progress.

    Parameters
    ----------
    guide : (H, W) float32 array, of any range
        Known pixels, and what takes over where the hole is deep; see `FADING`.
    hole : (H, W) bool array
        True where pixels are to be filled.
    compute : Compute
        Says where to run, and when to stop.
    """
    if not hole.any():
        return guide.copy()
    start, end = FADING
    room = depth(hole, end)
    grid = _Grid(guide, hole, hole & (room < end))
    rounds = int(np.clip(WORK // grid.count, *ROUNDS))
    done = 0
    for rows, columns in grid.batches():
        compute.check()
        grid.replace(rows, columns, _continued(*grid.seen(rows, columns), rounds))
        done += len(rows)
        yield done / grid.count
    share = np.clip((room - start) / (end - start), 0, 1)
    filled = grid.plane()
    return np.asarray(filled + share.astype(np.float32) * (guide - filled))


def continued_frames(values: Blocks, missing: NDArray[np.bool_], rounds: int) -> Blocks:
    """Return frames of which each is one block, with the waves that explain what is known.

    Parameters
    ----------
    values : (N, FRAME, FRAME) float32 array
        In any units; what stands where pixels are missing does not count.
    missing : (N, FRAME, FRAME) bool array
        True where pixels are not known.
    rounds : int
        How often the waves are corrected; time is in proportion.
    """
    weights = np.where(missing, np.float32(0), _NEAR)
    total = weights.sum(axis=(1, 2), keepdims=True)
    return _continued(values, weights / np.maximum(total, _TINY), rounds)


class _Grid:
    """The blocks of a plane, and how certain each of its pixels is so far."""

    def __init__(self, guide: Plane, hole: Hole, wanted: Hole) -> None:
        self._shape = hole.shape
        fill = [-side % CORE for side in hole.shape]
        pad = [(MARGIN, MARGIN + more) for more in fill]
        self._values = np.pad(guide, pad, mode="symmetric")
        self._hole = np.pad(hole, pad)
        self._certainty = np.pad((~hole).astype(np.float32), pad)
        self._todo = _blocks_with(wanted, fill)
        self.count = max(int(self._todo.sum()), 1)

    def batches(self) -> Iterator[tuple[Places, Places]]:
        """Yield rows and columns of blocks that can be filled together, best surrounded first.

        What was yielded has to be replaced before the next is asked for.
        """
        waiting = np.pad(self._todo, 1, constant_values=True)  # beyond the plane, for ever
        rows, columns = np.nonzero(self._todo)
        while len(rows):
            missing = _around(waiting, rows, columns)
            chosen = _apart(rows, columns, missing == missing.min(), waiting.shape)
            now = rows[chosen], columns[chosen]
            rows, columns = rows[~chosen], columns[~chosen]
            waiting[now[0] + 1, now[1] + 1] = False
            for start in range(0, len(now[0]), BATCH):
                yield now[0][start : start + BATCH], now[1][start : start + BATCH]

    def seen(self, rows: Places, columns: Places) -> tuple[Blocks, Blocks]:
        """Return values and weights of the frames around blocks, (N, FRAME, FRAME)."""
        frames = [
            np.lib.stride_tricks.sliding_window_view(array, (FRAME, FRAME))[
                rows * CORE, columns * CORE
            ]
            for array in (self._values, self._certainty)
        ]
        weights = frames[1] * _NEAR
        total = weights.sum(axis=(1, 2), keepdims=True)
        return frames[0], weights / np.maximum(total, _TINY)

    def replace(self, rows: Places, columns: Places, frames: Blocks) -> None:
        """Put what was found for the blocks into their hole pixels."""
        inner = np.arange(CORE) + MARGIN
        y = (rows[:, None] * CORE + inner)[:, :, None]
        x = (columns[:, None] * CORE + inner)[:, None, :]
        found = frames[:, MARGIN : MARGIN + CORE, MARGIN : MARGIN + CORE]
        missing = self._hole[y, x]
        self._values[y, x] = np.where(missing, found, self._values[y, x])
        self._certainty[y, x] = np.where(missing, np.float32(FILLED), self._certainty[y, x])

    def plane(self) -> Plane:
        """Return the plane as it is now."""
        height, width = self._shape
        return self._values[MARGIN : MARGIN + height, MARGIN : MARGIN + width].copy()


def _blocks_with(wanted: Hole, fill: list[int]) -> NDArray[np.bool_]:
    """Return which blocks have pixels that are wanted."""
    wanted = np.pad(wanted, [(0, more) for more in fill])
    rows, columns = (side // CORE for side in wanted.shape)
    return np.asarray(wanted.reshape(rows, CORE, columns, CORE).any(axis=(1, 3)))


def _around(grid: NDArray[np.bool_], rows: Places, columns: Places) -> Places:
    """Return how many of the eight neighbours of blocks are True in a grid padded by one."""
    near = [grid[rows + y, columns + x] for y, x in _EIGHT]
    return np.asarray(np.sum(near, axis=0, dtype=np.intp))


def _apart(
    rows: Places, columns: Places, wanted: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Tell which of the wanted blocks are taken, so that none touches another.

    As many as come first; `shape` is that of the grid, padded by one.
    """
    taken = np.zeros(shape, dtype=bool)
    chosen = np.zeros_like(wanted)
    for row, column in np.ndindex(2, 2):
        own = np.flatnonzero(wanted & (rows % 2 == row) & (columns % 2 == column))
        own = own[_around(taken, rows[own], columns[own]) == 0]
        taken[rows[own] + 1, columns[own] + 1] = True
        chosen[own] = True
    return chosen


def _continued(values: Blocks, weights: Blocks, rounds: int) -> Blocks:
    """Return the sum of few waves that explains the values where they have weight.

    Waves are shrunk towards 0 by a threshold that falls from round to round, high frequencies
    more (iterative shrinkage with momentum). Picking the strongest waves and leaving out the
    others would explain as much, but the next rounding error would pick others; shrinking never
    moves two pictures further apart than they are.
    """
    mean = (weights * values).sum(axis=(1, 2), keepdims=True)
    wanted = values - mean
    weights = weights / np.maximum(weights.max(axis=(1, 2), keepdims=True), _TINY)
    size = np.empty((len(wanted), FRAME, FRAME // 2 + 1), dtype=np.float32)
    ahead, last = np.zeros((2, *size.shape), dtype=np.complex64)
    seen, before = np.zeros((2, *wanted.shape), dtype=np.float32)
    threshold, model = size[:, :1], before
    for index in range(rounds):
        np.subtract(wanted, seen, out=seen)
        seen *= weights
        waves = fft.rfft2(seen)
        waves += ahead
        np.abs(waves, out=size)
        if index == 0:
            threshold = (size * _GENTLE).max(axis=(1, 2), keepdims=True) / _GENTLE
        level = threshold * np.float32(FIRST * (LAST / FIRST) ** (index / max(rounds - 1, 1)))
        np.subtract(size, level, out=level)
        np.maximum(level, 0, out=level)
        level /= np.maximum(size, _TINY, out=size)
        waves *= level
        model = fft.irfft2(waves, s=(FRAME, FRAME))
        share = np.float32(min(MOMENTUM, index / (index + 3)))
        np.subtract(waves, last, out=ahead)
        ahead *= share
        ahead += waves
        np.subtract(model, before, out=seen)
        seen *= share
        seen += model
        last, before = waves, model
    return np.asarray(model + mean)


def _nearness() -> Blocks:
    """Return the weight of each pixel of a frame by its distance from the middle."""
    offset = np.arange(FRAME) - (FRAME - 1) / 2
    return np.asarray(NEARNESS ** np.hypot(offset[:, None], offset[None]), dtype=np.float32)


def _gentleness() -> Blocks:
    """Return how much each frequency of `rfft2` counts against the threshold."""
    radius = np.hypot(fft.fftfreq(FRAME)[:, None], fft.rfftfreq(FRAME)[None])
    return np.asarray(np.maximum(1 - radius / np.hypot(0.5, 0.5), 1e-3), dtype=np.float32)


# of a block's neighbours, from the corner of the block in a grid padded by one
_EIGHT = [place for place in np.ndindex(3, 3) if place != (1, 1)]
_NEAR, _GENTLE = _nearness(), _gentleness()
