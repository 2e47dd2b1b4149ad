"""Crops of larger photographs, which nobody has by default: `photographs.csv` lists them.

The table names each one's author, licence and source. They are read from a folder, under the
names of the table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_greyfill.weights.folder import file_sha256

__all__ = ["Photograph", "check", "crop", "listed"]

FLATTEST = 0.02  # deviation, of the range from black to white, of what is worth learning from
SHORTEST = (176, 768)  # pixels of the shorter side that a photograph is brought to before cutting


@dataclass(frozen=True)
class Photograph:
    """One line of the table.

    Attributes
    ----------
    file : str
        Its name in the folder.
    author, licence : str
    source, named_there : str
        Where it comes from, and under which name.
    sha256 : str
    """

    file: str
    author: str
    licence: str
    source: str
    named_there: str
    sha256: str


@cache
def listed() -> tuple[Photograph, ...]:
    """Return the table."""
    with Path(__file__).with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        return tuple(Photograph(**row) for row in csv.DictReader(file))


def check(folder: Path) -> None:
    """See to it that a folder has all photographs of the table, unchanged.

    Raises
    ------
    ValueError
        Naming those that are missing or differ.
    """
    wrong = [
        p.file
        for p in listed()
        if not (folder / p.file).is_file() or file_sha256(folder / p.file) != p.sha256
    ]
    if wrong:
        raise ValueError(
            f"{folder} lacks these photographs, or has others of their names: {', '.join(wrong)}. "
            "training/photographs.csv says where they come from."
        )


def crop(folder: Path, side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random crop of a random photograph at a random size, in grey, in [0, 1].

    Parameters
    ----------
    folder : path
        Where the photographs are.
    side : int
        Of the crop, in pixels; at most the lower bound of `SHORTEST`.
    rng : numpy Generator
        Draws photograph, size, place and weights of the colours.
    """
    while True:
        image = _photograph(folder / listed()[rng.integers(len(listed()))].file)
        cut = np.asarray(_cut(image, side, rng), dtype=np.float32) / 255
        grey = cut @ rng.dirichlet([1.0, 1.0, 1.0])
        if grey.std() >= FLATTEST:
            return np.asarray(grey, dtype=np.float32)


def _cut(image: Image.Image, side: int, rng: np.random.Generator) -> Image.Image:
    low, high = np.log(SHORTEST)
    factor = float(np.exp(rng.uniform(low, high))) / min(image.size)
    reach = side / factor
    left, top = (rng.uniform(0, length - reach) for length in image.size)
    box = (left, top, left + reach, top + reach)
    return image.resize((side, side), Image.Resampling.LANCZOS, box=box)


@cache
def _photograph(path: Path) -> Image.Image:
    """Return a photograph of at most twice the largest size, in colours."""
    with Image.open(path) as image:
        full = image.convert("RGB")
    full.thumbnail((4 * SHORTEST[1], 4 * SHORTEST[1]))
    factor = min(1.0, 2 * SHORTEST[1] / min(full.size))
    return full.resize((round(factor * full.width), round(factor * full.height)))
