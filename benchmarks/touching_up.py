"""What filling again costs after the mask was touched up, where only what changed is filled."""

import numpy as np
from skimage import data, draw, transform

from benchmarks.frame import table, timed
from napari_greyfill import fill

SIDE = 2048
SCRATCHES = 100
SHORT, LONG = (30, 60), (30, 200)  # pixels
CASES = (
    (SHORT, "biharmonic"),
    (SHORT, "correction"),
    (SHORT, "blend"),
    (LONG, "biharmonic"),
    (LONG, "correction"),
)
HEADER = (
    "scratches, px",
    "method",
    "regions",
    "filled again",
    "first fill, CPU s",
    "again, CPU s",
    "all anew, CPU s",
    "share",
)


def measure(repeats: int) -> str:
    image = (transform.resize(data.camera(), (SIDE, SIDE)) * 255).astype(np.uint8)
    rows = [_row(image, *case) for case in CASES]
    return (
        "## Touching up\n\n"
        f"{SCRATCHES} straight scratches of two pixels on scikit-image's camera, enlarged to "
        f"{SIDE} × {SIDE} pixels, filled; then one more is painted, and `fill(..., "
        "after=first)` fills only what changed, as the dock *Fill* does by itself. *All anew* is "
        "the same fill without `after`; the pixels of both were compared and are the same. "
        "Holes closer than 128 pixels share a region, which is filled again as a whole: scratches "
        "as dense as the long ones make few and large regions. Single runs.\n\n"
        + table(HEADER, rows)
    )


def _row(image: np.ndarray, lengths: tuple[int, int], method: str) -> tuple[object, ...]:
    mask = _scratched(SCRATCHES, lengths, np.random.default_rng(1))
    more = mask | _scratched(1, lengths, np.random.default_rng(7))
    first, _, cpu = timed(lambda: fill(image, mask, method=method))
    again, _, cpu_again = timed(lambda: fill(image, more, method=method, after=first))
    anew, _, cpu_anew = timed(lambda: fill(image, more, method=method))
    assert np.array_equal(again.image, anew.image)
    counts = again.memory.counts
    share = f"{cpu_again / cpu_anew:.2f}"
    size = f"{lengths[0]} to {lengths[1]}"
    return size, method, counts["all"], counts["filled"], cpu, cpu_again, cpu_anew, share


def _scratched(count: int, lengths: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    for _ in range(count):
        y, x = rng.integers(20, SIDE - 20, 2)
        angle, length = rng.uniform(0, np.pi), rng.uniform(*lengths)
        end = np.clip([y + length * np.sin(angle), x + length * np.cos(angle)], 0, SIDE - 1)
        rows, columns = draw.line(int(y), int(x), *end.astype(int).tolist())
        mask[rows, columns] = mask[np.clip(rows + 1, 0, SIDE - 1), columns] = True
    return mask
