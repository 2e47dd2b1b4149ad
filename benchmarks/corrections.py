"""Marks that let light pass: corrected, filled or left, on pictures whose truth is known.

Marks are made up and laid over pictures of the reporting half; each is painted two pixels too
large. Opaque things are laid over the same pictures, of which nothing must be taken for a mark.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import data

import napari_greyfill
from benchmarks.frame import save_sheet, table
from benchmarks.judging import CAP
from benchmarks.pictures import SIDE, blob, grey_of, pictures
from napari_greyfill.pipeline.result import CORRECTED

COUNT = 8  # grey pictures, evenly chosen
PASSING = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
COLOURED = ("astronaut", "chelsea", "coffee", "immunohistochemistry", "retina", "rocket")
INK = np.array([0.35, 0.55, 0.85])  # of a blue pen: what passes of red, green and blue
SHEET = Path(__file__).parent.parent / "docs" / "images" / "corrections.png"
WIDER = 2  # pixels that masks are painted too large
Cover = Callable[[tuple[int, int], np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Case:
    """What is given, where it is painted, and the truth."""

    given: np.ndarray
    mask: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """Hole PSNR in dB of what is given, of a fill, and of what `correct="auto"` returns."""

    corrected: bool
    left: float
    filled: float
    result: float


def measure(repeats: int, count: int | None = None, folder: Path | None = None) -> str:
    """Return the section; every case runs once, whatever `repeats` says."""
    warnings.simplefilter("ignore", napari_greyfill.GreyfillWarning)
    chosen = pictures("report", folder, count or COUNT)
    marks: dict[str, list[Outcome]] = {}
    shares: dict[str, list[Outcome]] = {f"{passes:.0%}": [] for passes in PASSING}
    opaque: dict[str, list[Outcome]] = {}
    for index, picture in enumerate(chosen):
        print(f"\r{index + 1}/{len(chosen)}", end="", flush=True)
        for number, kind in enumerate(MARKS):
            passes = PASSING[(index + number) % len(PASSING)]
            outcome = _outcome(marked(picture.grey, kind, passes, index))
            marks.setdefault(kind, []).append(outcome)
            shares[f"{passes:.0%}"].append(outcome)
        for kind in OPAQUE:
            outcome = _outcome(covered(picture.grey, kind, index))
            opaque.setdefault(kind, []).append(outcome)
    for index, name in enumerate(COLOURED):
        for seed in (index, index + 50):
            outcome = _outcome(marked(_colours(name), "pen", INK, seed))
            marks.setdefault("blue pen, colour pictures", []).append(outcome)
    print()
    return _section(len(chosen), marks, shares, opaque, draw())


def marked(image: np.ndarray, kind: str, passes: float | np.ndarray, seed: int) -> Case:
    """Return a picture with a mark that lets a share of the light pass."""
    rng = np.random.default_rng([list(MARKS).index(kind), seed])
    cover = MARKS[kind](image.shape[:2], rng)
    adds = 255 * (1 - np.asarray(passes)) if kind == "white scale bar" else 0.0
    return _case(image, cover, image * np.asarray(passes) + adds)


def covered(image: np.ndarray, kind: str, seed: int) -> Case:
    """Return a picture with something opaque on it."""
    rng = np.random.default_rng([100 + list(OPAQUE).index(kind), seed])
    cover = (_pen, _dust, _bar)[seed % 3](image.shape[:2], rng)
    cover = ndimage.gaussian_filter(cover, 0.7) if seed % 2 else cover
    return _case(image, cover, OPAQUE[kind](image.astype(np.float64), rng))


def _case(image: np.ndarray, cover: np.ndarray, over: np.ndarray) -> Case:
    share = cover if image.ndim == 2 else cover[..., None]
    given = np.clip(np.rint(image * (1 - share) + share * over), 0, 255).astype(np.uint8)
    mask = ndimage.binary_dilation(cover > 0.02, iterations=WIDER)
    return Case(given, mask, image)


def _outcome(case: Case) -> Outcome:
    chosen = {"method": "blend", "pipeline": "rgb-rgb", "device": "cpu"}
    result = napari_greyfill.fill(case.given, case.mask, correct="auto", **chosen)
    corrected = any(piece.label == CORRECTED for piece in result.pieces)
    filled = result.image
    if corrected:
        filled = napari_greyfill.fill(case.given, case.mask, **chosen).image
    psnr = (_psnr(image, case) for image in (case.given, filled, result.image))
    return Outcome(corrected, *psnr)


def _psnr(image: np.ndarray, case: Case) -> float:
    off = (image.astype(np.float64) - case.truth)[case.mask]
    return min(CAP, float(10 * np.log10(255**2 / max(np.mean(off**2), 1e-9))))


def _place(shape: tuple[int, int], rng: np.random.Generator) -> tuple[float, float]:
    y, x = rng.uniform(0.35, 0.65, 2) * shape
    return float(y), float(x)


def _pen(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = _place(shape, rng)
    at, bend, angle = np.linspace(-1, 1, 400), rng.uniform(-25, 25), rng.uniform(0, np.pi)
    along, across = 40 * at, bend * at**2
    rows = y + along * np.sin(angle) + across * np.cos(angle)
    columns = x + along * np.cos(angle) - across * np.sin(angle)
    line = np.ones(shape, bool)
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    line[rows[inside].astype(int), columns[inside].astype(int)] = False
    thick = ndimage.distance_transform_edt(line) <= rng.uniform(2.5, 5)
    return ndimage.gaussian_filter(thick.astype(float), 0.7)


def _bar(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = (int(place) for place in _place(shape, rng))
    cover = np.zeros(shape)
    height, width = int(rng.integers(6, 12)), int(rng.integers(40, 70))
    cover[y : y + height, max(0, x - width // 2) : x + width // 2] = 1
    return cover


def _dust(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = _place(shape, rng)
    rows, columns = np.indices(shape)
    disc = np.hypot(rows - y, (columns - x) * rng.uniform(0.7, 1.4)) <= rng.uniform(8, 20)
    return ndimage.gaussian_filter(disc.astype(float), rng.uniform(0.7, 2.5))


def _shadow(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = _place(shape, rng)
    rows, columns = np.indices(shape)
    return np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * rng.uniform(7, 14) ** 2))


def _stain(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a blot that is half as strong at one end as at the other."""
    columns = np.indices(shape)[1] / shape[1]
    part = ndimage.gaussian_filter(blob(shape, rng, share=0.04).astype(float), 1.0)
    return part * np.clip(1.2 - 0.6 * columns, 0, 1)


