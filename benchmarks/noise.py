"""Does a fill with noise have the grain of the picture around it?

The variance of what a mean over 3 x 3 pixels leaves, in the hole over that around it: of the
truth, of the fill, and of the fill with noise. One blob each; micrographs, planes of stacks in
16 bits, and photons counted over a smooth field.
"""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage

import napari_greyfill as greyfill
from benchmarks.frame import table
from benchmarks.intervals import DEEP
from benchmarks.pictures import mask, pictures
from benchmarks.stack_data import VARIABLE as STACKS


def measure(repeats: int, count: int | None = None, folder: Path | None = None) -> str:
    """Return the section; what is random has a seed, so that `repeats` does not count."""
    rows = []
    for name, image in _pictures(count, folder):
        hole = mask("blob", image.shape, 3)
        found = [image]
        for noise in ("none", "match"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", greyfill.GreyfillWarning)
                found.append(greyfill.fill(image, hole, method="spectral", noise=noise).image)
        rows.append((name, str(image.dtype), *(round(_grain(each, hole), 2) for each in found)))
    header = ("picture", "type", "truth", "fill", "fill with noise")
    return (
        "## Noise like that of the surroundings\n\n"
        "The variance of what a mean over 3 × 3 pixels leaves, two pixels and more inside a blob, "
        "over that around it. The truth is what it should be: a blob may hide a quieter or a "
        "rougher part of the picture. Method *spectral*.\n\n" + table(header, rows)
    )


def _pictures(count: int | None, folder: Path | None) -> Iterator[tuple[str, np.ndarray]]:
    random = np.random.default_rng(0)
    level = 20 + 120 * ndimage.gaussian_filter(random.random((200, 200)), 12)
    yield "photons", random.poisson(level).astype(np.uint16)
    for picture in pictures("report", folder):
        if picture.group == "microscopy":
            yield picture.name, picture.grey
    stacks = os.environ.get(STACKS)
    for name, planes in DEEP.items() if stacks else ():
        from skimage import io

        stack = io.imread(Path(str(stacks)) / f"{name}.tif")
        yield from ((f"{name} {plane}", stack[plane]) for plane in planes[: count or 1])


def _grain(image: np.ndarray, hole: np.ndarray) -> float:
    rest = image - ndimage.uniform_filter(image.astype(float), 3)
    inner = ndimage.binary_erosion(hole, iterations=2)
    near = ndimage.binary_dilation(hole, iterations=2)
    around = ndimage.binary_dilation(hole, iterations=14) & ~near
    return float(rest[inner].var() / max(rest[around].var(), 1e-12))


if __name__ == "__main__":
    print(measure(1))
