"""The colour stage: every colorizer against the published schedule, with the same grey.

Run ``python -m benchmarks.colour [--pictures N] [--seeds N]`` to measure it alone. Results of the
published schedule are only read here; ``python -m benchmarks.published`` makes them. Those of the
progressive network are stored as they come, so that an interrupted run goes on where it was.
"""

import argparse
import resource
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from benchmarks import published
from benchmarks.colour_cases import HOLES, OWN, Case, case, judged, reporting, square
from benchmarks.frame import stored, table, timed, write_section
from napari_greyfill.colorization import COLORIZERS, correction, hybrid, progressive
from napari_greyfill.colorization.guard import COLLAPSED, implausible
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image import holdout
from napari_greyfill.inpaint import INPAINTERS

CLOSED = ("propagation", "examples", "hybrid")
LEARNED = "progressive"
SIDES = (256, 512, 1024, 2048)
SHEET = Path(__file__).parent.parent / "docs" / "images" / "colour_sheet.png"
COLUMNS = ("hole PSNR", "SSIM", "ΔE", "ΔE 95 %", "worst ΔE", "CPU s")


def measure(repeats: int, pictures: int = 8, seeds: int = 1) -> str:
    """Return the section; closed forms take the least CPU time of up to `repeats` runs."""
    chosen = dict(list(reporting().items())[:pictures])
    repeats = min(repeats, 2)
    found = {
        (name, kind): _methods(case(name, image, kind), repeats, seeds)
        for name, image in chosen.items()
        for kind in HOLES
    }
    filled = {
        name: _methods(_really_filled(case(name, image, "square")), 1, 0)
        for name, image in chosen.items()
    }
    sheet({name: image for name, image in chosen.items() if name in OWN})
    return _section(found, filled, {n: case(n, i, "square") for n, i in chosen.items()}, seeds)


def run(method: str, one: Case, seed: int = 0) -> dict:
    """Return what a colorizer reaches on a case, its CPU seconds, and whether it collapsed."""
    planes = one.planes()
    colorizer = COLORIZERS.create(method, Compute(seed=seed))
    found, _, cpu = timed(lambda: exhaust(colorizer.run(*planes)))
    lost = bool(found.notes) or implausible(found.plane, *planes) >= COLLAPSED
    return {**judged(found.plane, one), "cpu": round(cpu, 4), "collapsed": lost}


def _methods(one: Case, repeats: int, seeds: int) -> dict[str, list[dict]]:
    results = {}
    for method in CLOSED:
        runs = [run(method, one) for _ in range(repeats)]
        results[method] = [{**runs[0], "cpu": min(r["cpu"] for r in runs)}]
    modules = (correction, progressive, holdout, hybrid)
    arrays = (one.image, one.hole)
    results[LEARNED] = [
        stored(f"{LEARNED} {one.name} seed {s}", modules, arrays, lambda s=s: run(LEARNED, one, s))
        for s in range(seeds)
    ]
    return results


def _really_filled(one: Case) -> Case:
    """Return the case with its grey filled by the default method of the first stage."""
    grey = one.grey.astype(np.float32) / 255
    grey[one.hole] = 0.0
    filled = INPAINTERS.create("auto", Compute()).fill(grey, one.hole)
    rounded = np.rint(np.clip(filled, 0, 1) * 255).astype(np.uint8)
    return Case(one.name, one.image, np.where(one.hole, rounded, one.grey), one.hole)


def _section(found: dict, filled: dict, squares: dict[str, Case], seeds: int) -> str:
    intro = (
        f"The central squares, 256 × 256 pixels, of {len(squares)} pictures that nothing was "
        f"tuned on: {', '.join(squares)}. True grey unless said otherwise. Medians over the "
        "pictures; ΔE is CIEDE2000 in the hole, its mean and its 95th "
        f"percentile. The progressive network has {seeds} seed(s) a case."
    )
    real = (
        "### Grey from the first stage\n\nSquare hole, its grey filled by the default method; "
        "compared with the true colours."
    )
    picture = (
        "![Original, hole, published, propagation, hybrid, progressive](images/colour_sheet.png)"
        "\n\nFrom left to right: original, hole, published schedule (black where it was not "
        "run), propagation, hybrid, progressive."
    )
    lost = [f"{n}, {k}" for (n, k), m in found.items() if any(r["collapsed"] for r in m[LEARNED])]
    collapses = f"Collapsed runs of the progressive network: {'; '.join(lost) or 'none'}."
    return "\n\n".join(
        [
            "## Colour stage",
            intro,
            *(_by_hole(found, kind) for kind in HOLES),
            collapses,
            real,
            table(("colorizer", *COLUMNS), _rows(filled.values())),
            _against_published(found, squares),
            _by_size(),
            picture,
        ]
    )


