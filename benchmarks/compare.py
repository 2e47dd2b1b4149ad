"""What comparing costs beside the methods: bookkeeping, shared work saved, and measuring.

The contenders are a comparison, and the same methods run one by one by `fill` and measured by
`metrics`. The part of a comparison that is no method is its CPU time less that of the stages.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from skimage import data

from benchmarks.frame import alternating, table
from napari_greyfill import compare, fill, metrics
from napari_greyfill.compute import memory
from napari_greyfill.pipeline.names import PIPELINES

SETS = (("blend", "texture"), ("biharmonic", "telea"))  # the two looks, and the quickest
HEADER = (
    *("methods", "hole", "comparison, CPU s", "of it no method, %", "one by one, CPU s"),
    "times the comparison",
)


def measure(repeats: int) -> str:
    image = data.astronaut()
    rows = [
        (", ".join(methods), hole, *_contest(image, mask, methods, repeats))
        for methods in SETS
        for hole, mask in _masks(image.shape[:2]).items()
    ]
    return (
        "## A comparison beside its methods\n\n"
        "A colour photograph of 512 × 512, two methods through three pipelines, "
        f"median of {repeats} runs. *No method* is everything but preparing, stages 1 and 2 and "
        "putting the image together: mostly PSNR, SSIM and ΔE of six results, whose cost depends "
        "on the picture, not on the method, so that its share is largest for the quickest ones. "
        "*One by one* calls `fill` and `metrics` for each combination.\n\n" + table(HEADER, rows)
    )


def _masks(shape: tuple[int, int]) -> dict[str, np.ndarray]:
    box = np.zeros(shape, dtype=bool)
    box[180:330, 200:350] = True
    scattered = np.zeros(shape, dtype=bool)
    rng = np.random.default_rng(0)
    for y, x in rng.integers(0, 500, (60, 2)):
        scattered[y : y + 6, x : x + 60] = True
    return {"box": box, "scattered": scattered}


def _contest(
    image: np.ndarray, mask: np.ndarray, methods: tuple[str, ...], repeats: int
) -> tuple[float, float, float, float]:
    shares: list[float] = []

    def together() -> None:
        with _methods_timed() as spent:
            started = time.process_time()
            compare(image, mask, methods=methods)
            taken = time.process_time() - started
        shares.append(100 * (1 - sum(spent) / taken))

    def one_by_one() -> None:
        for method in methods:
            for pipeline in PIPELINES:
                filled = fill(image, mask, method=method, pipeline=pipeline)
                metrics(filled.image, image, mask)

    found = alternating({"together": together, "one by one": one_by_one}, repeats)
    whole, apart = found["together"].cpu, found["one by one"].cpu
    return whole, float(np.median(shares[1:])), apart, apart / whole


@contextmanager
def _methods_timed() -> Iterator[list[float]]:
    """Collect the CPU seconds inside what meters watch: the methods."""
    spent: list[float] = []
    watching = memory.Meter.watching

    @contextmanager
    def timed(meter: memory.Meter) -> Iterator[None]:
        with watching(meter):
            started = time.process_time()
            try:
                yield
            finally:
                spent.append(time.process_time() - started)

    memory.Meter.watching = timed  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        memory.Meter.watching = watching  # type: ignore[method-assign]
