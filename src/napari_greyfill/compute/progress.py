"""Generators that report how far they are and return a result.

Long work is written as a generator: every value it yields is a point where it can be
cancelled (by closing it), and its return value is the result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

__all__ = ["exhaust", "scaled", "translated"]

S = TypeVar("S")
T = TypeVar("T")
Y = TypeVar("Y")


def exhaust(work: Generator[S, None, T], watch: Callable[[S], object] | None = None) -> T:
    """Run a generator to its end and return what it returns; `watch` is shown each step."""
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if watch is not None:
            watch(step)


def translated(
    work: Generator[S, None, T], told: Callable[[S], Iterable[Y]]
) -> Generator[Y, None, T]:
    """Run a generator and yield, for each of its steps, what that step is told as."""
    while True:
        try:
            step = next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        yield from told(step)


def scaled(work: Generator[float, None, T], start: float, end: float) -> Generator[float, None, T]:
    """Run a generator of fractions so that its 0 to 1 becomes `start` to `end`."""
    return translated(work, lambda fraction: (start + (end - start) * fraction,))
