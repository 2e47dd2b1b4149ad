"""Texture fills of large holes: object-like holes in intact photographs, and removals.

The gate are the contact sheets; the numbers are alarms. None of them ranks fills as people do.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage import data, io
from skimage.restoration import inpaint_biharmonic

import napari_greyfill
from benchmarks.frame import save_sheet, table
from benchmarks.judging import CAP, gradient_distance
from benchmarks.pictures import grey_of
from benchmarks.sheets import FOLDER
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.texture.votes import PatchVote

Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]
DIRECTIONS = 64  # of the sliced Wasserstein distance
PATCH = 7
LEVELS = 3
SHOWN = 176  # pixels a side, of the sheets


@dataclass(frozen=True)
class Case:
    """A picture and a hole in it; `removal` says that nobody knows what is behind."""

    name: str
    image: np.ndarray
    hole: np.ndarray
    removal: bool


# scikit-image's pictures with a thing in them, and an ellipse over it: rows, columns, half axes
REMOVALS = {
    "coins": ("coins", 46, 105, 30, 30),
    "spoon": ("coffee", 236, 412, 100, 70),
    "rocket": ("rocket", 240, 322, 130, 28),
    "cameraman": ("camera", 255, 250, 130, 75),
    "galaxy": ("hubble_deep_field", 340, 470, 50, 50),
    "gland": ("immunohistochemistry", 330, 250, 80, 70),
    "flag": ("astronaut", 150, 80, 90, 60),
    "whiskers": ("chelsea", 190, 215, 40, 50),
}
INTACT = ("brick", "grass", "gravel", "coffee", "chelsea", "immunohistochemistry")


def measure(repeats: int, folder: Path | None = None) -> str:
    """Fill all cases, write the sheets, and return the section."""
    del repeats  # each fill is run once: there are many
    rows = []
    fills = contenders()
    cases = list(_cases(folder))
    for name, fill in fills.items():
        scores = [_scored(case, fill) for case in cases]
        rows.append((name, *np.round(np.nanmean(scores, axis=0), 3).tolist()))
    known = sum(not case.removal for case in cases)
    _sheet([case for case in cases if case.removal][: len(REMOVALS)], fills, "fills_removals.png")
    _sheet([case for case in cases if not case.removal][: len(INTACT)], fills, "fills_look.png")
    header = ("fill", "PSNR", "gradients", "Wasserstein", "nearest patch", "CPU s")
    introduction = (
        f"{known} object-like holes in intact photographs, of which the truth is known, and "
        f"{len(cases) - known} removals. Means; hole PSNR in dB of the intact ones; *gradients* "
        "as in the grey tables; *Wasserstein* is the sliced distance of 7 × 7 patches of a "
        "Laplacian pyramid in the hole to those around it; *nearest patch* the root mean square "
        "difference of patches over the hole at a quarter of the size to the most similar known "
        "one. The last three are better when small, and none of them sees a misplaced thing: look "
        "at the sheets. *votes* is the fill of patches by itself, which the texture fill is in "
        "narrow holes."
    )
    given = ", ".join(["given", *fills])
    parts = [
        "## Texture fills of large holes",
        introduction,
        table(header, rows),
        f"Removals; from left to right: {given}.",
        "![removals](images/fills_removals.png)",
        f"Holes in intact photographs; from left to right: {given}, truth.",
        "![holes in intact photographs](images/fills_look.png)",
    ]
    return "\n\n".join(parts)


def contenders() -> dict[str, Fill]:
    """Return who fills colour pictures of 8 bits."""
    return {
        "scikit-image biharmonic": _biharmonic,
        "PyPatchMatch": _patchmatch,
        "votes": _votes,
        "texture": _ours("texture"),
        "texture-thorough": _ours("texture-thorough"),
    }


def _ours(method: str) -> Fill:
    def fill(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
        return np.asarray(napari_greyfill.fill(image, hole, method=method).image)

    return fill


def _votes(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    plane = (image / 255).astype(np.float32)
    filled = exhaust(PatchVote(Compute()).run(plane, hole)).plane
    return np.rint(255 * np.clip(filled, 0, 1)).astype(np.uint8)


def _biharmonic(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    filled = inpaint_biharmonic(image, hole, channel_axis=-1, split_into_regions=True)
    return np.rint(255 * np.clip(filled, 0, 1)).astype(np.uint8)


def _patchmatch(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    from patchmatch import patch_match

    return np.asarray(patch_match.inpaint(image, hole[..., None].astype(np.uint8), patch_size=7))


def _cases(folder: Path | None) -> Iterator[Case]:
    for name, (picture, y, x, height, width) in REMOVALS.items():
        image = _colours(getattr(data, picture)())
        yield Case(name, image, _ellipse(image.shape, y, x, height, width), removal=True)
    for name in INTACT:
        image = _colours(getattr(data, name)())
        height, width = image.shape[:2]
        hole = _ellipse(image.shape, height * 0.45, width * 0.55, height * 0.12, width * 0.09)
        yield Case(name, image, hole, removal=False)
    for path in sorted(folder.rglob("*"))[1::2] if folder else ():  # the reporting half
        if path.suffix in (".jpg", ".png") and path.parent.name in ("bsds", "places2_512x680"):
            image = _colours(io.imread(path)[..., :3])
            height, width = image.shape[:2]
            hole = _ellipse(image.shape, height * 0.5, width * 0.4, height * 0.16, width * 0.1)
            yield Case(path.stem, image, hole, removal=False)


def _colours(image: np.ndarray) -> np.ndarray:
    return np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image[..., :3]


def _ellipse(
    shape: tuple[int, ...], y: float, x: float, height: float, width: float
) -> np.ndarray:
    rows, columns = np.indices(shape[:2])
    return ((rows - y) / height) ** 2 + ((columns - x) / width) ** 2 < 1


def _scored(case: Case, fill: Fill) -> tuple[float, ...]:
    given = np.where(case.hole[..., None], 0, case.image).astype(np.uint8)
    start = time.process_time()
    filled = fill(given, case.hole)
    taken = time.process_time() - start
    psnr = gradients = np.nan
    if not case.removal:
        error = np.mean((filled[case.hole].astype(float) - case.image[case.hole]) ** 2)
        psnr = min(CAP, 10 * np.log10(255**2 / max(error, 1e-9)))
        gradients = gradient_distance(grey_of(filled), grey_of(case.image), case.hole)
    return psnr, gradients, wasserstein(filled, case.hole), nearest(filled, case.hole), taken


def wasserstein(image: np.ndarray, hole: np.ndarray) -> float:
    """Return the sliced Wasserstein distance between patches in a hole and around it.

    Parameters
    ----------
    image : (H, W, C) uint8 array
    hole : (H, W) bool array
    """
    rng = np.random.default_rng(0)
    picture, inside, found = image / 255, hole, []
    reach = max(8, int(ndimage.distance_transform_edt(hole).max()))
    for _ in range(LEVELS):
        band = picture - ndimage.gaussian_filter(picture, (1, 1, 0))
        near = ndimage.binary_dilation(inside, iterations=reach) & ~inside
        ways = rng.normal(size=(DIRECTIONS, PATCH * PATCH * picture.shape[2]))
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        one, two = (_patches(band, where, rng) @ ways.T for where in (inside, near))
        shares = np.linspace(0, 1, 101)
        a, b = (np.quantile(each, shares, axis=0) for each in (one, two))
        found.append(np.abs(a - b).mean() / max(two.std(), 1e-6))
        picture, inside = ndimage.gaussian_filter(picture, (1, 1, 0))[::2, ::2], inside[::2, ::2]
        reach = max(4, reach // 2)
    return float(np.mean(found))


def nearest(image: np.ndarray, hole: np.ndarray) -> float:
    """Return how far patches over a hole are from the most similar known one, in grey levels.

    Parameters
    ----------
    image : (H, W, C) uint8 array
    hole : (H, W) bool array
    """
    small = ndimage.gaussian_filter(image.astype(np.float32), (2, 2, 0))[::4, ::4]
    over = ndimage.binary_dilation(hole, iterations=2)[::4, ::4]
    known = ~ndimage.binary_dilation(over, iterations=PATCH // 2 + 1)
    rng = np.random.default_rng(0)
    tree = cKDTree(_patches(small, known, rng, most=6000))
    distance = tree.query(_patches(small, over, rng, most=400), eps=0.5)[0]
    return float(distance.mean() / PATCH / np.sqrt(image.shape[2]))


def _patches(
    picture: np.ndarray, where: np.ndarray, rng: np.random.Generator, most: int = 2000
) -> np.ndarray:
    half = PATCH // 2
    windows = np.lib.stride_tricks.sliding_window_view(picture, (PATCH, PATCH), axis=(0, 1))
    rows, columns = np.nonzero(where[half:-half, half:-half])
    if rows.size > most:
        chosen = np.sort(rng.choice(rows.size, most, replace=False))
        rows, columns = rows[chosen], columns[chosen]
    return windows[rows, columns].reshape(rows.size, -1)


def _sheet(cases: list[Case], fills: dict[str, Fill], name: str) -> None:
    from matplotlib import pyplot

    removal = cases[0].removal
    titles = ["given", *fills] + ([] if removal else ["truth"])
    size = (1.7 * len(titles), 1.7 * len(cases))
    figure, axes = pyplot.subplots(len(cases), len(titles), figsize=size)
    for row, case in zip(axes, cases, strict=True):
        given = np.where(case.hole[..., None], 0, case.image).astype(np.uint8)
        marked = np.where(case.hole[..., None], 255, case.image) if not removal else case.image
        shown = [marked, *(fill(given, case.hole) for fill in fills.values())]
        window = _around(case.hole)
        for axis, image in zip(row, [*shown, case.image], strict=False):
            axis.imshow(image[window], interpolation="nearest")
            axis.set_axis_off()
        if removal:
            row[0].contour(case.hole[window], [0.5], colors="yellow", linewidths=1)
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=7)
    figure.subplots_adjust(0, 0, 1, 0.98, 0.02, 0.02)
    save_sheet(figure, FOLDER / name)


def _around(hole: np.ndarray) -> tuple[slice, slice]:
    """Return the square around the hole, with half its side on each side."""
    found = []
    boxes = [np.flatnonzero(hole.any(axis=1 - axis)) for axis in (0, 1)]
    side = max(box[-1] - box[0] for box in boxes)
    for box, length in zip(boxes, hole.shape, strict=True):
        middle = (box[0] + box[-1]) // 2
        start = max(0, min(middle - side, length - 2 * side))
        found.append(slice(start, min(length, start + 2 * side)))
    return found[0], found[1]
