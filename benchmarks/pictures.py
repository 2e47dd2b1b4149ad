"""What the grey stage is measured on: pictures in two halves, and masks with fixed seeds.

Scikit-image's own pictures are always there. More come from a folder named by the environment
variable `GREYFILL_PICTURES` (or an option), with the subfolders of `FOLDERS`; it is not part of
the project, because its pictures may be used for research but not be published.

The tuning half is for choosing parameters, the reporting half for the tables only. Pictures go
to the halves in turn, by name, and all crops of a picture go to the same half.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import data, draw, io

SIDE = 256
VARIABLE = "GREYFILL_PICTURES"
GROUPS = ("photo", "microscopy", "texture")

# name: (group, half), in scikit-image's wheel
OWN = {
    "astronaut": ("photo", "report"),
    "camera": ("photo", "tuning"),
    "chelsea": ("photo", "report"),
    "clock": ("photo", "tuning"),
    "coffee": ("photo", "tuning"),
    "coins": ("photo", "report"),
    "rocket": ("photo", "report"),
    "moon": ("photo", "report"),
    "hubble_deep_field": ("photo", "tuning"),
    "page": ("texture", "tuning"),
    "brick": ("texture", "report"),
    "grass": ("texture", "tuning"),
    "gravel": ("texture", "report"),
    "cell": ("microscopy", "report"),
    "immunohistochemistry": ("microscopy", "report"),
    "microaneurysms": ("microscopy", "tuning"),
    "retina": ("microscopy", "tuning"),
}
FOLDERS = {
    "bsds": "photo",
    "celeba": "photo",
    "places2_512x680": "photo",
    "microscopy": "microscopy",
}
SERIES = ("embryo_t",)  # of a time series only the first frame


@dataclass(frozen=True)
class Picture:
    """A grey crop, at most `SIDE` pixels a side."""

    name: str
    group: str
    half: str
    grey: np.ndarray

    @property
    def own(self) -> bool:
        """Tell whether it is one of scikit-image's, which may be shown."""
        return self.name.split(" ")[0] in OWN


def pictures(half: str, folder: Path | None = None, count: int | None = None) -> list[Picture]:
    """Return the pictures of a half; of more than `count`, evenly chosen ones."""
    folder = folder or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    found = [p for p in (*_own(), *_shared(folder)) if p.half == half]
    if count is None or count >= len(found):
        return found
    return [found[int(i)] for i in np.linspace(0, len(found) - 1, count).round()]


def _own() -> Iterator[Picture]:
    for name, (group, half) in OWN.items():
        yield from _crops(name, group, half, getattr(data, name)())


def _shared(folder: Path | None) -> Iterator[Picture]:
    for subfolder, group in FOLDERS.items() if folder is not None else ():
        paths = sorted(path for path in (folder / subfolder).iterdir() if path.is_file())
        first = [p for p in paths if not p.stem.startswith(SERIES) or p.stem.endswith("0")]
        for index, path in enumerate(first):
            half = ("tuning", "report")[index % 2]
            yield from _crops(f"{subfolder}/{path.stem}", group, half, io.imread(path))


