"""Stacks whose truth is known, and damage to one of their planes.

Made ones from scikit-image's pictures, which move, grow, turn and bend from plane to plane, are
always there. More come from a folder named by the environment variable `GREYFILL_STACKS` (or an
option): every TIFF of three axes whose name ends in ``_t`` or ``_z``. It is not part of the
project, because its stacks may be used for research but not be published. Where nilearn and
nibabel are installed, the head that comes with them is there too, in slices of three thicknesses.

Planes, not stacks, are in two halves: the tuning half is for choosing parameters, the reporting
half for the tables only. Masks have fixed seeds of their own in either half.
"""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import data, draw
from tifffile import imread

from benchmarks.pictures import blob, grey_of, strokes

VARIABLE = "GREYFILL_STACKS"
SIDE = 128  # longest side of a plane
DEEPEST = 48  # planes of a stack that are kept
HALVES = {"tuning": (0.3, 0.78), "report": (0.0, 0.42, 0.62, 0.9)}  # places of the planes
MADE = 13  # planes of a made stack


@dataclass(frozen=True)
class Stack:
    """Planes on one scale, 0 to 1."""

    name: str
    values: np.ndarray  # (planes, H, W) float32
    own: bool  # made from a picture that may be shown

    def planes(self, half: str) -> list[int]:
        """Return which planes are damaged, one at a time, in this half."""
        last = len(self.values) - 1
        return [1 + round(place * (last - 2)) for place in HALVES[half]]


def stacks(folder: Path | None = None) -> list[Stack]:
    """Return the made stacks, and those of the folder if there is one."""
    folder = folder or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    return [*_made(), *_shared(folder), *_heads()]


def _shared(folder: Path | None) -> Iterator[Stack]:
    for path in sorted(folder.glob("*_[tz].tif")) if folder is not None else ():
        values = imread(path)
        planes, height, width = values.shape
        first = max(0, (planes - DEEPEST) // 2)
        top, left = (max(0, (length - SIDE) // 2) for length in (height, width))
        values = values[first : first + DEEPEST, top : top + SIDE, left : left + SIDE]
        yield Stack(path.stem, scaled(values), own=False)


def _heads() -> Iterator[Stack]:
    """Yield the average head of nilearn's wheel, 1 mm a voxel, in slices of 1, 3 and 5 mm."""
    found = importlib.util.find_spec("nilearn")
    if found is None or importlib.util.find_spec("nibabel") is None:
        return
    import nibabel

    (root,) = found.submodule_search_locations or [""]
    (path,) = Path(root).rglob("mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz")
    head = np.moveaxis(np.asarray(nibabel.load(path).dataobj), 2, 0)
    for thickness in (1, 3, 5):
        middle = [slice((length - SIDE) // 2, (length + SIDE) // 2) for length in head.shape[1:]]
        kept = len(head) // thickness * thickness
        slices = head[:kept].reshape(-1, thickness, *head.shape[1:]).mean(axis=1)
        yield Stack(f"head, {thickness} mm (nilearn)", scaled(slices[:, *middle]), own=False)


def scaled(values: np.ndarray) -> np.ndarray:
    """Return values with the central 99.8 % on 0 to 1, and nothing beyond."""
    low, high = np.percentile(values, (0.1, 99.9))
    return np.clip((values.astype(np.float32) - low) / (high - low), 0, 1).astype(np.float32)


def _made() -> Iterator[Stack]:
    """Yield pictures that change from plane to plane by known fields."""
    rng = np.random.default_rng(14)
    bend = [ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 16) for _ in range(2)]
    bend = [field / np.abs(field).max() for field in bend]
    y, x = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    for name, picture, noise in (
        ("shifted", data.camera(), 0.01),
        ("zoomed", data.immunohistochemistry(), 0.01),
        ("bent", data.coins(), 0.02),
        ("turned", data.gravel(), 0.02),
    ):
        grey = grey_of(picture).astype(np.float64)
        middle = [(length - 1) / 2 for length in grey.shape]
        values = []
        for step in np.arange(MADE) - MADE // 2:
            if name == "shifted":
                at = (y + 1.7 * step, x - 1.3 * step)
            elif name == "zoomed":
                at = (y * 1.03**step, x * 1.03**step)
            elif name == "bent":
                at = (y + 2 * step * bend[0], x + 2 * step * bend[1])
            else:
                angle = np.deg2rad(1.0 * step)
                at = (
                    y * np.cos(angle) - x * np.sin(angle),
                    y * np.sin(angle) + x * np.cos(angle),
                )
            there = [own + start for own, start in zip(at, middle, strict=True)]
            plane = ndimage.map_coordinates(grey, there, order=3, mode="reflect")
            values.append(plane + 255 * noise * rng.normal(size=plane.shape))
        yield Stack(f"{name} (made)", scaled(np.stack(values)), own=True)


def _scratch(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return one line across the plane, three pixels wide."""
    ends = [rng.uniform(0.15, 0.85) * (length - 1) for length in shape]
    down = rng.random() < 0.5
    line = np.zeros(shape, bool)
    start, end = ([0, ends[1]], [shape[0] - 1, shape[1] - 1 - ends[1]])
    if not down:
        start, end = ([ends[0], 0], [shape[0] - 1 - ends[0], shape[1] - 1])
    line[draw.line(*(round(value) for value in (*start, *end)))] = True
    return ndimage.binary_dilation(line, np.ones((3, 3), bool))


def _spots(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return eight discs."""
    hole = np.zeros(shape, bool)
    for _ in range(8):
        radius = rng.uniform(0.02, 0.05) * min(shape) + 1
        hole[draw.disk(rng.uniform((0, 0), shape), radius, shape=shape)] = True
    return hole


MASKS = {
    "scratch": _scratch,
    "spots": _spots,
    "blob": lambda shape, rng: blob(shape, rng, share=0.06),
    "strokes": strokes,
}


def damage(kind: str, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return a mask that depends on nothing but these."""
    rng = np.random.default_rng([list(MASKS).index(kind), seed])
    return np.asarray(MASKS[kind](shape, rng), bool)
