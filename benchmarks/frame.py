"""What all benchmarks share: fair timing, tables, a store of dear results, the document."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
STORE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Timing:
    """Medians over the repeats, in seconds."""

    wall: float
    cpu: float


def alternating(contenders: dict[str, Callable[[], object]], repeats: int) -> dict[str, Timing]:
    """Time contenders in turn, so that a slow moment of the machine hits them all.

    Every contender runs once before the clock starts.
    """
    for contender in contenders.values():
        contender()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, contender in contenders.items():
            taken[name].append(timed(contender)[1:])
    return {
        name: Timing(*(statistics.median(column) for column in zip(*times, strict=True)))
        for name, times in taken.items()
    }


def timed(contender: Callable[[], object]) -> tuple[object, float, float]:
    """Return the result, wall seconds and CPU seconds (all threads) of one run."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = contender()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def save_sheet(figure: Figure, path: Path, dpi: int = 100) -> None:
    """Save a figure as an image of few colours, a third as large, and close it.

    Parameters
    ----------
    figure : matplotlib Figure
    path : path
        Of a PNG file.
    dpi : int
        Dots per inch.
    """
    from matplotlib import pyplot
    from PIL import Image

    figure.savefig(path, dpi=dpi)
    pyplot.close(figure)
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(256)
    few.save(path, optimize=True)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; numbers are right-aligned."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join("| " + " | ".join(line) + " |" for line in [list(header), rule, *cells])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


def circumstances() -> str:
    """Return one line about what the numbers were measured with."""
    packages = ", ".join(
        f"{p} {version(p).split('+')[0]}" for p in ("numpy", "scipy", "scikit-image", "torch")
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Measured on {cores} CPU cores, Python {platform.python_version()}, {packages}."


def write_section(name: str, text: str) -> None:
    """Replace one benchmark's section of the document, or append it."""
    start, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    block = f"{start}\n{text.strip()}\n\n{circumstances()}\n{end}"
    document = DOCUMENT.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(document):
        document = pattern.sub(lambda _: block, document)
    else:
        document = f"{document.rstrip()}\n\n{block}\n"
    DOCUMENT.write_text(document, encoding="utf-8")


def stored(
    key: str,
    modules: Sequence[ModuleType],
    arrays: Sequence[np.ndarray],
    work: Callable[[], dict],
    store: Path | None = None,
) -> dict:
    """Return a dear result from the store, or work it out and store it.

    The entry counts only for the same source code, the weights beside it, and the same arrays. A
    benchmark with many entries may have a store of its own.
    """
    store = store or STORE
    found = recalled(key, modules, arrays, store)
    if found is None:
        found = {"sha256": _digest(modules, arrays), **work()}
        # read again: another process may have stored something since
        text = json.dumps({**_entries(store), key: found}, indent=1, sort_keys=True)
        fresh = store.with_suffix(".new")
        fresh.write_text(text + "\n", encoding="utf-8")
        fresh.replace(store)
    return found


def recalled(
    key: str,
    modules: Sequence[ModuleType],
    arrays: Sequence[np.ndarray],
    store: Path | None = None,
) -> dict | None:
    """Return a dear result from the store if it is there for the same code and arrays."""
    entry = _entries(store or STORE).get(key, {})
    return dict(entry) if entry.get("sha256") == _digest(modules, arrays) else None


def _digest(modules: Sequence[ModuleType], arrays: Sequence[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for module in modules:
        digest.update(inspect.getsource(module).encode())
        for weights in sorted(Path(inspect.getfile(module)).parent.glob("*.safetensors")):
            digest.update(weights.read_bytes())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _entries(store: Path) -> dict[str, dict]:
    return json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
