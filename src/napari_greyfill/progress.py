"""Generators that report how far they are and return a result.

Long work is written as a generator: every value it yields is a point where it can be
cancelled (by closing it), and its return value is the result.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

__all__ = ["exhaust", "scaled"]

T = TypeVar("T")


def exhaust(work: Generator[object, None, T]) -> T:
    """Run a generator to its end and return what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result


def scaled(work: Generator[float, None, T], start: float, end: float) -> Generator[float, None, T]:
    """Run a generator of fractions so that its 0 to 1 becomes `start` to `end`."""
    while True:
        try:
            fraction = next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        yield start + (end - start) * fraction
