"""Pictures with holes for the colour stage, and how a result is judged.

Every picture is the central square of a photograph, reduced to 256 x 256. Scikit-image's own
pictures are always there; a folder of photographs named by the environment variable
GREYFILL_PICTURES adds more. Methods are tuned on one half of the folder's files and reported on
the other; scikit-image's pictures belong to the second.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.draw import disk, line

from napari_greyfill import metrics
from napari_greyfill.image.colour import luma

SIDE = 256
OWN = ("astronaut", "chelsea", "coffee", "immunohistochemistry")
FOLDERS = ("bsds", "places2_512x680", "celeba")


@dataclass(frozen=True, eq=False)
class Case:
    """A picture (H, W, 3) and the grey of it (H, W), 8 bits, and a hole (H, W)."""

    name: str
    image: np.ndarray
    grey: np.ndarray
    hole: np.ndarray

    def planes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what a colorizer takes; the colours in the hole are black."""
        colour = self.image.astype(np.float32) / 255
        colour[self.hole] = 0.0
        return colour, self.grey.astype(np.float32) / 255, self.hole


def case(name: str, image: np.ndarray, kind: str) -> Case:
    """Return a picture with a hole of some kind and its true grey."""
    grey = np.rint(luma(image.astype(np.float32))).astype(np.uint8)
    return Case(f"{name} {kind}", image, grey, HOLES[kind](image.shape[:2]))


def reporting(side: int = SIDE) -> dict[str, np.ndarray]:
    """Return scikit-image's pictures and every second file of the folder."""
    own = {name: square(getattr(data, name)(), side) for name in OWN}
    return own | {_name(path): square(_read(path), side) for path in _files()[1::2]}


def tuning(side: int = SIDE) -> dict[str, np.ndarray]:
    """Return the other half of the folder's files."""
    return {_name(path): square(_read(path), side) for path in _files()[0::2]}


def square(image: np.ndarray, side: int) -> np.ndarray:
    """Return the central square of a picture at another size."""
    shorter = min(image.shape[:2])
    y, x = ((length - shorter) // 2 for length in image.shape[:2])
    crop = Image.fromarray(image[y : y + shorter, x : x + shorter])
    return np.asarray(crop.resize((side, side), Image.Resampling.LANCZOS))


def judged(result: np.ndarray, case: Case) -> dict[str, float]:
    """Return hole PSNR, SSIM and CIEDE2000 (mean and 95th percentile) of float colours."""
    shown = case.image.copy()
    shown[case.hole] = np.rint(np.clip(result, 0, 1)[case.hole] * 255).astype(np.uint8)
    found = metrics(shown, case.image, case.hole)
    first, second = (rgb2lab(colours[case.hole] / 255) for colours in (shown, case.image))
    p95 = float(np.percentile(deltaE_ciede2000(second, first), 95))
    keys = ("hole_psnr", "hole_ssim", "ssim", "delta_e")
    return {key: round(float(found[key]), 4) for key in keys} | {"delta_e_95": round(p95, 4)}


def _files() -> list[Path]:
    root = os.environ.get("GREYFILL_PICTURES", "")
    if not root:
        return []
    return [path for folder in FOLDERS for path in sorted((Path(root) / folder).glob("*.*g"))]


def _name(path: Path) -> str:
    return f"{path.parent.name.split('_')[0]}-{path.stem}"


def _read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def _centre(share: float) -> Callable[[tuple[int, int]], np.ndarray]:
    """Return what makes a central square hole with a side of `share` of the picture's."""

    def hole(shape: tuple[int, int]) -> np.ndarray:
        made = np.zeros(shape, dtype=bool)
        height, width = (round(length * share) for length in shape)
        y, x = (shape[0] - height) // 2, (shape[1] - width) // 2
        made[y : y + height, x : x + width] = True
        return made

    return hole


def _strokes(share: float) -> Callable[[tuple[int, int]], np.ndarray]:
    """Return what paints random brush strokes until `share` of the picture is hole."""

    def hole(shape: tuple[int, int]) -> np.ndarray:
        rng = np.random.default_rng(round(100 * share))
        made = np.zeros(shape, dtype=bool)
        while made.mean() < share:
            ends = rng.integers(0, shape, (2, 2))
            radius = rng.integers(3, 10) * shape[0] / SIDE
            for y, x in np.transpose(line(*ends[0], *ends[1]))[::2]:
                made[disk((y, x), radius, shape=shape)] = True
        return made

    return hole


HOLES = {
    "square": _centre(96 / 256),
    "strokes 35 %": _strokes(0.35),
    "strokes 55 %": _strokes(0.55),
    "half": _centre(0.5**0.5),
}
