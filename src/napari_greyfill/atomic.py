"""Write a file whole or not at all: beside its place first, and renamed once it is complete."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from napari_greyfill.errors import UnwritablePathError

__all__ = ["part_of", "reason_of", "replacing", "resolved", "write_text"]


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside the path that takes its place when all went well.

    What was there before keeps its permissions, and a link stays a link.
    """
    target = resolved(path)
    part = part_of(target)
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a full disk may be noticed after the rename
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return resolved(path).with_name(f".{uuid4().hex}.part")


def resolved(path: Path) -> Path:
    """Return the path without links; a circle of them is an `OSError` in every Python."""
    try:
        return path.resolve()
    except RuntimeError as error:  # as older Pythons say it
        raise OSError(errno.ELOOP, "Too many levels of symbolic links", str(path)) from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file whole, or say why not.

    Characters of file names that no text can hold become question marks.

    Raises
    ------
    UnwritablePathError
    """
    try:
        with replacing(Path(path)) as file:
            file.write(text.encode("utf-8", "replace"))
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); choose another folder."
        ) from error


def reason_of(error: BaseException) -> str:
    """Return in a few words why the system refused something."""
    text = getattr(error, "strerror", None) or " ".join(str(error).split())
    if "requested and" in text:  # as numpy says that not everything could be written
        return "there is no room for the whole file"
    return text or type(error).__name__
