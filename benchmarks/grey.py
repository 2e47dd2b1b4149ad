"""The grey stage: our fills against what else people have, on pictures whose truth is known.

Every contender fills every picture of the reporting half with every kind of mask; what it
scored is stored with a hash of its code, picture and masks, and not repeated. Gains are taken
picture by picture before medians are.
"""

import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.frame import stored, table, timed
from benchmarks.judging import CAP, judged
from benchmarks.peers import BASELINE, Contender, contenders
from benchmarks.pictures import GROUPS, MASKS, SIDE, Picture, mask, pictures

STORE = Path(__file__).parent / "grey_results.json"
HEADER = (
    "method",
    "hole PSNR",
    "gain",
    "10th percentile",
    "worst",
    "wins, %",
    "hole SSIM",
    "SSIM wins, %",
    "GMSD",
    "gradient distance",
    "CPU s",
    "wall s",
)
Scores = dict[str, dict[str, dict[str, dict[str, float]]]]  # contender, kind, picture, measure


def measure(repeats: int, count: int | None = None, folder: Path | None = None) -> str:
    """Return the section; every case is dear enough to run once, whatever `repeats` says."""
    chosen = pictures("report", folder, count)
    everyone = contenders()
    scores = {c.name: gather(c, chosen, seed=0) for c in everyone if c.fill is not None}
    missing = [c.name for c in everyone if c.fill is None]
    parts = [_introduction(chosen, missing)]
    for kind in MASKS:
        parts.append(f"### Masks: {kind}\n\n" + table(HEADER, _rows(scores, [kind])))
    parts.append("### All masks\n\n" + table(HEADER, _rows(scores, list(MASKS))))
    parts.append(_by_group(scores, chosen))
    return "\n\n".join(parts)


def gather(contender: Contender, chosen: Sequence[Picture], seed: int) -> dict:
    """Return a contender's scores by kind of mask and picture."""
    found: dict[str, dict[str, dict[str, float]]] = {kind: {} for kind in MASKS}
    for index, picture in enumerate(chosen):
        holes = {kind: mask(kind, picture.grey.shape, _seed(picture, seed)) for kind in MASKS}
        work = partial(_scored, contender, picture, holes)
        key = f"{contender.name} | {picture.name} | {seed}"
        arrays = (picture.grey, *holes.values())
        print(f"\r{contender.name}: {index + 1}/{len(chosen)}", end="", flush=True)
        for kind, scores in stored(key, contender.modules, arrays, work, STORE)["by_kind"].items():
            found[kind][picture.name] = scores
    print()
    return found


def _seed(picture: Picture, seed: int) -> int:
    """Return a number of the picture's own, so that pictures differ in their masks."""
    return 1000 * seed + sum(map(ord, picture.name)) % 1000


def _scored(contender: Contender, picture: Picture, holes: dict[str, np.ndarray]) -> dict:
    assert contender.fill is not None
    by_kind = {}
    for kind, hole in holes.items():
        emptied = np.where(hole, 0, picture.grey).astype(np.uint8)
        filled, wall, cpu = timed(partial(contender.fill, emptied, hole))
        assert isinstance(filled, np.ndarray)
        scores = {**judged(filled, picture.grey, hole), "cpu": cpu, "wall": wall}
        by_kind[kind] = {name: float(f"{value:.4g}") for name, value in scores.items()}
    return {"by_kind": by_kind}


def _rows(scores: Scores, kinds: Sequence[str]) -> list[tuple]:
    return [(name, *_summary(scores[name], scores[BASELINE], kinds)) for name in scores]


def _summary(own: dict, baseline: dict, kinds: Sequence[str]) -> tuple:
    """Return the columns of one row after its name."""
    cases = [(own[k][p], baseline[k][p]) for k in kinds for p in own[k]]
    gains = np.array([a["psnr"] - b["psnr"] for a, b in cases])
    better = [a["ssim"] > b["ssim"] for a, b in cases]
    is_baseline = own is baseline

    def median(measure: str) -> float:
        return statistics.median(a[measure] for a, _ in cases)

    return (
        round(median("psnr"), 2),
        *(f"{value:+.2f}" for value in (np.median(gains), np.percentile(gains, 10), gains.min())),
        "" if is_baseline else f"{100 * np.mean(gains > 0):.0f}",
        round(median("ssim"), 3),
        "" if is_baseline else f"{100 * np.mean(better):.0f}",
        round(median("gmsd"), 4),
        round(median("gradients"), 3),
        round(median("cpu"), 3),
        round(median("wall"), 3),
    )


def _by_group(scores: Scores, chosen: Sequence[Picture]) -> str:
    """Return a table of median gains by group of pictures and kind of mask."""
    rows = []
    for group in GROUPS:
        names = [picture.name for picture in chosen if picture.group == group]
        for method in scores if names else ():
            gains = (_median_gain(scores[method][k], scores[BASELINE][k], names) for k in MASKS)
            if method != BASELINE:
                rows.append((f"{group} ({len(names)})", method, *gains))
    return "### Median gain by group of pictures, dB\n\n" + table(
        ("group", "method", *MASKS), rows
    )


def _median_gain(own: dict, baseline: dict, names: Sequence[str]) -> str:
    return f"{statistics.median(own[n]['psnr'] - baseline[n]['psnr'] for n in names):+.2f}"


def _introduction(chosen: Sequence[Picture], missing: Sequence[str]) -> str:
    groups = ", ".join(f"{sum(p.group == g for p in chosen)} {g}" for g in GROUPS)
    own = sum(picture.own for picture in chosen)
    absent = f" Not installed: {', '.join(missing)}." if missing else ""
    return (
        "## Grey stage: ours against what else there is\n\n"
        f"{len(chosen)} grey crops of at most {SIDE} × {SIDE} pixels ({groups}; {own} of them "
        "from scikit-image, the others from a folder of research pictures), the reporting half: "
        "no parameter was chosen on them. Five masks each, fixed seeds: strokes (30 %), thin "
        "scratches (3 %), dots (5 %), a block of a quarter of the side, a blob (8 %). Hole PSNR "
        f"in dB, capped at {CAP:g}; *gain* is the median over the pictures of the difference to "
        f"{BASELINE}, followed by its 10th percentile, its worst and how often it is above 0. "
        "GMSD (of the whole picture) and gradient distance (in the hole, 0 to 1) are better "
        "when small: they tell a smear from texture. Ours run through `fill` in 8 bits, the "
        "peers are called directly; times are medians of one run for each case." + absent
    )
