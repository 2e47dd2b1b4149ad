"""Procedural scenes: grey pictures in [0, 1] that look a little like what people photograph.

Each kind has what smooth fills get wrong: occluding edges, lines that go on behind a hole,
regular patterns in perspective, thin branches, round bodies under a sensor's blur and noise.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

__all__ = ["KINDS", "scene"]

Grey = NDArray[np.float32]
Rng = np.random.Generator


def scene(side: int, rng: Rng) -> Grey:
    """Return a random scene of a random kind, as a camera would have taken it."""
    kinds = list(KINDS.values())
    return taken(kinds[rng.integers(len(kinds))](side, rng), rng)


def taken(light: NDArray[np.floating], rng: Rng) -> Grey:
    """Return what a camera makes of a scene: contrast, blur, noise, JPEG."""
    low, high = np.percentile(light, (1, 99))
    grey = np.clip((light - low) / max(high - low, 1e-3), -0.2, 1.2)
    bottom, top = np.sort(rng.uniform(0, 1, 2))
    if top - bottom < 0.3:
        bottom, top = 0.05, 0.9
    grey = bottom + (top - bottom) * grey
    focus = rng.random()
    if focus < 0.6:
        grey = ndimage.gaussian_filter(grey, rng.uniform(0.3, 1.5))
    elif focus < 0.75:  # what lies before or behind
        grey = ndimage.gaussian_filter(grey, rng.uniform(2, 8))
    grey = np.clip(grey, 0, 1) ** rng.uniform(0.7, 1.4)
    if rng.random() < 0.5:
        photons = 10 ** rng.uniform(2.3, 4.0)
        grey = rng.poisson(grey * photons) / photons
    if rng.random() < 0.3:
        grey = grey + rng.normal(0, rng.uniform(0.002, 0.02), grey.shape)
    grey = np.clip(grey, 0, 1)
    return _compressed(grey, rng) if rng.random() < 0.4 else grey.astype(np.float32)


def _compressed(grey: NDArray[np.floating], rng: Rng) -> Grey:
    file = io.BytesIO()
    image = Image.fromarray(np.rint(255 * grey).astype(np.uint8))
    image.save(file, "JPEG", quality=int(rng.integers(40, 96)))
    return np.asarray(Image.open(file), dtype=np.float32) / 255


def clouds(side: int, rng: Rng, slope: float | None = None) -> Grey:
    """Return noise with a power-law spectrum, zero mean and unit deviation."""
    slope = rng.uniform(1.2, 4.0) if slope is None else slope
    rows, columns = np.fft.fftfreq(side), np.fft.rfftfreq(side)
    radius = np.hypot(rows[:, None], columns * rng.uniform(0.4, 1.0))
    radius[0, 0] = np.inf
    white = np.fft.rfft2(rng.normal(size=(side, side)))
    field = np.fft.irfft2(white * radius ** (-slope / 2), s=(side, side))
    return (field / field.std()).astype(np.float32)


def surface(side: int, rng: Rng) -> Grey:
    """Return how an object's surface looks: plain, shaded, rough, or striped."""
    y, x = _grid(side)
    look = np.full((side, side), rng.uniform(0, 1), np.float32)
    look += rng.normal(0, 0.15) * y + rng.normal(0, 0.15) * x
    kind = rng.random()
    if kind < 0.45:
        look += rng.uniform(0.01, 0.12) * clouds(side, rng)
    elif kind < 0.6:
        look += rng.uniform(0.03, 0.2) * waves(side, rng)
    return look


def waves(side: int, rng: Rng) -> Grey:
    """Return bent stripes, soft or sharp, sometimes crossed; about -1 to 1."""
    total = np.zeros((side, side), np.float32)
    y, x = _grid(side)
    for _ in range(rng.integers(1, 3)):
        angle, count = rng.uniform(0, np.pi), rng.uniform(4, side / 6)
        bend = rng.uniform(0, 2.5) * clouds(side, rng, 4.0) * rng.integers(2)
        phase = np.pi * count * (np.cos(angle) * y + np.sin(angle) * x) + bend
        wave = np.sin(phase)
        total += np.tanh(wave * rng.uniform(2, 6)) if rng.random() < 0.5 else wave
    return total


