"""How soon does a colorizer notice that it is to stop? The longest time between two chances.

A chance is a look at `Compute.cancelled` or a step that is handed out. Each colorizer runs in a
fresh process, so that what it imports counts; torch itself is imported before, as choosing a
device does.
"""

import subprocess
import sys
import time

import numpy as np
from skimage import data

from benchmarks.colour_cases import square
from benchmarks.frame import table
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.compute.device import Compute
from napari_greyfill.image.colour import luma

CASES = (  # colorizer, sides of picture and hole
    ("propagation", 2048, 400),
    ("examples", 2048, 400),
    ("hybrid", 2048, 400),
    ("progressive", 512, 192),
    ("progressive", 2048, 400),
    ("published", 256, 96),
)
LONGEST = 30.0  # seconds; what takes longer is stopped then, which is a chance as well
HEADER = ("colorizer", "picture, pixels", "hole", "longest wait, ms", "chances", "seconds")


def measure(repeats: int) -> str:
    """Return the section; each wait is the longest of `repeats` runs, three at most."""
    runs = min(repeats, 3)
    rows = []
    for name, side, hole in CASES:
        found = [_in_fresh_process(name, side, hole) for _ in range(runs)]
        wait = max(one[0] for one in found)
        rows.append((name, f"{side} × {side}", f"{hole} × {hole}", wait, *found[0][1:]))
    return (
        "## Longest wait for a cancel, colour stage\n\n"
        f"The astronaut with a square hole and its true grey; longest of {runs} runs in fresh "
        f"processes, each on one thread and stopped after {LONGEST:.0f} s. That of the published "
        "schedule is torch importing its compiler when the first optimiser is made, once in a "
        "session.\n\n" + table(HEADER, rows)
    )


def _in_fresh_process(name: str, side: int, hole: int) -> tuple[float, int, float]:
    code = f"from benchmarks.cancelling import watched; watched({name!r}, {side}, {hole})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    wait, chances, seconds = done.stdout.split()
    return float(wait), int(chances), float(seconds)


def watched(name: str, side: int, hole_side: int) -> None:
    """Print the longest wait in ms, the number of chances and the seconds of one run."""
    import torch

    torch.set_num_threads(1)
    chances = [time.perf_counter()]

    def chance() -> bool:
        chances.append(time.perf_counter())
        return False

    picture = square(data.astronaut(), side).astype(np.float32) / 255
    hole = np.zeros(picture.shape[:2], dtype=bool)
    start = (side - hole_side) // 2
    hole[start : start + hole_side, start : start + hole_side] = True
    colour = np.where(hole[..., None], 0, picture).astype(np.float32)
    grey = luma(picture)
    colorizer = COLORIZERS.create(name, Compute(cancelled=chance))
    chance()
    chances[:] = chances[-1:]
    for _ in colorizer.run(colour, grey, hole):
        chance()
        if chances[-1] - chances[0] > LONGEST:
            break
    chance()
    print(1000 * np.diff(chances).max(), len(chances), chances[-1] - chances[0])
