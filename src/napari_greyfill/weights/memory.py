"""What is remembered about a checkpoint in the weights folder, in a small JSON file beside it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from napari_greyfill.atomic import replacing
from napari_greyfill.weights.own import Own

__all__ = ["Memory", "memory_file", "recall", "remember"]


@dataclass(frozen=True)
class Memory:
    """What is known about a file.

    Attributes
    ----------
    sha256 : str
        Of the file when it had this size and time.
    bytes : int
    mtime : int
        In nanoseconds.
    accepted : str
        Its SHA-256 when it was downloaded or added; empty if it was put there by other means.
    rejected : str
        What was wrong with it when it was tried; empty if nothing was, or it was not tried.
    own : Own or None
        What the user says about it, if it is no published file.
    """

    sha256: str
    bytes: int
    mtime: int
    accepted: str = ""
    rejected: str = ""
    own: Own | None = None

    @classmethod
    def of(cls, status: os.stat_result, sha256: str, earlier: Memory | None) -> Memory:
        """Return the memory of a file as it is now, with what was said about it earlier."""
        now = cls(sha256, status.st_size, status.st_mtime_ns)
        if earlier is None:
            return now
        return replace(now, accepted=earlier.accepted, own=earlier.own)

    @property
    def found(self) -> bool:
        """Whether the file was put there by hand, so that another one may be there any time."""
        return self.own is not None and self.own.found

    def describes(self, status: os.stat_result) -> bool:
        """Tell whether a file has not changed since."""
        return (self.bytes, self.mtime) == (status.st_size, status.st_mtime_ns)


def memory_file(file: Path) -> Path:
    """Return where the memory of a file is kept."""
    return file.with_name(f"{file.name}.json")


def recall(file: Path) -> Memory | None:
    """Read the memory of a file; whatever is not as we write it counts as none."""
    try:
        fields = json.loads(memory_file(file).read_text("utf-8"))
        own = fields.pop("own", None)
        memory = Memory(**fields, own=None if own is None else Own(**own))
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    texts = (memory.sha256, memory.accepted, memory.rejected)
    sound = all(isinstance(text, str) for text in texts)
    return memory if sound and (memory.own is None or memory.own.sound) else None


def remember(file: Path, memory: Memory) -> bool:
    """Write the memory of a file, whole or not at all; return whether that could be done."""
    fields = {key: value for key, value in asdict(memory).items() if value is not None}
    with suppress(OSError):
        with replacing(memory_file(file)) as part:
            part.write((json.dumps(fields, indent=2) + "\n").encode())
        return True
    return False
