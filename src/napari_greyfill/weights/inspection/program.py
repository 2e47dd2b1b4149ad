"""The program that looks through a file that it is given, with limits of memory and time."""

from __future__ import annotations

import json
import sys
from contextlib import suppress

from .content import inspect

__all__ = ["main"]

_SPARE_MEMORY = 512 << 20  # bytes for Python, beside the file


def main() -> None:
    """Write what the bytes on the standard input are, as JSON.

    The last two arguments are how many bytes there are, and for how many seconds to look.
    """
    size, seconds = map(int, sys.argv[-2:])
    _limit(size, seconds)
    sys.stdout.write(json.dumps(inspect(sys.stdin.buffer.read(size))))


def _limit(size: int, seconds: int) -> None:
    """Limit the memory and time of this process, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        memory = 4 * size + _SPARE_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
