"""The conditional mean of a hole that goes through several planes, from a spectrum of the volume.

As `inpaint.spectral.solve` does for a plane: the planes around the hole are taken for a piece of a
stationary Gaussian field in three dimensions, whose power spectrum is measured on the planes
themselves. What lies beside the hole and what lies before and behind it then count for as
much as the spectrum says: along an axis of thick slices next to nothing.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from napari_greyfill.compute.conjugate_gradients import Operators, conjugate_gradients
from napari_greyfill.compute.device import Compute
from napari_greyfill.image.geometry import Window

__all__ = ["volume_mean"]

Volume = NDArray[np.float32]
Holes = NDArray[np.bool_]
Field = NDArray[np.float64]

BOX = (8, 32, 32)  # of Welch's windows: planes, rows, columns
STEPS = (4, 16, 16)  # between them
SEAM = (4, 16, 16)  # between opposite borders of the torus
GUESSED = 0.25  # certainty of the filled pixels
LOWEST = 1.5  # cycles per box in the plane; below, the power law alone counts
GENTLEST = -2.2  # slope of the power law
FLOOR = 1e-11  # of the power, relative to the highest
NOISE = 1e-3  # variance of the white noise, relative to that of the known pixels
TOLERANCE = 1e-4  # of the preconditioned residual, relative to the start's
ROUNDS = 150
STRETCHES = np.geomspace(0.125, 4.0, 11)  # of a plane's thickness in pixels, that are tried
LARGEST = 256  # side of what is solved in one piece, pixels
OVERLAP = 32  # of pieces


def volume_mean(
    start: Volume, hole: Holes, wanted: Holes, compute: Compute, *, rounds: int = ROUNDS
) -> Generator[float, None, Volume]:
    """Return planes with their hole filled by the conditional mean, yielding the progress.

    Planes wider than 256 pixels are solved in pieces, which bounds the memory: some 100 bytes
    for each pixel of a piece.

    Parameters
    ----------
    start : (N, H, W) float32 array
        Known pixels, and where to start from in the hole: the nearer, the sooner it converges.
    hole : (N, H, W) bool array
        True where nothing is known.
    wanted : (N, H, W) bool array
        The part of the hole that is filled; the rest keeps its start.
    compute : Compute
        Says when to stop.
    rounds : int
        Iterations at most.

    Returns
    -------
    (N, H, W) float32 array

    References
    ----------
    C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006,
    section 2.2 (the conditional mean).
    """
    result = start.copy()
    flat = np.asarray(wanted.any(axis=0))
    pieces = [each for each in _pieces(flat.shape) if flat[each[0].slices].any()]
    for index, (core, frame) in enumerate(pieces):
        part = (slice(None), *frame.slices)
        work = _solved(start[part], hole[part], compute, rounds)
        while True:
            try:
                fraction = next(work)
            except StopIteration as stop:
                solved: Volume = stop.value
                break
            yield (index + fraction) / len(pieces)
        inside = (slice(None), *core.within(frame))
        target = result[(slice(None), *core.slices)]
        target[...] = np.where(wanted[(slice(None), *core.slices)], solved[inside], target)
    return result


def _pieces(shape: tuple[int, ...]) -> list[tuple[Window, Window]]:
    """Return cores that cover a plane, each with a frame of at most `LARGEST` around it."""
    lines = []
    for side in shape:
        count = 1 if side <= LARGEST else -(-side // (LARGEST - 2 * OVERLAP))
        lines.append(np.linspace(0, side, count + 1).round().astype(int).tolist())
    cores = [
        Window(y0, y1, x0, x1)
        for y0, y1 in zip(lines[0][:-1], lines[0][1:], strict=True)
        for x0, x1 in zip(lines[1][:-1], lines[1][1:], strict=True)
    ]
    return [(core, core.expanded(OVERLAP, (shape[0], shape[1]))) for core in cores]


def _solved(
    start: Volume, hole: Holes, compute: Compute, rounds: int
) -> Generator[float, None, Volume]:
    known = start[~hole].astype(np.float64)
    if known.size == 0 or known.std() == 0:
        return start.copy()
    mean = float(known.mean())
    shape = tuple(
        fft.next_fast_len(side + seam, real=True)
        for side, seam in zip(start.shape, SEAM, strict=True)
    )
    power = _power(start, hole, shape) + NOISE * float(known.var())
    power /= power.max()
    precision = 1.0 / power
    x = _on_torus(start.astype(np.float64) - mean, shape)
    unknown = np.ones(shape)
    inside = tuple(slice(0, side) for side in start.shape)
    unknown[inside] = hole

    def filtered(v: Field, response: Field) -> Field:
        return np.asarray(fft.irfftn(fft.rfftn(v) * response, s=shape)) * unknown

    operators: Operators[Field] = Operators(
        matrix=lambda v: filtered(v, precision),
        preconditioner=lambda v: filtered(v, power),
        dot=lambda a, b: float(np.vdot(a, b)),
    )
    first = 0.0
    for index, iterate in enumerate(conjugate_gradients(x, -filtered(x, precision), operators)):
        x, energy = iterate.values, iterate.energy
        first = first or energy
        if index == rounds or energy <= TOLERANCE**2 * first or energy <= 0:
            break
        compute.check()
        yield index / rounds
    return np.asarray(np.where(hole, x[inside] + mean, start), dtype=np.float32)


def _on_torus(volume: Field, shape: tuple[int, ...]) -> Field:
    """Return the volume on a torus, opposite borders joined by straight ramps."""
    for axis, side in enumerate(shape):
        extra = side - volume.shape[axis]
        ends = [np.take(volume, [at], axis) for at in (-1, 0)]
        ramp = np.linspace(0, 1, extra + 2)[1:-1].reshape(
            [-1 if a == axis else 1 for a in range(3)]
        )
        volume = np.concatenate([volume, ends[0] + (ends[1] - ends[0]) * ramp], axis)
    return volume


def _power(filled: Volume, hole: Holes, shape: tuple[int, ...]) -> Field:
    """Return the power at the frequencies of `rfftn` of a torus of this shape."""
    law, detail = _fitted(_welch(filled, hole))
    rates = [*(fft.fftfreq(side) for side in shape[:2]), fft.rfftfreq(shape[2])]
    grid = np.meshgrid(*(r * b for r, b in zip(rates, BOX, strict=True)), indexing="ij")
    between = ndimage.map_coordinates(detail, grid, order=1, mode="grid-wrap")
    z, y, x = np.meshgrid(*rates, indexing="ij", sparse=True)
    level, slope, stretch = law
    radius = np.sqrt((stretch * z) ** 2 + y**2 + x**2)
    radius[0, 0, 0] = 0.5 / max(shape)
    power = np.exp(level + between) * radius**slope
    return np.asarray(np.maximum(power, FLOOR * power.max()))


def _fitted(power: Field) -> tuple[tuple[float, float, float], Field]:
    """Return a measured power, of `BOX`, as a power law and the logarithm of what differs.

    The law has a level, a slope and the thickness of a plane in pixels, which is that of the
    least squared error.
    """
    z, y, x = np.meshgrid(*(fft.fftfreq(side) for side in BOX), indexing="ij", sparse=True)
    flat = np.hypot(y, x) + 0 * z
    low = (flat * BOX[1] < LOWEST) & (z == 0)
    log_power = np.log(power)
    fits = []
    for stretch in STRETCHES:
        radius = np.sqrt((stretch * z) ** 2 + flat**2)
        fitted = ~low & (flat <= 0.5)
        at, of = np.log(radius[fitted]), log_power[fitted]
        weights = 1.0 / radius[fitted] ** 1.5  # every octave counts about alike
        slope, level = np.polyfit(at, of, 1, w=np.sqrt(weights))
        error = float(np.average((of - level - slope * at) ** 2, weights=weights))
        fits.append((error, float(level), float(slope), float(stretch)))
    _, level, slope, stretch = min(fits)
    radius = np.sqrt((stretch * z) ** 2 + flat**2)
    radius[0, 0, 0] = 1.0
    if slope > GENTLEST:
        fitted = ~low & (flat <= 0.5)
        slope = GENTLEST
        level = float(
            np.average(
                log_power[fitted] - slope * np.log(radius[fitted]),
                weights=radius[fitted] ** -1.5,
            )
        )
    detail = log_power - level - slope * np.log(radius)
    detail[low] = 0.0
    return (level, slope, stretch), detail


def _welch(values: Volume, hole: Holes) -> Field:
    """Return the mean periodogram of Hann boxes, weighted by the fourth power of certainty."""
    certainty = np.where(hole, np.float32(GUESSED), np.float32(1))
    pads = [
        (max(0, box - side), 0) if box == BOX[0] else (box // 2, box // 2)
        for box, side in zip(BOX, values.shape, strict=True)
    ]
    values = np.pad(values, pads, mode="symmetric")
    certainty = np.pad(certainty, pads)
    total, weight = np.zeros((*BOX[:2], BOX[2] // 2 + 1)), 0.0
    for z in _starts(values.shape[0], 0):
        for y in _starts(values.shape[1], 1):
            rows = slice(z, z + BOX[0]), slice(y, y + BOX[1])
            views = [
                np.stack([a[rows][:, :, x : x + BOX[2]] for x in _starts(a.shape[2], 2)])
                for a in (values, certainty)
            ]
            cover = np.tensordot(views[1], HANN, 3) / HANN.sum()
            weights = cover.astype(np.float64) ** 4 + 1e-12
            means = np.tensordot(views[0], HANN, 3) / HANN.sum()
            boxes = (views[0] - means[:, None, None, None]) * HANN
            spectra = np.abs(fft.rfftn(boxes, axes=(1, 2, 3))) ** 2
            total += np.tensordot(weights, spectra, 1)
            weight += float(weights.sum())
    half = total / weight / float((HANN**2).sum())
    full = np.empty(BOX)
    full[..., : BOX[2] // 2 + 1] = half
    mirrored = half[..., 1 : BOX[2] // 2]
    back = [-np.arange(side) % side for side in BOX[:2]]
    full[..., BOX[2] // 2 + 1 :] = mirrored[np.ix_(*back, np.arange(mirrored.shape[2]))][..., ::-1]
    return np.asarray(full + FLOOR * max(float(full.max()), FLOOR))


def _starts(side: int, axis: int) -> list[int]:
    last = side - BOX[axis]
    return sorted({*range(0, last + 1, STEPS[axis]), last})


def _hann() -> Volume:
    z, y, x = (np.hanning(side + 1)[:-1] for side in BOX)
    return np.asarray(z[:, None, None] * y[:, None] * x, dtype=np.float32)


HANN = _hann()
