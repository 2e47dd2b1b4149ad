"""How far a fill moves when what is known moves by rounding errors."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.frame import table
from benchmarks.pictures import Picture, mask, pictures
from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint import INPAINTERS

NOISE = 1e-6  # of the range; single precision rounds to a tenth of that
METHODS = ("biharmonic", "spectral", "frequency-selective", "correction", "blend", "texture")
KINDS = ("strokes", "scratches", "block")
COUNT = 12
HEADER = (
    "method",
    "masks",
    "largest change",
    "median of largest",
    "median of mean",
    "mean hole PSNR, dB",
)


def measure(repeats: int, count: int | None = None, folder: Path | None = None) -> str:
    """Return the section; every case is run once, whatever `repeats` says."""
    chosen = pictures("tuning", folder, count or COUNT)
    rows = [
        (method, kind, *_summary(list(_changes(method, kind, chosen))))
        for method in METHODS
        for kind in KINDS
    ]
    return (
        "## Does rounding show in a fill?\n\n"
        f"Noise of {NOISE:g} of the range, added to {len(chosen)} grey crops of the tuning half, "
        "stands for the rounding of another processor. How far the fill of the hole moves, in "
        "grey levels of 255: the largest change over all pictures, and the medians over the "
        "pictures of their largest and mean change.\n\n" + table(HEADER, rows)
    )


def _changes(
    method: str, kind: str, chosen: list[Picture]
) -> Iterator[tuple[float, float, float]]:
    """Yield the largest and the mean change, and the PSNR, of each picture."""
    for index, picture in enumerate(chosen):
        grey = picture.grey / 255
        hole = mask(kind, grey.shape, 1000 + index)
        noise = NOISE * np.random.default_rng(index).standard_normal(grey.shape)
        first, second = (
            INPAINTERS.create(method, Compute()).fill(
                np.where(hole, 0, plane).astype(np.float32), hole
            )
            for plane in (grey, grey + noise)
        )
        change = 255 * np.abs(first - second)[hole]
        error = np.mean((np.clip(first, 0, 1) - grey)[hole] ** 2)
        yield float(change.max()), float(change.mean()), float(-10 * np.log10(error))


def _summary(changes: list[tuple[float, float, float]]) -> tuple[str, ...]:
    largest, mean, psnr = zip(*changes, strict=True)
    return (
        f"{max(largest):.3f}",
        f"{statistics.median(largest):.3f}",
        f"{statistics.median(mean):.4f}",
        f"{statistics.mean(psnr):.2f}",
    )
