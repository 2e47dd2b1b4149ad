"""The colour stage: the published training schedule against propagation.

Both get the true grey, so that only the colour is judged. The published schedule is dear, so
each of its runs is stored with a hash of its code, picture and mask, and not repeated.
"""

import statistics

import numpy as np
from skimage import data

import napari_greyfill
from benchmarks.frame import alternating, stored, table, timed
from napari_greyfill.colorization import network, progressive, pyramid
from napari_greyfill.colour import luma

SIDE, HOLE = 128, 48
PICTURES = {
    "astronaut": data.astronaut()[40 : 40 + SIDE, 160 : 160 + SIDE],
    "chelsea": data.chelsea()[60 : 60 + SIDE, 120 : 120 + SIDE],
}
DEAR = ("published", "progressive")


def measure(repeats: int) -> str:
    rows = [row for name, image in PICTURES.items() for row in _picture(name, image, repeats)]
    ratios = [r[-1] for r in rows if r[1] == "published"]
    header = ("picture", "colorizer", "hole PSNR", "ΔE", "CPU s", "times propagation")
    return (
        "## Colour stage: published schedule against propagation\n\n"
        f"{SIDE} × {SIDE} pixels of two of scikit-image's pictures, a square hole of "
        f"{HOLE} × {HOLE}, true grey, seed 0. Hole PSNR in dB, ΔE is the mean CIEDE2000 in the "
        f"hole; propagation is the median of {repeats} runs, the networks are one run each. "
        "A hole PSNR below about 15 dB is a run that collapsed into a blob.\n\n"
        + table(header, rows)
        + f"\n\nPropagation takes {statistics.median(ratios):,.0f} times less CPU time than the "
        "published schedule (median)."
    )


def _picture(name: str, image: np.ndarray, repeats: int) -> list[tuple]:
    hole = np.zeros(image.shape[:2], dtype=bool)
    start = (SIDE - HOLE) // 2
    hole[start : start + HOLE, start : start + HOLE] = True
    grey = np.rint(luma(image.astype(np.float32))).astype(np.uint8)

    def run(method: str) -> dict:
        result, _, cpu = timed(
            lambda: napari_greyfill.colorize(image, grey, hole, method=method, device="cpu")
        )
        return {**napari_greyfill.metrics(result, image, hole), "cpu": cpu}

    fast = alternating({"propagation": lambda: run("propagation")}, repeats)["propagation"]
    rows = [(name, "propagation", run("propagation"), fast.cpu)]
    for method in DEAR:
        modules = (network, progressive, pyramid)
        found = stored(f"{method} {name} {SIDE}", modules, (image, hole), lambda m=method: run(m))
        rows.append((name, method, found, found["cpu"]))
    return [
        (picture, method, found["hole_psnr"], found["delta_e"], cpu, cpu / fast.cpu)
        for picture, method, found, cpu in rows
    ]
