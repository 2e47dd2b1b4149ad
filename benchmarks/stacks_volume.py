"""Damage over several planes of a stack: bubbles, missing planes, static dust.

The stacks are those of `stack_data`. What a case scored is stored with a hash of the code, the
stack and the damage, and not repeated.
"""

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import stack_data
from benchmarks.frame import stored, table
from benchmarks.stack_data import Stack, stacks
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GapTooWideError
from napari_greyfill.inpaint import blend
from napari_greyfill.inpaint.neighbours import (
    bubble,
    bubble_trials,
    dust,
    dust_gain,
    flow,
    gain,
    gap,
    members,
    planes,
    regression,
    volume,
    weights,
)
from napari_greyfill.inpaint.neighbours.base import Slice

STORE = Path(__file__).parent / "stack_volume_results.json"
FLOOR = 4e-6  # mean squared error that is not told from 0: half a grey level of 255
DEPTHS = (2, 3, 5, 9)
GAPS = (1, 2, 3)
LOSSES = (0.1, 0.15, 0.2, 0.35, 0.5, 0.8, 0.9, 0.95)
SHARE = 0.06  # of the middle plane that a bubble covers
PHOTONS = 300  # at 1, where there is no dust
FRAMES = 40
SHOWN = 4  # frames of a series that are measured
SHARED = (blend, flow, members, planes, regression, weights)
Score = dict[str, float]


def measure(repeats: int, folder: Path | None = None) -> str:
    """Return the section; every case is dear enough to run once, whatever `repeats` says."""
    chosen = stacks(folder)
    return "\n\n".join([_introduction(chosen), _bubbles(chosen), _gaps(chosen), _dust(chosen)])


def tapering(shape: tuple[int, int], depth: int, seed: int) -> dict[int, np.ndarray]:
    """Return an ellipsoid through so many planes, by their number from 0."""
    rng = np.random.default_rng(seed)
    radius, stretch = np.sqrt(SHARE * shape[0] * shape[1] / np.pi), rng.uniform(0.75, 1.33)
    middle = rng.uniform(0.35, 0.65, 2) * shape
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    holes = {}
    for at in range(depth):
        size = radius * np.sqrt(1 - ((at - (depth - 1) / 2) / ((depth + 1) / 2)) ** 2)
        away = np.hypot((rows - middle[0]) / stretch, (columns - middle[1]) * stretch)
        holes[at] = away <= size
    return holes


