"""The comparisons as a page of the documentation."""

import platform
from importlib.metadata import version

from tests.parity.comparison import Comparison, Tolerance
from tests.parity.frame import PICTURES

__all__ = ["outside", "page"]

INTRODUCTION = """# Parity with the reference implementations

Written by `make parity` (`python -m tests.parity`), never by hand.

**{verdict}**

## How it is done

The published weights are large and not ours to pass on, so checkpoints are made up: every
tensor of a published layout is filled by a fixed rule. Reference implementations were run with
these checkpoints: the authors' own programs for GMCNN, EdgeConnect, Shift-Net, PRVS, AOT-GAN and
LaMa (its generator); for DeepFill v2 the PyTorch port that the `deepfillv2-pt` and
`deepfillv2-tf` files belong to, and OpenMMLab's; for the Context Encoder the PyTorch port whose
weights are published; for all layouts that end in `-mm` OpenMMLab's, and for `glcic-otenim` and
`pconv-naoto` the programs that they are named after. What went in, what came out and samples of
what is between were stored. Here the same checkpoints are written to files as they are published,
loaded by this project as a user's file would be, and everything is computed again.

There are up to three pictures: *a*, which is square or the only one, *b*, which is not square
and mostly of an odd size, and *g*, which is grey. An error is the largest difference of any
element.

| what | tolerance |
| --- | --- |
| tensors | 0.0001, where the references' own rounding is up to 0.00003 |
| tensors of AOT-GAN, whose gates multiply by ten | 0.001, where it is up to 0.0005 |
| `att_max_score`, after a softmax of tenfold scores | 0.0002, where it is up to 0.00006 |
| LaMa's `model_22`, with values up to 134 | 0.0002, where it is up to 0.00007 |
| grey | 0.0000001 |
| edges, and which row or patch is picked | exact |
| spectral norms | 0.00001 of their size |
| pictures of 8 bits | one level, in the hole alone |

Known pixels are not compared because they are never changed, and one level is allowed because
cutting off at 8 bits turns a tiny difference into a step.

## What it proves, and what it does not

It proves that files of these layouts load, and that with what is in them our networks compute
what the references compute: the same layers, paddings, normalisations, attention, masks, edges
and ranges of values, at sizes that fit and at sizes that don't.

It does not prove

- that a file somebody downloads is of such a layout: the authors' own files have not been tried;
- anything about `glcic-t7`, whose reference was not run: only its layers are those of the others,
  with what its description says is different;
- that the pictures are good: made-up weights fill with noise;
- anything about graphics cards and half precision: this is float32 on the CPU;
- that the authors' TensorFlow program does the same as *deepfillv2-tf, as TensorFlow*: it was not
  run, the reference's arrays were derived from its source. *As ported* and *fused* are the two
  other ways to run the same weights.

## What is compared

{extent}

{versions}
"""
FULL = """All stored arrays but those that only go in, the references' own rounding errors, and the
mask of GMCNN's training loss, because this project does not train it. They are too large to ship:
the tests hold the part that `tests/data/golden/README.md` describes, and run on all of them where
the environment variable `GREYFILL_GOLDEN` names their folder."""
PART = "The arrays that the tests hold, a part of all that were stored."


def page(comparisons: list[Comparison], full: bool) -> str:
    """Return the page, from all comparisons of the full set or of the part that ships."""
    failed = outside(comparisons)
    verdict = f"All {len(comparisons)} comparisons are within their tolerances."
    if failed:
        verdict = f"Of {len(comparisons)} comparisons, {len(failed)} are NOT within tolerance."
    introduction = INTRODUCTION.format(
        verdict=verdict, extent=FULL if full else PART, versions=versions()
    )
    networks = dict.fromkeys(comparison.network for comparison in comparisons)
    sections = [_section(n, [c for c in comparisons if c.network == n]) for n in networks]
    return "\n".join([introduction, *sections])


def versions() -> str:
    """Return a line about what the errors were found with."""
    packages = (f"{p} {version(p)}" for p in ("torch", "numpy", "scikit-image"))
    return f"Found with {', '.join(packages)} and Python {platform.python_version()}."


def _section(network: str, comparisons: list[Comparison]) -> str:
    rows: dict[tuple[str, ...], list[Comparison]] = {}
    for c in comparisons:
        rows.setdefault((c.layout, c.variant, c.array), []).append(c)
    header = ["layout", "array", *PICTURES, "largest error", "tolerance", "within"]
    lines = [header, ["---"] * len(header), *map(_row, rows.values())]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"### {network}\n\n{table}\n"


def _row(group: list[Comparison]) -> list[str]:
    """Return a table's row from the cases of one array."""
    first = group[0]
    by_case = {comparison.case: _error(comparison) for comparison in group}
    worst = min(group, key=_within_and_small)
    return [
        f"{first.layout}, {first.variant}" if first.variant else first.layout,
        f"`{first.array}`",
        *(by_case.get(case, "") for case in PICTURES),
        _error(worst),
        _limit(first.tolerance),
        "yes" if all(comparison.within for comparison in group) else "**no**",
    ]


def _within_and_small(comparison: Comparison) -> tuple[bool, float]:
    """Order comparisons by how bad they are, the worst first; an error may be no number."""
    return comparison.within, -comparison.error if comparison.within else 0


def _error(comparison: Comparison) -> str:
    if comparison.tolerance.unit == "levels" or comparison.error == 0:
        return f"{comparison.error:g}"
    return f"{comparison.error:.1e}"


def _limit(tolerance: Tolerance) -> str:
    amount = "exact" if tolerance.limit == 0 else f"{tolerance.limit:g}"
    if tolerance.unit == "levels":
        return f"{amount} level"
    return f"{amount} {tolerance.unit}".strip()


def outside(comparisons: list[Comparison]) -> list[str]:
    """Return a line for each array that is not within its tolerance."""
    return [
        f"{c.layout} {c.variant} {c.case} {c.array}: {c.error:g} > {_limit(c.tolerance)}"
        for c in comparisons
        if not c.within
    ]
