"""Do intervals hold what they promise, and do draws give a measurement its plus-minus?

Pictures of the reporting half with every kind of mask, in 8 bits, and single planes of stacks in
their own 16 bits. Nothing about the intervals was chosen on them.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import filters, io

import napari_greyfill as greyfill
from benchmarks.frame import stored, table
from benchmarks.pictures import MASKS, SIDE, mask, pictures
from benchmarks.stack_data import VARIABLE as STACKS
from napari_greyfill.image import trials
from napari_greyfill.inpaint.uncertainty import errors, field, scale
from napari_greyfill.pipeline import intervals, uncertainty

STORE = Path(__file__).parent / "interval_results.json"
MODULES = (trials, errors, field, scale, uncertainty, intervals)
LEVEL = 0.9
DRAWS = 40
PICTURES = 12
DEEP = {"migration_t": (10, 30), "ct_stent_z": (64, 160), "mri_thick_slices_z": (8, 14)}
Case = tuple[str, str, np.ndarray]  # name, group, image


def measure(repeats: int, count: int | None = None, folder: Path | None = None) -> str:
    """Return the section; every case is dear enough to run once, whatever `repeats` says."""
    cases = list(_cases(count or PICTURES, folder))
    found = {
        (name, kind): _stored(name, kind, image) for name, _, image in cases for kind in MASKS
    }
    groups = {name: group for name, group, _ in cases}
    return "\n\n".join(
        (_introduction(cases), _coverage(found, groups), _costs(found), _measured(found))
    )


def _cases(count: int, folder: Path | None) -> Iterator[Case]:
    """Yield evenly chosen pictures of the reporting half, and planes of stacks in 16 bits."""
    for picture in pictures("report", folder, count):
        yield picture.name, picture.group, picture.grey
    stacks = os.environ.get(STACKS)
    for name, planes in DEEP.items() if stacks else ():
        stack = io.imread(Path(str(stacks)) / f"{name}.tif")
        for plane in planes:
            yield f"{name} {plane}", "16-bit", stack[plane]


def _stored(name: str, kind: str, image: np.ndarray) -> dict[str, float]:
    hole = mask(kind, image.shape, sum(map(ord, name)) % 1000)
    print(f"\r{name}, {kind}          ", end="", flush=True)
    return stored(f"{name} | {kind}", MODULES, (image, hole), partial(_one, image, hole), STORE)


def _one(image: np.ndarray, hole: np.ndarray) -> dict[str, float]:
    """Return what one hole says about coverage, width, time and measurements."""
    emptied = np.where(hole, 0, image).astype(image.dtype)
    started = time.process_time()
    result = greyfill.fill(emptied, hole, look="faithful")
    filled = time.process_time()
    low, high = result.interval(LEVEL)
    bounded = time.process_time()
    truth, fill = image[hole].astype(float), result.image[hole].astype(float)
    off = np.abs(fill - truth)
    inside = (low[hole] <= image[hole]) & (image[hole] <= high[hole])
    half = (high[hole].astype(float) - low[hole]) / 2
    found = {
        "pixels": float(hole.sum()),
        "coverage": float(inside.mean()),
        "half": float(half.mean() / max(np.sqrt(np.mean(off**2)), 1e-9)),
        "over_constant": float(half.mean() / max(np.quantile(off, LEVEL), 0.5)),
        "fill_cpu": filled - started,
        "interval_cpu": bounded - filled,
    }
    ways = _measurements(image, hole)
    drawn = greyfill.propagate(
        result, lambda each: [way(each) for way in ways.values()], n=DRAWS, level=LEVEL
    )
    for index, (name, way) in enumerate(ways.items()):
        true = float(way(image))
        found |= {
            f"{name}_inside": float(drawn.low[index] <= true <= drawn.high[index]),
            f"{name}_off": abs(true - drawn.value[index]),
            f"{name}_off_mean": abs(true - drawn.mean[index]),
            f"{name}_std": drawn.std[index],
        }
    found["draws_cpu"] = time.process_time() - bounded
    return {key: float(f"{value:.4g}") for key, value in found.items()}


def _measurements(image: np.ndarray, hole: np.ndarray) -> dict[str, Callable]:
    """Return what is measured: in the box around the hole, above a threshold of the picture."""
    box = ndimage.find_objects(hole.astype(int))[0]
    level = filters.threshold_otsu(image[~hole])

    def bright(each: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(each.astype(float), 1.0)[box] > level

    def count(each: np.ndarray) -> int:
        labels, _ = ndimage.label(bright(each))
        return int(np.count_nonzero(np.bincount(labels.ravel())[1:] >= 20))

    return {
        "mean": lambda each: float(each[box].mean()),
        "area": lambda each: float(bright(each).sum()),
        "count": count,
    }


def _introduction(cases: Sequence[Case]) -> str:
    deep = sum(group == "16-bit" for _, group, _ in cases)
    return (
        "## Intervals and draws\n\n"
        f"{len(cases) - deep} pictures of the reporting half in 8 bits and {deep} planes of "
        f"stacks in 16 bits, at most {SIDE} × {SIDE} pixels, five masks each; nothing was "
        "chosen on them. "
        f"`fill(...).interval({LEVEL})` of the default. *Coverage*: the share of all hole pixels "
        "whose truth lies within; then its mean over the pictures, its 10th percentile, and how "
        "many pictures lie within 80 to 97 %. *Half width* is the mean over the hole, over the "
        "root mean square error there (geometric mean over pictures). *Over constant*: the same "
        f"over the one width that would just hold {LEVEL:.0%} of that very hole, which only "
        "hindsight knows; below 1 is narrower."
    )


def _coverage(found: dict, groups: dict[str, str]) -> str:
    header = ("pictures", "mask", "holes", "coverage, %", "mean", "10th percentile")
    header += ("within 80 to 97 %", "half width", "over constant")
    parts = [("all", list(dict.fromkeys(groups.values())))]
    parts += [(group, [group]) for group in dict.fromkeys(groups.values())]
    rows = []
    for title, wanted in parts:
        for kind in MASKS:
            own = [one for (name, k), one in found.items() if k == kind and groups[name] in wanted]
            if own:
                rows.append((title, kind, len(own), *_summary(own)))
    return table(header, rows)


def _summary(own: Sequence[dict]) -> tuple:
    share = np.array([one["coverage"] for one in own])
    pixels = np.array([one["pixels"] for one in own])
    usual = np.mean((share >= 0.8) & (share <= 0.97))

    def mean(key: str) -> float:
        return float(np.exp(np.mean([np.log(max(one[key], 1e-3)) for one in own])))

    return (
        f"{100 * np.average(share, weights=pixels):.1f}",
        f"{100 * share.mean():.1f}",
        f"{100 * np.percentile(share, 10):.1f}",
        f"{100 * usual:.0f} %",
        round(mean("half"), 2),
        round(mean("over_constant"), 2),
    )


def _costs(found: dict) -> str:
    header = ("mask", "fill, CPU s", "interval, CPU s", f"{DRAWS} draws, CPU s", "interval / fill")
    rows = []
    for kind in MASKS:
        own = [one for (_, k), one in found.items() if k == kind]
        seconds = [
            float(np.median([one[key] for one in own]))
            for key in ("fill_cpu", "interval_cpu", "draws_cpu")
        ]
        ratio = float(np.median([one["interval_cpu"] / one["fill_cpu"] for one in own]))
        rows.append((kind, *seconds, round(ratio, 2)))
    text = (
        "Medians. The draws include three measurements of each; their trials are the interval's."
    )
    return f"### What it costs\n\n{text}\n\n{table(header, rows)}"


def _measured(found: dict) -> str:
    header = ("measured", "mask", "holes", "truth inside, %", "off, fill", "off, mean of draws")
    header += ("± of draws",)
    names = {
        "mean": "mean intensity",
        "area": "area above a threshold, pixels",
        "count": "objects of 20 pixels and more",
    }
    rows = []
    for name, title in names.items():
        for kind in MASKS:
            own = [one for (_, k), one in found.items() if k == kind]
            rows.append(
                (
                    title,
                    kind,
                    len(own),
                    f"{100 * np.mean([one[f'{name}_inside'] for one in own]):.0f}",
                    *(
                        float(f"{np.median([one[f'{name}_{key}'] for one in own]):.3g}")
                        for key in ("off", "off_mean", "std")
                    ),
                )
            )
    text = (
        "In the box around the hole, by `propagate`: is the true measurement within the "
        f"{LEVEL:.0%} interval of {DRAWS} draws? The threshold is Otsu's of the known pixels. "
        "*Off*: by how much the fill, and the mean of the draws, miss the truth; *±* the "
        "deviation of the draws; medians."
    )
    return f"### Measurements\n\n{text}\n\n{table(header, rows)}"
