"""Contact sheets of fills, faithful and texture, from scikit-image's pictures alone."""

from pathlib import Path

import numpy as np
from skimage import data

from benchmarks.frame import save_sheet
from benchmarks.peers import BASELINE, contenders
from benchmarks.pictures import SIDE, grey_of, mask

FOLDER = Path(__file__).parent.parent / "docs" / "images"
PICTURES = ("coins", "brick", "grass", "gravel", "astronaut", "camera")
SHEETS = {
    "faithful": (("strokes", "scratches", "block"), ("blend",), "OpenCV FSR_FAST"),
    "texture": (("block", "blob"), ("blend", "texture"), "PyPatchMatch"),
}
SHOWN = 144  # pixels a side


def measure(repeats: int) -> str:
    """Write both sheets and return the section that shows them."""
    parts = ["## Contact sheets"]
    for name in SHEETS:
        titles = draw(name, FOLDER / f"fills_{name}.png")
        parts.append(
            f"{name.capitalize()} fills; from left to right: {', '.join(titles)}.\n\n"
            f"![{name} fills](images/fills_{name}.png)"
        )
    return "\n\n".join(parts)


def draw(name: str, path: Path) -> list[str]:
    """Write one sheet and return the titles of its columns."""
    from matplotlib import pyplot

    kinds, ours, peer = SHEETS[name]
    wanted = (BASELINE, peer, *ours)
    fills = {c.name: c.fill for c in contenders() if c.name in wanted and c.fill is not None}
    titles = ["given", *(n for n in wanted if n in fills), "truth"]
    cases = [(picture, kinds[i % len(kinds)]) for i, picture in enumerate(PICTURES)]
    width, height = len(titles), len(cases)
    figure, axes = pyplot.subplots(height, width, figsize=(1.6 * width, 1.6 * height))
    for row, (picture, kind) in zip(axes, cases, strict=True):
        truth = _crop(getattr(data, picture)())
        hole = mask(kind, truth.shape, 7)
        given = np.where(hole, 0, truth).astype(np.uint8)
        shown = [given, *(fills[n](given, hole) for n in titles[1:-1]), truth]
        window = _around(hole)
        for axis, image in zip(row, shown, strict=True):
            axis.imshow(image[window], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            axis.set_axis_off()
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=7)
    figure.subplots_adjust(0, 0, 1, 0.97, 0.02, 0.02)
    save_sheet(figure, path)
    return titles


def _crop(image: np.ndarray) -> np.ndarray:
    grey = grey_of(image)
    y, x = ((length - SIDE) // 2 for length in grey.shape)
    return grey[y : y + SIDE, x : x + SIDE]


def _around(hole: np.ndarray) -> tuple[slice, slice]:
    """Return the part to show: the middle of the hole."""
    middle = [int(np.mean(where)) - SHOWN // 2 for where in np.nonzero(hole)]
    y, x = (min(max(0, m), length - SHOWN) for m, length in zip(middle, hole.shape, strict=True))
    return slice(y, y + SHOWN), slice(x, x + SHOWN)