def _crops(name: str, group: str, half: str, image: np.ndarray) -> Iterator[Picture]:
    """Yield one crop from the middle, or two side by side where they fit."""
    grey = grey_of(image)
    height, width = grey.shape
    y = max(0, (height - SIDE) // 2)
    fits = width >= 2 * SIDE
    for index, x in enumerate(
        (width // 2 - SIDE, width // 2) if fits else (max(0, (width - SIDE) // 2),)
    ):
        crop = grey[y : y + SIDE, x : x + SIDE]
        if crop.std() > 2:  # an empty corner of a slide says nothing
            yield Picture(f"{name} {index + 1}", group, half, crop.copy())


def grey_of(image: np.ndarray) -> np.ndarray:
    """Return any image as grey in 8 bits; deeper ones span their own range."""
    if image.ndim == 3:
        image = image[..., :3] @ np.array([0.299, 0.587, 0.114])
    elif image.dtype != np.uint8:
        low, high = np.percentile(image, (0.1, 99.9))
        image = 255 * np.clip((image - low) / max(high - low, 1e-6), 0, 1)
    return np.rint(image).astype(np.uint8)


def strokes(shape: tuple[int, int], rng: np.random.Generator, share: float = 0.3) -> np.ndarray:
    """Return bent brush strokes, about a sixteenth of the side wide."""
    hole = np.zeros(shape, bool)
    radius = max(2, min(shape) // 32)
    while hole.mean() < share:
        line = _walk(shape, rng, steps=4, length=min(shape) / 5)
        hole |= _distance_to(line) <= radius * rng.uniform(0.7, 1.3)
    return hole


def scratches(shape: tuple[int, int], rng: np.random.Generator, share: float = 0.03) -> np.ndarray:
    """Return thin, nearly straight lines of one to three pixels."""
    hole = np.zeros(shape, bool)
    while hole.mean() < share:
        line = _walk(shape, rng, steps=5, length=max(shape) / 6, bend=0.15)
        hole |= _distance_to(line) <= rng.choice([0.5, 1.0, 1.5])
    return hole


def dots(shape: tuple[int, int], rng: np.random.Generator, share: float = 0.05) -> np.ndarray:
    """Return discs of two to five pixels radius."""
    hole = np.zeros(shape, bool)
    while hole.mean() < share:
        hole[draw.disk(rng.uniform((0, 0), shape), rng.uniform(2, 5), shape=shape)] = True
    return hole


def block(shape: tuple[int, int], rng: np.random.Generator, side: float = 0.25) -> np.ndarray:
    """Return a square, away from the border."""
    size = round(side * min(shape))
    y, x = (int(rng.integers(length // 8, length - size - length // 8 + 1)) for length in shape)
    hole = np.zeros(shape, bool)
    hole[y : y + size, x : x + size] = True
    return hole


def blob(shape: tuple[int, int], rng: np.random.Generator, share: float = 0.08) -> np.ndarray:
    """Return one compact hole with a wavy rim."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    waves = sum(
        rng.normal(0, 0.25 / k) * np.cos(k * angles + rng.uniform(0, 7)) for k in (2, 3, 4, 5)
    )
    radius = np.maximum(0.4, 1 + waves) * np.sqrt(share * shape[0] * shape[1] / np.pi)
    centre = rng.uniform(0.4, 0.6, 2) * shape
    rim = centre[:, None] + radius * np.stack([np.sin(angles), np.cos(angles)])
    return draw.polygon2mask(shape, rim.T)


MASKS: dict[str, Callable[..., np.ndarray]] = {
    "strokes": strokes,
    "scratches": scratches,
    "dots": dots,
    "block": block,
    "blob": blob,
}


def mask(kind: str, shape: tuple[int, int], seed: int, **size: float) -> np.ndarray:
    """Return a mask that depends on nothing but these; never all of the picture."""
    rng = np.random.default_rng([list(MASKS).index(kind), seed])
    return np.asarray(MASKS[kind](shape, rng, **size), bool)


def _walk(
    shape: tuple[int, int], rng: np.random.Generator, steps: int, length: float, bend: float = 0.7
) -> np.ndarray:
    """Return the pixels of a line that turns a little at every step."""
    line = np.zeros(shape, bool)
    at, angle = rng.uniform((0, 0), shape), rng.uniform(0, 2 * np.pi)
    for _ in range(steps):
        angle += rng.normal(0, bend)
        to = at + length * rng.uniform(0.5, 1.0) * np.array([np.sin(angle), np.cos(angle)])
        y, x = draw.line(*np.rint(at).astype(int), *np.rint(to).astype(int))
        inside = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
        line[y[inside], x[inside]] = True
        at = to
    return line


def _distance_to(line: np.ndarray) -> np.ndarray:
    return ndimage.distance_transform_edt(~line) if line.any() else np.full(line.shape, np.inf)


def photograph(side: int) -> np.ndarray:
    """Return a grey photograph of any size, for timing: scikit-image's cat, tiled by mirroring."""
    grey = grey_of(data.chelsea())
    pad = [(0, max(0, side - length)) for length in grey.shape]
    return np.pad(grey, pad, mode="symmetric")[:side, :side]