def leaves(side: int, rng: Rng) -> Grey:
    """Return dead leaves: shapes of all sizes, each with its own surface, in front of another."""
    result = surface(side, rng)
    y, x = _grid(side)
    smallest = rng.uniform(0.02, 0.15)
    for _ in range(rng.integers(15, 70)):
        size = min(smallest / max(rng.random(), 1e-3) ** 0.6, 0.9)
        dy, dx = y - rng.uniform(-1.2, 1.2), x - rng.uniform(-1.2, 1.2)
        inside = _shape(dy, dx, size, rng)
        result = np.where(inside, surface(side, rng), result)
    return result


def _shape(dy: Grey, dx: Grey, size: float, rng: Rng) -> NDArray[np.bool_]:
    angle, flat = rng.uniform(0, np.pi), rng.uniform(0.3, 1.0)
    along = np.cos(angle) * dy + np.sin(angle) * dx
    across = (np.cos(angle) * dx - np.sin(angle) * dy) / flat
    kind = rng.integers(3)
    if kind == 0:
        return np.hypot(along, across) < size
    if kind == 1:
        return np.maximum(np.abs(along), np.abs(across)) < size
    turn = np.arctan2(across, along)
    lobes = 1 + rng.uniform(0.1, 0.4) * np.sin(rng.integers(2, 6) * turn + rng.uniform(0, 6))
    return np.hypot(along, across) < size * lobes


def contours(side: int, rng: Rng) -> Grey:
    """Return a few large areas with long smooth outlines."""
    result = surface(side, rng)
    y, x = _grid(side)
    for _ in range(rng.integers(2, 7)):
        angle = rng.uniform(0, 2 * np.pi)
        line = np.cos(angle) * y + np.sin(angle) * x + rng.uniform(-0.7, 0.7)
        line = line + rng.choice([0.0, 0.1, 0.3]) * clouds(side, rng, 4.0)
        area = line > 0 if rng.random() < 0.6 else np.abs(line) < rng.uniform(0.01, 0.2)
        result = np.where(area, surface(side, rng), result)
    return result


def grids(side: int, rng: Rng) -> Grey:
    """Return a regular pattern seen in perspective: tiles, windows, bricks or bars."""
    y, x = _grid(side)
    depth = 1 + rng.uniform(-0.45, 0.45) * y + rng.uniform(-0.45, 0.45) * x
    angle = rng.normal(0, 0.4)
    u = (np.cos(angle) * y + np.sin(angle) * x) / depth * rng.uniform(2, 9)
    v = (np.cos(angle) * x - np.sin(angle) * y) / depth * rng.uniform(2, 9)
    v = v + 0.5 * rng.integers(2) * (np.floor(u) % 2)
    gap = rng.uniform(0.05, 0.4)
    inside = (u % 1 > gap) & ((v % 1 > gap) | (rng.random() < 0.25))
    shades = rng.uniform(-0.15, 0.15, (64, 64))
    tile = shades[np.floor(u).astype(int) % 64, np.floor(v).astype(int) % 64]
    return np.where(inside, surface(side, rng) + tile, surface(side, rng))


def stripes(side: int, rng: Rng) -> Grey:
    """Return stripes or cloth, sometimes on part of the picture only."""
    result = surface(side, rng) + rng.uniform(0.2, 0.6) * waves(side, rng)
    if rng.random() < 0.5:
        area = clouds(side, rng, 4.0) > rng.uniform(-1, 0.5)
        result = np.where(area, result, surface(side, rng))
    return result


def lines(side: int, rng: Rng, count: int, widths: tuple[float, float], wander: float) -> Grey:
    """Return bent lines of various width and brightness on nothing."""
    result = np.zeros((side, side), np.float32)
    favourite = rng.uniform(0, np.pi)
    for _ in range(count):
        angle = favourite + rng.normal(0, rng.choice([0.2, 1.5]))
        steps = np.cumsum(rng.normal(0, wander, 2 * side)) + angle
        ys = rng.uniform(0, side) + np.cumsum(np.sin(steps))
        xs = rng.uniform(0, side) + np.cumsum(np.cos(steps))
        keep = (ys >= 0) & (ys < side) & (xs >= 0) & (xs < side)
        if not keep.any():
            continue
        drawn = np.zeros((side, side), bool)
        drawn[ys[keep].astype(int), xs[keep].astype(int)] = True
        width = rng.uniform(*widths)
        profile = np.exp(-((ndimage.distance_transform_edt(~drawn) / width) ** 2))
        result = np.maximum(result, rng.uniform(0.3, 1.0) * profile)
    return result


