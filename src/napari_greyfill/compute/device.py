"""Where and how a method computes: device, seed, cancelling, memory.

Importing this module does not import torch; `choose_device` does.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import BadParameterError, CancelledError, OutOfMemoryError

__all__ = [
    "DEVICES",
    "CancelCheck",
    "Compute",
    "choose_device",
    "clear_memory_errors",
    "cores",
    "free_memory",
    "leave_a_core",
    "most_threads",
    "never",
    "present_devices",
]

DEVICES = ("auto", "cpu", "cuda", "mps")
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd", "C:/Windows/System32/nvcuda.dll")
IN_TORCH = ("cuda",)  # devices of methods that can do without torch elsewhere
CancelCheck = Callable[[], bool]


def never() -> bool:
    """Never cancel."""
    return False


@dataclass(frozen=True)
class Compute:
    """What every method is told about the run it is part of.

    Attributes
    ----------
    device : {"cpu", "cuda", "mps"}
        A device that exists here.
    seed : int
        The same seed on the same device gives the same pixels.
    cancelled : callable
        Asked inside long computations, in the thread that runs them.
    """

    device: str = "cpu"
    seed: int = 0
    cancelled: CancelCheck = never

    @property
    def in_torch(self) -> bool:
        """Return whether methods that can do with or without torch should take it."""
        return self.device in IN_TORCH

    def check(self) -> None:
        """Raise `CancelledError` if the caller wants the computation to stop."""
        if self.cancelled():
            raise CancelledError("The fill was cancelled; nothing was changed.")


_window = False  # whether somebody looks at a window of this process


def leave_a_core() -> None:
    """Let networks on the CPU leave one of its cores to the window of this process."""
    global _window
    _window = True


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def most_threads(device: str) -> int | None:
    """Return how many threads a network may take at most; None if that is torch's to say.

    The answer does not depend on how many it takes now, so that runs at the same time agree.

    Parameters
    ----------
    device : str
        Where it runs.
    """
    return max(1, cores() - 1) if _window and device == "cpu" else None


def choose_device(requested: str) -> tuple[str, str]:
    """Return a device that works here, and a sentence if it is not the one asked for.

    Parameters
    ----------
    requested : {"auto", "cpu", "cuda", "mps"}
        "auto" takes the first of cuda, mps and cpu that works, without comment.

    Raises
    ------
    BadParameterError
        For any other name.
    """
    if requested not in DEVICES:
        raise BadParameterError(
            f"There is no device {requested!r}; choose one of: {', '.join(DEVICES)}."
        )
    if requested == "cpu":
        return "cpu", ""
    working = _accelerators()
    if requested == "auto":
        return (working or ["cpu"])[0], ""
    if requested in working:
        return requested, ""
    sentence = f"The device {requested} does not work here, so the CPU is used instead."
    return "cpu", " ".join(filter(None, (sentence, lacking_torch())))


def _accelerators() -> list[str]:
    if lacking_torch():
        return []
    import torch

    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return found


def present_devices() -> tuple[str, ...]:
    """Return "auto", "cpu", and those of "cuda" and "mps" that may work here.

    Does not ask torch, whose import takes seconds, and which another thread may be at: a look at
    the driver and at how torch was built takes a fraction of a millisecond.
    """
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return ("auto", "cpu")
    found = ["auto", "cpu"]
    if any(Path(driver).exists() for driver in _DRIVERS) and _built_for_cuda(spec.origin):
        found.append("cuda")
    if sys.platform == "darwin" and platform.machine() == "arm64":
        found.append("mps")
    return tuple(found)


def _built_for_cuda(torch: str) -> bool:
    """Return whether a torch, found here, says that it was built for CUDA, or for AMD's like."""
    version = Path(torch).with_name("version.py")
    lines = version.read_text("utf-8").splitlines() if version.is_file() else []
    told = [line.rstrip() for line in lines if line.startswith(("cuda", "hip"))]
    return any(not line.endswith("None") for line in told)


def free_memory(device: str) -> int:
    """Return how many bytes a device has left for us."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    import psutil

    return int(psutil.virtual_memory().available)


@contextmanager
def clear_memory_errors(device: str) -> Iterator[None]:
    """Turn torch's out-of-memory errors into `OutOfMemoryError`, and free cached GPU memory."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemoryError(
            f"The device {device} has too little memory for this window; "
            "choose the CPU or paint a smaller mask."
        ) from error
    finally:
        if device == "cuda":
            torch.cuda.empty_cache()
