"""What many small holes cost, beside scikit-image's biharmonic in the same run."""

from collections.abc import Callable

import numpy as np
from skimage import data
from skimage.restoration import inpaint_biharmonic

import napari_greyfill
from benchmarks.frame import Timing, alternating, table, timed

CASES = ((2500, 500), (6000, 3000))  # side in pixels, and how many specks
METHODS = ("blend", "biharmonic")
PEER = "scikit-image biharmonic"
LARGE = 4000  # side from which a single run has to do


def measure(repeats: int) -> str:
    rows = [row for case in CASES for row in _rows(*case, repeats)]
    header = (
        "image",
        "specks",
        "method",
        "wall s",
        "CPU s",
        "times the peer",
        "ms a speck",
        "PSNR",
    )
    return (
        "## Many small holes\n\n"
        "Squares of 3 to 9 pixels a side on scikit-image's astronaut, tiled, RGB in 8 bits; some "
        f"touch. Median of {repeats} runs in turn, of a single one from {LARGE} pixels a side. "
        "PSNR is that of the hole, in all three channels, in dB; *times the peer* goes by CPU "
        "seconds.\n\n"
        + table(header, rows)
        + "\n\nBefore holes of a few pixels were filled many at a time, each cost the default 127 "
        "ms: 63.5 s for 500 in 2,500 × 2,500 pixels, and 487 s for 3,000 in 36 megapixels."
    )


def _rows(side: int, count: int, repeats: int) -> list[tuple[object, ...]]:
    image, hole = speckled(side, count)
    fills = _contenders(image, hole)
    times, results = _timed(fills, repeats if side < LARGE else 1)
    return [
        (
            f"{side} × {side}",
            count,
            name,
            f"{times[name].wall:.2f}",
            f"{times[name].cpu:.2f}",
            f"{times[name].cpu / times[PEER].cpu:.2f}",
            f"{1000 * times[name].cpu / count:.1f}",
            f"{_psnr(results[name], image, hole):.2f}",
        )
        for name in fills
    ]


def speckled(side: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a colour photograph of any size, and squares of 3 to 9 pixels scattered over it."""
    photograph = data.astronaut()
    repeats = -(-side // photograph.shape[0])
    image = np.tile(photograph, (repeats, repeats, 1))[:side, :side].copy()
    rng = np.random.default_rng(0)
    hole = np.zeros((side, side), dtype=bool)
    for _ in range(count):
        y, x = rng.integers(5, side - 6, 2)
        half = rng.integers(1, 5)
        hole[y - half : y + half + 1, x - half : x + half + 1] = True
    return image, hole


def _contenders(image: np.ndarray, hole: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    given = np.where(hole[..., None], 0, image).astype(np.uint8)

    def peer() -> np.ndarray:
        filled = inpaint_biharmonic(given, hole, channel_axis=-1, split_into_regions=True)
        return np.rint(255 * filled).astype(np.uint8)

    def ours(method: str) -> Callable[[], np.ndarray]:
        return lambda: np.asarray(napari_greyfill.fill(given, hole, method=method).image)

    return {PEER: peer, **{name: ours(name) for name in METHODS}}


def _timed(
    fills: dict[str, Callable[[], np.ndarray]], repeats: int
) -> tuple[dict[str, Timing], dict[str, np.ndarray]]:
    """Return times, and what the fills return; a single run needs no other before it."""
    if repeats == 1:
        once = {name: timed(fill) for name, fill in fills.items()}
        times = {name: Timing(wall, cpu) for name, (_, wall, cpu) in once.items()}
        return times, {name: np.asarray(result) for name, (result, _, _) in once.items()}
    return alternating(fills, repeats), {name: fill() for name, fill in fills.items()}


def _psnr(filled: np.ndarray, image: np.ndarray, hole: np.ndarray) -> float:
    error = filled[hole].astype(float) - image[hole]
    return float(-10 * np.log10(np.mean(error**2) / 255**2))
