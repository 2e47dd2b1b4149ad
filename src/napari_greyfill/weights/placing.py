"""Put a checkpoint that was looked at into the weights folder."""

from __future__ import annotations

from pathlib import Path

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import CancelledError
from napari_greyfill.weights.folder import own_part, stale, unfinished

__all__ = ["placed", "require_going_on", "without_links"]

_BLOCK = 1 << 20  # bytes


def placed(content: bytes, target: Path, cancelled: CancelCheck) -> None:
    """Write a file whole or not at all, and delete what earlier attempts have left.

    Parameters
    ----------
    content : bytes
        All of the file.
    target : Path
        Where it is to be; what is there is replaced.
    cancelled : callable
        Asked in between; nothing has changed if it says so.

    Raises
    ------
    CancelledError
    OSError
    """
    part = own_part(target)
    try:
        with part.open("xb") as file:
            for start in range(0, len(content), _BLOCK):
                require_going_on(cancelled)
                file.write(content[start : start + _BLOCK])
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    for rest in filter(stale, unfinished(target)):
        rest.unlink(missing_ok=True)


def require_going_on(cancelled: CancelCheck) -> None:
    """Raise `CancelledError` if the user wants no more."""
    if cancelled():
        raise CancelledError("The look at the checkpoint was cancelled; nothing was changed.")


def without_links(file: Path) -> Path:
    """Follow links; where that fails, reading will say what is wrong."""
    try:
        return file.expanduser().resolve()
    except (OSError, RuntimeError):
        return file