def _by_hole(found: dict, kind: str) -> str:
    results = [methods for (_, own), methods in found.items() if own == kind]
    return f"### Hole: {kind}\n\n" + table(("colorizer", *COLUMNS), _rows(results))


def _rows(results: object) -> list[tuple]:
    gathered = defaultdict(list)
    for methods in results:
        for method, runs in methods.items():
            gathered[method].extend(runs)
    return [(method, *_summary(runs)) for method, runs in gathered.items() if runs]


def _summary(runs: list[dict]) -> tuple[float, ...]:
    keys = ("hole_psnr", "hole_ssim", "delta_e", "delta_e_95")
    medians = [statistics.median(r[key] for r in runs) for key in keys]
    cpu = statistics.median(r["cpu"] for r in runs)
    return (*medians, max(r["delta_e"] for r in runs), cpu)


def _against_published(found: dict, squares: dict[str, Case]) -> str:
    """Return one row a picture for which the published schedule was run."""
    rows = []
    for name, one in squares.items():
        dear = published.known(one)
        if dear is None:
            continue
        others = [found[name, "square"][m][0] for m in (*CLOSED, LEARNED)]
        ratios = [dear["cpu"] / other["cpu"] for other in others]
        errors = [dear["raw"]["delta_e"], dear["luma"]["delta_e"], *(o["delta_e"] for o in others)]
        rows.append((name, *errors, dear["cpu"], ratios[2], ratios[3]))
    if not rows:
        return "### Against the published schedule\n\nIt has not been run on these pictures yet."
    header = (
        *("picture", "published ΔE", "its luma put right", "propagation", "examples", "hybrid"),
        *("progressive", "published CPU s", "times hybrid", "times progressive"),
    )
    return (
        "### Against the published schedule\n\nSquare hole, seed 0, mean ΔE in the hole. A ΔE "
        "of 20 or more is a run that collapsed.\n\n" + table(header, rows)
    )


def _by_size() -> str:
    """Return the time for each hole pixel at several sizes, and the memory it takes."""
    rows = []
    for method in ("propagation", "hybrid", LEARNED):
        for side in SIDES:
            code = f"from benchmarks.colour import grown; grown({method!r}, {side})"
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            cpu, pixels, memory = (float(value) for value in done.stdout.split())
            rows.append((method, side, cpu, 1e6 * cpu / pixels, memory))
    header = ("colorizer", "side, pixels", "CPU s", "µs a hole pixel", "peak memory, MB")
    return (
        "### By size\n\nThe astronaut at four sizes, a square hole of 96/256 of its side; a fresh "
        "process each. The peak includes the interpreter and its packages, and torch for the "
        "network.\n\n" + table(header, rows)
    )


def grown(method: str, side: int) -> None:
    """Print CPU seconds, hole pixels and peak memory in MB of one run; for a fresh process."""
    one = case("astronaut", square(data.astronaut(), side), "square")
    colorizer = COLORIZERS.create(method, Compute())
    planes = one.planes()
    if method == LEARNED:
        import torch

        torch.set_num_threads(1)
    _, _, cpu = timed(lambda: exhaust(colorizer.run(*planes)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(cpu, int(one.hole.sum()), peak)


def sheet(pictures: dict[str, np.ndarray]) -> None:
    """Draw one row of results a picture."""
    rows = []
    for name, image in pictures.items():
        one = case(name, image, "square")
        planes = one.planes()
        empty = np.where(one.hole[..., None], 0, image).astype(np.uint8)
        dear = published.shown(one)
        shown = [image, empty, np.zeros_like(image) if dear is None else dear]
        for method in ("propagation", "hybrid", LEARNED):
            found = exhaust(COLORIZERS.create(method, Compute()).run(*planes))
            shown.append(np.where(one.hole[..., None], np.rint(found.plane * 255), image))
        rows.append(np.hstack(shown))
    Image.fromarray(np.vstack(rows).astype(np.uint8)).save(SHEET, optimize=True)


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(prog="python -m benchmarks.colour", description=__doc__)
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=1, help="runs of the network a case")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_section("colour", measure(2, arguments.pictures, arguments.seeds))


if __name__ == "__main__":
    main()
