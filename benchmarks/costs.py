"""What a grey fill costs: CPU time by size and share of the hole, and peak memory.

A contender that would take more than `PATIENCE` seconds, judged by its last size, is left out.
Peak memory is that of a process that does nothing else.
"""

import subprocess
import sys
import threading
from collections.abc import Sequence

import numpy as np

from benchmarks.frame import table, timed
from benchmarks.peers import Contender, contenders
from benchmarks.pictures import mask, photograph

SIDES = (256, 512, 1024, 2048)
SHARES = (0.01, 0.05, 0.2, 0.4)
PATIENCE = 15.0  # seconds
MEMORY_SIDES = (512, 1024)
KINDS = {
    "strokes, 22 %": ("strokes", {"share": 0.22}),
    "block, 25 % of the side": ("block", {"side": 0.25}),
    "one scratch": ("scratches", {"share": 0.0005}),
}


def measure(repeats: int) -> str:
    """Return the section; every case runs once, whatever `repeats` says."""
    able = [contender for contender in contenders() if contender.fill is not None]
    by_size = [
        (c.name, title, *_by_size(c, kind, size))
        for c in able
        for title, (kind, size) in KINDS.items()
    ]
    by_share = [(c.name, *_by_share(c)) for c in able]
    memory = [(c.name, *(_peak_memory(c.name, side) for side in MEMORY_SIDES)) for c in able]
    introduction = (
        "## What grey fills cost\n\n"
        "Grey photographs of 8 bits. Who would take more than "
        f"{PATIENCE:.0f} CPU-seconds, judged by the size before, was left out."
    )
    return "\n\n".join(
        (
            introduction,
            "### CPU seconds by side of the picture\n\n"
            + table(("method", "mask", *map(str, SIDES)), by_size),
            "### CPU seconds by share of strokes, 512 × 512\n\n"
            + table(("method", *(f"{share:.0%}" for share in SHARES)), by_share),
            "### Peak memory above the start, MB, a block of 40 % of the side\n\n"
            + table(("method", *map(str, MEMORY_SIDES)), memory),
        )
    )


def _by_size(contender: Contender, kind: str, size: dict[str, float]) -> list[str]:
    cases = [(photograph(side), mask(kind, (side, side), 1, **size)) for side in SIDES]
    return _patiently(contender, cases)


def _by_share(contender: Contender) -> list[str]:
    grey = photograph(512)
    return _patiently(contender, [(grey, mask("strokes", grey.shape, 1, share=s)) for s in SHARES])


def _patiently(contender: Contender, cases: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[str]:
    """Return the CPU seconds of ever larger cases, up to the first that would take too long."""
    cells: list[str] = []
    rate = 0.0  # seconds for a pixel of hole
    for grey, hole in cases:
        if rate * hole.sum() > PATIENCE:
            cells.append(f"> {PATIENCE:.0f}")
            continue
        assert contender.fill is not None
        cpu = timed(lambda g=grey, h=hole: contender.fill(np.where(h, 0, g).astype(np.uint8), h))[
            2
        ]
        rate = cpu / hole.sum()
        cells.append(f"{cpu:.3g}")
    return cells


def _peak_memory(name: str, side: int) -> str:
    """Return the megabytes that filling takes, found by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.costs", name, str(side)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return done.stdout.strip()


def _watched(name: str, side: int) -> float:
    """Fill while a thread watches this process grow; return megabytes."""
    import psutil

    fill = next(c.fill for c in contenders() if c.name == name)
    assert fill is not None
    small = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    fill(small, np.pad(np.ones((8, 8), bool), 28))  # what is imported once
    grey = photograph(side)
    hole = mask("block", grey.shape, 1, side=0.4)
    process, done, peak = psutil.Process(), threading.Event(), 0

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.002):
            peak = max(peak, process.memory_info().rss)

    before = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        fill(np.where(hole, 0, grey).astype(np.uint8), hole)
    finally:
        done.set()
        watcher.join()
    return max(0, peak - before) / 1e6


if __name__ == "__main__":
    print(f"{_watched(sys.argv[1], int(sys.argv[2])):.0f}")