def shade(shape: tuple[int, int], loss: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the gain of a few soft grains, and a mask of them with their rims."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    dark = np.zeros(shape)
    for _ in range(3 if min(shape) > 60 else 1):
        radius = rng.uniform(0.05, 0.09) * min(shape) + 1
        middle = rng.uniform(0.2, 0.8, 2) * shape
        away = np.hypot(rows - middle[0], columns - middle[1])
        dark = np.maximum(dark, 1 / (1 + np.exp(away - radius)))
    return (1 - loss * dark).astype(np.float32), dark > 0.03


def reader(
    values: np.ndarray, first: int, holes: dict[int, np.ndarray]
) -> Callable[[int], Slice | None]:
    """Return a reader of a stack whose plane 0 is `values[first]`."""

    def read(offset: int) -> Slice | None:
        if not 0 <= first + offset < len(values):
            return None
        hole = holes.get(offset, np.zeros(values.shape[1:], bool))
        return Slice(np.where(hole, np.float32(0), values[first + offset]), hole)

    return read


def psnr(filled: np.ndarray, truth: np.ndarray) -> float:
    error = np.clip(filled, 0, 1).astype(np.float64) - truth
    return float(-10 * np.log10(np.mean(error**2) + FLOOR))


def _seed(stack: Stack, number: int) -> int:
    return zlib.crc32(stack.name.encode()) % 1000 + 1000 * number


def _places(stack: Stack, depth: int, count: int) -> list[int]:
    """Return first planes of damage, with two planes on either side where that is possible."""
    spare = max(0, len(stack.values) - depth - 4)
    return sorted({2 + round(spare * (i + 0.5) / count) for i in range(count)})


def bubble_case(stack: Stack, depth: int, first: int) -> Score:
    holes = tapering(stack.values.shape[1:], depth, _seed(stack, depth + first))
    read = reader(stack.values, first, holes)
    started = time.process_time()
    fills = exhaust(bubble.fill_bubble(read, holes, Compute()))
    ours = time.process_time()
    alone = {at: exhaust(blend.Blend().run(read(at).plane, hole)) for at, hole in holes.items()}
    end = time.process_time()
    truth = np.concatenate([stack.values[first + at][hole] for at, hole in holes.items()])
    given = {
        name: np.concatenate([some[at].plane[hole] for at, hole in holes.items()])
        for name, some in (("own", fills), ("alone", alone))
    }
    expected = [fills[at].expected_error for at in holes]
    return {
        "alone": psnr(given["alone"], truth),
        "gain": psnr(given["own"], truth) - psnr(given["alone"], truth),
        "share": fills[0].share,
        "factor": (ours - started) / (end - ours),
        "expected": 0.0 if None in expected else float(np.sqrt(np.mean(np.square(expected)))),
        "rms": float(np.sqrt(np.mean((given["own"] - truth) ** 2))),
    }


def gap_case(stack: Stack, count: int, first: int) -> Score:
    gone = dict.fromkeys(range(count), np.ones(stack.values.shape[1:], bool))
    truth = stack.values[first : first + count]
    ends = stack.values[first - 1], stack.values[first + count]
    shares = [(at + 1) / (count + 1) for at in range(count)]
    faded = np.stack([(1 - share) * ends[0] + share * ends[1] for share in shares])
    linear = psnr(faded, truth)
    try:
        fills = exhaust(gap.fill_gap(reader(stack.values, first, gone), 0, count - 1, Compute()))
    except GapTooWideError:
        return {"linear": linear, "refused": 1.0}
    own = psnr(np.stack([fills[at].plane for at in range(count)]), truth)
    errors = [fill.expected_error for fill in fills.values()]
    score = {"linear": linear, "gain": own - linear, "warned": float(bool(fills[0].notes))}
    if None not in errors:
        score["off"] = -10 * np.log10(np.mean(np.square(errors)) + FLOOR) - own
    return score


def dust_case(stack: Stack, loss: float) -> Score:
    truth = stack.values[:FRAMES]
    seed = _seed(stack, 7)
    dim, hole = shade(truth.shape[1:], loss, seed)
    light = np.random.default_rng(seed).poisson(np.maximum(truth * dim, 0) * PHOTONS)
    frames = [
        Slice(np.asarray(one / PHOTONS, np.float32), np.zeros(hole.shape, bool)) for one in light
    ]
    found = dust.estimate_gain(frames, hole, Compute())
    chosen = np.linspace(0, len(truth) - 1, SHOWN).round().astype(int)
    left = np.stack([frames[i].plane[hole] for i in chosen])
    corrected = np.stack([gain.apply_gain(frames[i].plane, found, hole)[hole] for i in chosen])
    filler = blend.Blend()
    filled = np.stack(
        [filler.fill(np.where(hole, np.float32(0), frames[i].plane), hole)[hole] for i in chosen]
    )
    scores = {
        name: psnr(some, truth[chosen][:, hole])
        for name, some in (("leave", left), ("correct", corrected), ("inpaint", filled))
    }
    chosen_score = scores[found.decision]
    return {**scores, "chosen": chosen_score, "depth": found.depth}


def cases(stack: Stack) -> Iterator[tuple[str, Callable[[], Score]]]:
    for depth in DEPTHS:
        if len(stack.values) >= depth + 6:
            for first in _places(stack, depth, 1 if stack.own else 2):
                yield f"bubble {depth} {first}", partial(bubble_case, stack, depth, first)
    for count in GAPS:
        for first in _places(stack, count, 1 if stack.own else 3):
            yield f"gap {count} {first}", partial(gap_case, stack, count, first)
    if stack.name.endswith("_t"):
        for loss in LOSSES:
            yield f"dust {loss}", partial(dust_case, stack, loss)


def gather(chosen: Sequence[Stack], kind: str) -> dict[str, Score]:
    """Return the scores of one kind of damage by case, the stack's name first."""
    own = {
        "bubble": (bubble, bubble_trials, volume),
        "gap": (gap,),
        "dust": (dust, dust_gain, gain),
    }[kind]
    found = {}
    for stack in chosen:
        for key, work in cases(stack):
            if key.startswith(kind):
                name = f"{stack.name} | {key}"
                print(f"\r{name}" + 20 * " ", end="", flush=True)
                modules = (stack_data, *SHARED, *own)
                score = stored(name, modules, (stack.values,), partial(_short, work), STORE)
                found[name] = {k: v for k, v in score.items() if k != "sha256"}
    print()
    return found


def _short(work: Callable[[], Score]) -> Score:
    return {name: float(f"{value:.5g}") for name, value in work().items()}


def _bubbles(chosen: Sequence[Stack]) -> str:
    scores = gather(chosen, "bubble")
    rows = []
    for title, own in (("real", False), ("made", True)):
        names = [stack.name for stack in chosen if stack.own == own]
        for depth in DEPTHS:
            some = [v for k, v in scores.items() if f"| bubble {depth} " in k and _of(k) in names]
            if some:
                gains = [one["gain"] for one in some]
                ratio = [abs(np.log(v["expected"] / v["rms"])) for v in some if v["expected"]]
                numbers = (np.median(gains), np.mean(gains), np.percentile(gains, 10), min(gains))
                rows.append(
                    (title, depth, len(some), f"{np.median([v['alone'] for v in some]):.1f}",
                     *(f"{number:+.2f}" for number in numbers),
                     f"{np.median([v['share'] for v in some]):.2f}",
                     f"{100 * np.mean(np.array(ratio) < np.log(2)):.0f}",
                     f"{np.median([v['factor'] for v in some]):.1f}")
                )  # fmt: skip
    header = ("stacks", "planes", "cases", "hole PSNR alone", "median gain", "mean", "10th pct",
              "worst", "from other planes", "error within 2×, %", "CPU factor")  # fmt: skip
    return "### Bubbles\n\n" + table(header, rows) + "\n\n" + _by_stack(scores, chosen, DEPTHS)


def _by_stack(scores: dict[str, Score], chosen: Sequence[Stack], depths: Sequence[int]) -> str:
    rows = []
    for stack in chosen:
        gains = [
            [v["gain"] for k, v in scores.items() if k.startswith(f"{stack.name} | bubble {d} ")]
            for d in depths
        ]
        rows.append((stack.name, *(f"{np.mean(some):+.1f}" if some else "" for some in gains)))
    header = ("stack", *map(str, depths))
    return "Mean gain by stack and number of planes, dB:\n\n" + table(header, rows)


def _gaps(chosen: Sequence[Stack]) -> str:
    scores = gather(chosen, "gap")
    rows = []
    for title, own in (("real", False), ("made", True)):
        names = [stack.name for stack in chosen if stack.own == own]
        for count in GAPS:
            some = [v for k, v in scores.items() if f"| gap {count} " in k and _of(k) in names]
            filled = [v for v in some if "gain" in v]
            if not filled:
                continue
            gains = [v["gain"] for v in filled]
            off = np.abs([v["off"] for v in filled if "off" in v])
            numbers = (np.mean(gains), np.median(gains), np.percentile(gains, 5), min(gains))
            rows.append(
                (title, count, len(some), len(some) - len(filled),
                 f"{100 * np.mean([v['warned'] for v in filled]):.0f}",
                 f"{np.median([v['linear'] for v in filled]):.1f}",
                 *(f"{number:+.2f}" for number in numbers), f"{100 * np.mean(off < 2):.0f}")
            )  # fmt: skip
    header = ("stacks", "missing", "cases", "refused", "warned, %", "PSNR of fading", "mean gain",
              "median", "5th pct", "worst", "foretold within 2 dB, %")  # fmt: skip
    return "### Missing planes\n\n" + table(header, rows)


def _dust(chosen: Sequence[Stack]) -> str:
    scores = gather(chosen, "dust")
    names = dict.fromkeys(_of(key) for key in scores)
    rows = []
    for loss in LOSSES:
        some = {name: scores[f"{name} | dust {loss}"] for name in names}
        rows.append(
            (f"{100 * loss:.0f} %",
             *(f"{v['correct'] - v['leave']:+.1f} / {v['correct'] - v['inpaint']:+.1f}"
               f" / {v['chosen'] - v['leave']:+.1f}" for v in some.values()))
        )  # fmt: skip
    return (
        "### Static dust\n\nCorrected over left / corrected over filled / what is chosen over "
        "left, dB:\n\n" + table(("light lost", *names), rows) + "\n\n"
        "Where content stands still, as most of the embryo does and some of the cells do, "
        "nothing tells it from a gain, so what is found is doubted, and weak dust may stay as "
        "it is. How far was chosen on dust at other places: the error found at one clean place, "
        "the worst and the root mean square of three were worse in the mean than the geometric "
        "mean of three, and the contrast around the dust and around those places did not tell "
        "more. The estimate between smooth and sharp was added after a look at the calcium and "
        "the tennis series at 80 and 95 %, which are therefore no test of it. "
        "Before, with one place, the same dust on the embryo lost 3.6 to 0.6 dB at 10 to "
        "35 %, and on the cells gained 1.2 to 4.8 dB at 15 to 35 %."
    )


def _of(key: str) -> str:
    return key.split(" | ")[0]


def _introduction(chosen: Sequence[Stack]) -> str:
    return (
        "## Stacks: damage over several planes\n\n"
        f"{len(chosen)} stacks, {sum(not stack.own for stack in chosen)} of them real; planes "
        "on 0 to 1. Bubbles are ellipsoids that cover 6 % of their middle plane; gains are over "
        "the fill of each plane alone, hole PSNR in dB. Missing planes are gone as a whole; gains "
        "are over fading from the plane before to the one after. Dust is one to three soft grains "
        f"in up to {FRAMES} frames of a series with {PHOTONS} photons at 1, drawn anew for each "
        "frame. Errors below half a grey level of 255 are not told apart."
    )
