"""How much memory and time a computation takes, measured while it runs.

Python's own tracing sees no memory of compiled libraries and slows everything else down, so the
operating system is asked: Linux keeps a high-water mark that can be reset, and elsewhere a thread
looks at the process every few milliseconds.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import psutil

__all__ = ["Cost", "Meter"]

T = TypeVar("T")
Y = TypeVar("Y")
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_INTERVAL = 0.01  # seconds between two looks


@dataclass(frozen=True)
class Cost:
    """What work has cost.

    Attributes
    ----------
    seconds : float
        Wall time inside the work; what happens between its steps does not count.
    peak : int
        Bytes by which this process, or on a graphics card torch, grew at most. Memory that was
        free but still held by the process is given back first where the system's allocator can.
    """

    seconds: float = 0.0
    peak: int = 0

    def __add__(self, later: Cost) -> Cost:
        """Return the cost of both, one after the other."""
        return Cost(self.seconds + later.seconds, max(self.peak, later.peak))


class Meter:
    """Measures work while it runs.

    Attributes
    ----------
    cost : Cost
        Of all that was watched so far.

    Parameters
    ----------
    device : str
        "cuda" measures the graphics card, everything else this process.
    """

    def __init__(self, device: str = "cpu") -> None:
        self.cost = Cost()
        self._device = device
        if device != "cuda":
            _give_back_free_memory()
        self._start = _allocated(device)

    def steps(self, work: Generator[Y, None, T]) -> Generator[Y, None, T]:
        """Run a generator, measuring inside it only."""
        while True:
            try:
                with self.watching():
                    value = next(work)
            except StopIteration as stop:
                result: T = stop.value
                return result
            yield value

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Measure what happens inside."""
        started = time.perf_counter()
        with _peak(self._device) as highest:
            try:
                yield
            finally:
                seconds = time.perf_counter() - started
                self.cost += Cost(seconds, max(0, highest() - self._start))


@contextmanager
def _peak(device: str) -> Iterator[Callable[[], int]]:
    """Yield what returns the most memory allocated since the beginning."""
    if device == "cuda":
        import torch

        torch.cuda.reset_peak_memory_stats()
        yield torch.cuda.max_memory_allocated
    elif _reset_high_water_mark():
        yield _high_water_mark
    else:
        with _sampled() as highest:
            yield highest


def _allocated(device: str) -> int:
    if device == "cuda":
        import torch

        return int(torch.cuda.memory_allocated())
    return int(psutil.Process().memory_info().rss)


def _reset_high_water_mark() -> bool:
    """Start Linux's high-water mark anew; return whether there is one."""
    try:
        _RESET.write_text("5")
    except OSError:
        return False
    return True


def _high_water_mark() -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    return 0


@contextmanager
def _sampled() -> Iterator[Callable[[], int]]:
    process, done = psutil.Process(), Event()
    highest = [process.memory_info().rss]

    def look() -> None:
        highest[0] = max(highest[0], process.memory_info().rss)

    def watch() -> None:
        while not done.wait(_INTERVAL):
            look()

    def most() -> int:
        look()
        return int(highest[0])

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def _give_back_free_memory() -> None:
    """Have the C library return free memory, so that using it again is seen."""
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, others do not
        if trim is not None:
            trim(0)