def fibres(side: int, rng: Rng) -> Grey:
    """Return many fibres: hair, grass, cytoskeleton."""
    drawn = lines(side, rng, int(rng.integers(10, 45)), (0.7, 2.5), 0.03)
    return surface(side, rng) + rng.choice([-1, 1]) * rng.uniform(0.3, 1) * drawn


def vessels(side: int, rng: Rng) -> Grey:
    """Return a few vessels or branches of various width on a smooth ground."""
    drawn = lines(side, rng, int(rng.integers(3, 9)), (1.0, 6.0), 0.06)
    return gradients(side, rng) + rng.choice([-1, 1]) * rng.uniform(0.3, 1) * drawn


def cells(side: int, rng: Rng) -> Grey:
    """Return round bodies with rough insides on a dark or bright ground."""
    y, x = _grid(side)
    result = rng.uniform(0, 0.2) + 0.03 * clouds(side, rng, 4.0)
    size = rng.uniform(0.06, 0.35)
    rough = rng.uniform(0, 0.3)
    for _ in range(rng.integers(3, 30)):
        dy, dx = y - rng.uniform(-1, 1), x - rng.uniform(-1, 1)
        angle, flat = rng.uniform(0, np.pi), rng.uniform(0.5, 1.0)
        along = np.cos(angle) * dy + np.sin(angle) * dx
        across = (np.cos(angle) * dx - np.sin(angle) * dy) / flat
        radius = np.hypot(along, across) / (size * rng.uniform(0.6, 1.4))
        body = np.clip((1 - radius) * rng.uniform(2, 20), 0, 1)
        result = result + body * rng.uniform(0.3, 1) * (1 + rough * clouds(side, rng))
    result = ndimage.gaussian_filter(result, rng.uniform(0.5, 2.0))
    return result if rng.random() < 0.7 else -result


def gradients(side: int, rng: Rng) -> Grey:
    """Return nothing but slow changes of brightness."""
    y, x = _grid(side)
    a, b, c, d, e = rng.normal(0, 1, 5) * (0.5, 0.5, 0.3, 0.3, 0.3)
    slow = a * y + b * x + c * y * y + d * x * x + e * x * y
    return (slow + rng.uniform(0, 0.3) * clouds(side, rng, 4.0)).astype(np.float32)


def letters(side: int, rng: Rng) -> Grey:
    """Return rows of short dark strokes on paper."""
    result = 1 + 0.1 * gradients(side, rng)
    height = int(rng.integers(7, 16))
    top = int(rng.integers(0, height))
    while top + height < side:
        left = int(rng.integers(0, height))
        while left + height < side:
            width = int(rng.integers(height // 3, height))
            upright = rng.random() < 0.6
            y0 = top + int(rng.integers(0, height // 3 + 1))
            thick = max(1, height // 6)
            rows = slice(y0, top + height) if upright else slice(y0, y0 + thick)
            columns = slice(left, left + (thick if upright else width))
            result[rows, columns] = rng.uniform(0, 0.2)
            left += width
        top += int(1.6 * height)
    return result


def rough(side: int, rng: Rng) -> Grey:
    """Return a rough surface, lit from one side: sand, bark, plaster."""
    height = ndimage.gaussian_filter(clouds(side, rng, rng.uniform(1.0, 3.0)), rng.uniform(0.5, 2))
    light = np.cos(a := rng.uniform(0, 6)) * np.gradient(height, axis=0)
    return light + np.sin(a) * np.gradient(height, axis=1) + rng.uniform(0, 0.3) * height


def _grid(side: int) -> tuple[Grey, Grey]:
    y, x = np.indices((side, side), dtype=np.float32) / (side / 2) - 1
    return y, x


KINDS: dict[str, Callable[[int, Rng], Grey]] = {
    "leaves": leaves,
    "contours": contours,
    "grids": grids,
    "stripes": stripes,
    "fibres": fibres,
    "vessels": vessels,
    "cells": cells,
    "gradients": gradients,
    "letters": letters,
    "rough": rough,
}