def _elsewhere(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.roll(image, rng.integers(60, 120, 2), (0, 1)) * rng.uniform(0.5, 1.0)


def _another(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    other = grey_of(data.coins()).astype(np.float64)
    y, x = (int(rng.integers(0, n - SIDE + 1)) for n in other.shape)
    tile = np.pad(other[y : y + SIDE, x : x + SIDE], ((0, SIDE), (0, SIDE)), mode="symmetric")
    return tile[: image.shape[0], : image.shape[1]]


MARKS: dict[str, Cover] = {
    "pen": _pen,
    "dark scale bar": _bar,
    "white scale bar": _bar,
    "dust, soft rim": _dust,
    "shadow that fades": _shadow,
    "uneven stain": _stain,
}
OPAQUE: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "black": lambda image, rng: np.full(image.shape, 12.0),
    "even, as bright as the picture": lambda image, rng: np.full(image.shape, image.mean()),
    "noise": lambda image, rng: image.mean() + rng.normal(0, image.std(), image.shape),
    "the picture itself from elsewhere": _elsewhere,
    "another picture": _another,
}


def _colours(name: str) -> np.ndarray:
    image = getattr(data, name)()[..., :3]
    y, x = ((length - SIDE) // 2 for length in image.shape[:2])
    return image[y : y + SIDE, x : x + SIDE]


def _section(
    count: int,
    marks: dict[str, list[Outcome]],
    shares: dict[str, list[Outcome]],
    opaque: dict[str, list[Outcome]],
    titles: list[str],
) -> str:
    header = ("", "cases", "corrected, %", "left", "filled", "auto", "gain", "worst gain")
    found = [(name, *_row(outcomes)) for name, outcomes in marks.items()]
    passing = [(name, *_row(outcomes)) for name, outcomes in shares.items()]
    wrong = [(name, *_row(outcomes)) for name, outcomes in opaque.items()]
    return (
        "## Marks that let light pass\n\n"
        f"Made-up marks on {count} grey pictures of the reporting half, which let 20 to 90 % of "
        f"the light pass, and on {len(COLOURED)} in colour; masks are {WIDER} pixels too wide. "
        "Hole PSNR in dB, medians over all cases: *left* as it is, *filled* by the default, "
        '*auto* with `correct="auto"`. *Gain* is the median over the cases that were corrected of '
        "auto less filled, in dB, and *worst gain* the least of them.\n\n"
        + table(("mark", *header[1:]), found)
        + "\n\n### By the share of light that passes\n\n"
        + table(("passes", *header[1:]), passing)
        + "\n\n### Opaque things: what must not be corrected\n\n"
        + table(("what", *header[1:]), wrong)
        + f"\n\nFrom left to right: {', '.join(titles)}.\n\n"
        "![Marks, filled and corrected](images/corrections.png)"
    )


def _row(outcomes: list[Outcome]) -> tuple:
    gains = [each.result - each.filled for each in outcomes if each.corrected]
    middle = (np.median([getattr(o, name) for o in outcomes]) for name in _MEASURES)
    told = (f"{np.median(gains):+.1f}", f"{min(gains):+.1f}") if gains else ("", "")
    share = round(100 * len(gains) / len(outcomes))
    return (len(outcomes), share, *(round(float(value), 1) for value in middle), *told)


_MEASURES = ("left", "filled", "result")
_SHOWN = (
    ("immunohistochemistry", "pen", INK),
    ("chelsea", "dark scale bar", 0.5),
    ("immunohistochemistry", "white scale bar", 0.5),
    ("immunohistochemistry", "dust, soft rim", 0.4),
    ("chelsea", "uneven stain", 0.4),
)


def draw() -> list[str]:
    """Write the sheet and return the titles of its columns."""
    from matplotlib import pyplot

    titles = ["given", "mask", "filled", "correct=auto", "truth"]
    figure, axes = pyplot.subplots(len(_SHOWN), 5, figsize=(8, 1.6 * len(_SHOWN)))
    for row, (name, kind, passes) in zip(axes, _SHOWN, strict=True):
        case = marked(_colours(name), kind, passes, 3)
        chosen = {"method": "blend", "pipeline": "rgb-rgb"}
        filled = napari_greyfill.fill(case.given, case.mask, **chosen).image
        result = napari_greyfill.fill(case.given, case.mask, correct="auto", **chosen)
        y, x = (int(np.mean(where)) - 64 for where in np.nonzero(case.mask))
        y, x = (min(max(0, at), SIDE - 128) for at in (y, x))
        window = (slice(y, y + 128), slice(x, x + 128))
        shown = (case.given, case.mask, filled, result.image, case.truth)
        for axis, image in zip(row, shown, strict=True):
            axis.imshow(image[window], cmap="gray", interpolation="nearest")
            axis.set_axis_off()
        corrected = result.pieces[0].label == CORRECTED
        row[3].text(3, 124, "corrected" if corrected else "filled", fontsize=6)
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=7)
    figure.subplots_adjust(0, 0, 1, 0.96, 0.02, 0.06)
    save_sheet(figure, SHEET)
    return titles
