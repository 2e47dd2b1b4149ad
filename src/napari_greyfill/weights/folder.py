"""The weights folder: where it is, and which checkpoints in it can be used.

Beside each checkpoint a small JSON file remembers its SHA-256, so that looking through the
folder does not read gigabytes. It is only believed as long as size and time of the checkpoint
are those it was written for.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from napari_greyfill.compute.detached import answered
from napari_greyfill.errors import GreyfillError, UnwritablePathError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.kinds import HEAD, other_kind

__all__ = [
    "VARIABLE",
    "State",
    "WeightsFolder",
    "file_sha256",
    "megabytes",
    "prefer_folder",
    "weights_folder",
    "writing",
]

VARIABLE = "NAPARI_GREYFILL_WEIGHTS"
State = Literal["ready", "download", "by hand", "damaged", "unreadable"]

_preferred: dict[str, str] = {}  # what the user chose in Preferences
_ABANDONED = 3600.0  # seconds after which a part that nobody has written to is nobody's
_OWN_PART = re.compile(r"\.[0-9a-f]{12}\.part$")
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def weights_folder(explicit: str | os.PathLike[str] | None = None) -> Path:
    """Return where checkpoints live.

    Parameters
    ----------
    explicit : path, optional
        Goes before the environment variable NAPARI_GREYFILL_WEIGHTS, which goes before what
        `prefer_folder` was told, which goes before the user's data folder.
    """
    chosen = explicit or os.environ.get(VARIABLE) or _preferred.get("folder")
    if chosen:
        path = Path(chosen)
        with suppress(RuntimeError):  # there is no such home
            path = path.expanduser()
        return _absolute(path)
    import platformdirs

    return _absolute(platformdirs.user_data_path("napari-greyfill", appauthor=False) / "weights")


def _absolute(path: Path) -> Path:
    with suppress(OSError):  # the working folder may be gone
        return path.absolute()
    return path


def prefer_folder(folder: str) -> None:
    """Keep checkpoints here from now on, unless something more urgent says otherwise.

    An empty name takes that back.
    """
    _preferred["folder"] = folder


@dataclass(frozen=True)
class _Memory:
    """What the JSON file beside a checkpoint says.

    Attributes
    ----------
    sha256 : str
        Of the checkpoint when it had this size and time.
    bytes : int
    mtime : int
        In nanoseconds.
    accepted : str
        Its SHA-256 when it was downloaded or added; empty if it was put there by other means.
    rejected : str
        What was wrong with it when it was tried; empty if nothing was, or it was not tried.
    """

    sha256: str
    bytes: int
    mtime: int
    accepted: str = ""
    rejected: str = ""

    def describes(self, status: os.stat_result) -> bool:
        """Tell whether a file has not changed since."""
        return (self.bytes, self.mtime) == (status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class WeightsFolder:
    """Checkpoints in one folder, which need not exist yet.

    Attributes
    ----------
    path : Path
    """

    path: Path

    def file(self, info: CheckpointInfo) -> Path:
        """Return where a checkpoint belongs, whether or not it is there."""
        return self.path / info.file

    def state(self, info: CheckpointInfo) -> State:
        """Tell whether a checkpoint can be used, or how to get it; never raises or hangs."""
        return self.look(info)[0]

    def look(self, info: CheckpointInfo) -> tuple[State, str]:
        """Return the state of a checkpoint, and what is wrong with it or with the folder.

        The folder may be anywhere, also where nobody answers: that is waited for only briefly.
        What is wrong with a file is the rest of a sentence, with the folder a whole one.
        """
        try:
            here = answered(self.path, lambda: _has_file(self.path, self.file(info)))
        except (OSError, ValueError) as error:
            return "unreadable", unreadable(self.path, error)
        if not here:
            return ("download" if info.url else "by hand"), ""
        problem = self.problem(info)
        return ("damaged" if problem else "ready"), problem

    def problem(self, info: CheckpointInfo, *, again: bool = False) -> str:
        """Return what is wrong with a checkpoint that is there; empty if nothing is.

        Parameters
        ----------
        info : CheckpointInfo
        again : bool
            Whether to read the file even if size and time say that it has not changed.
        """
        try:
            if leads_out(self.file(info)):
                return "is a link to a place outside the weights folder"
            return self._mismatch(info, again)
        except OSError as error:
            return f"cannot be read ({error.strerror or error})"

    def reject(self, info: CheckpointInfo, sha256: str, problem: str) -> None:
        """Remember what was found to be wrong with a checkpoint when it was tried."""
        file = self.file(info)
        with suppress(OSError):
            memory = _recall(file)
            accepted = memory.accepted if memory else ""
            _remember(file, file.stat(), sha256, accepted, problem)

    def _mismatch(self, info: CheckpointInfo, again: bool) -> str:
        size = self.file(info).stat().st_size
        if info.bytes not in (None, size):
            return f"has {size:,} bytes instead of {info.bytes:,}"
        other = _other_kind(self.file(info), size)
        if other:
            return other.removesuffix(".")
        memory = _recall(self.file(info))
        accepted = memory.accepted if memory else ""
        if memory and memory.rejected and not again and memory.describes(self.file(info).stat()):
            return memory.rejected
        if not (info.published_hash or accepted or again):
            return ""  # nothing to compare with, so no need to read the file
        found = self.sha256(info, again=again)
        if not info.matches(found, size):
            return f"has a SHA-256 that begins with {found[:8]}, not {info.published_hash[:8]}"
        if accepted and found != accepted and not info.sha256:
            return "has changed since it was added"
        return ""

    def sha256(self, info: CheckpointInfo, *, again: bool = False) -> str:
        """Return the SHA-256 of a checkpoint that is there.

        Parameters
        ----------
        info : CheckpointInfo
        again : bool
            Whether to read the file even if size and time say that it has not changed.
        """
        file = self.file(info)
        memory, status = _recall(file), file.stat()
        if memory and memory.describes(status) and not again:
            return memory.sha256
        found = file_sha256(file)
        with suppress(OSError):  # in a folder we cannot write to, it is worked out every time
            _remember(file, status, found, memory.accepted if memory else "")
        return found

    def accept(self, info: CheckpointInfo, sha256: str) -> None:
        """Remember that a checkpoint that is now there is as it should be."""
        file = self.file(info)
        with suppress(OSError):
            _remember(file, file.stat(), sha256, sha256)

    def create(self) -> None:
        """Make the folder if it is not there.

        Raises
        ------
        UnwritablePathError
        """
        with writing(self.path):
            if not self.path.is_absolute():
                raise OSError(errno.ENOENT, "no home folder is known")
            self.path.mkdir(parents=True, exist_ok=True)

    def sweep(self, entries: Iterable[CheckpointInfo]) -> None:
        """Delete what processes that were ended have left and no download can go on from."""
        for info in entries:
            file = self.file(info)
            resumed = unfinished(file) if info.url and info.published_hash else []
            with suppress(OSError):
                for part in [*unfinished(file), *unfinished(_memory_file(file))]:
                    if _OWN_PART.search(part.name) and stale(part) and part not in resumed:
                        part.unlink()

    def traces(self, info: CheckpointInfo) -> list[Path]:
        """Return the files that belong to a checkpoint: itself, its memory, unfinished parts."""
        file = self.file(info)
        whole = [path for path in (file, _memory_file(file)) if path.exists() or path.is_symlink()]
        return [*whole, *unfinished(file), *unfinished(_memory_file(file))]


def leads_out(file: Path) -> bool:
    """Tell whether a file is a link to a place outside its own folder."""
    return not file.resolve().is_relative_to(file.parent.resolve())


def unfinished(file: Path) -> list[Path]:
    """Return the parts of a file that have been downloaded or copied so far."""
    if not file.parent.is_dir():
        return []
    return [
        path
        for path in file.parent.iterdir()
        if path.name.startswith(f"{file.name}.")
        and not path.name.startswith(f"{_memory_file(file).name}.")
        and path.suffix == ".part"
    ]


def own_part(file: Path) -> Path:
    """Return a name beside a file that nobody else writes to."""
    return file.with_name(f"{file.name}.{secrets.token_hex(6)}.part")


def stale(part: Path) -> bool:
    """Tell whether nobody has written to a part for so long that it is nobody's."""
    with suppress(OSError):
        return part.stat().st_mtime < time.time() - _ABANDONED
    return False


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unreadable(folder: Path, error: Exception) -> str:
    """Return why a folder cannot be looked into, and what to do."""
    why = getattr(error, "strerror", None) or str(error)
    return (
        f"The weights folder {folder!s:.200} cannot be read ({why}); choose another folder in "
        f"Preferences, or with the environment variable {VARIABLE}."
    )


def _has_file(folder: Path, file: Path) -> bool:
    """Tell whether a file is there; raises if that cannot be told."""
    try:
        os.scandir(folder).close()
        return stat.S_ISREG(file.stat().st_mode)
    except FileNotFoundError:
        return False


def _other_kind(file: Path, size: int) -> str:
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    return other_kind(head, size, file.name)


def megabytes(count: int) -> str:
    """Return a number of bytes for people."""
    return f"{count / 1e6:,.1f} MB"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says against writing to a folder into `UnwritablePathError`."""
    try:
        yield
    except GreyfillError:
        raise
    except OSError as error:
        raise UnwritablePathError(_refusal(folder, error)) from error


def _refusal(folder: Path, error: OSError) -> str:
    other = f"choose another folder with the environment variable {VARIABLE}"
    if error.errno in _FULL:
        return f"The disk of {folder} is full; free some space, or {other}."
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"There is no permission to write to {folder}; {other}."
    return f"The folder {folder} cannot be written to ({error.strerror or error}); {other}."


def _memory_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _recall(file: Path) -> _Memory | None:
    """Read the memory of a file; whatever is not as we write it counts as none."""
    try:
        memory = _Memory(**json.loads(_memory_file(file).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    texts = (memory.sha256, memory.accepted, memory.rejected)
    return memory if all(isinstance(text, str) for text in texts) else None


def _remember(
    file: Path, status: os.stat_result, sha256: str, accepted: str, rejected: str = ""
) -> None:
    memory: dict[str, Any] = asdict(
        _Memory(sha256, status.st_size, status.st_mtime_ns, accepted, rejected)
    )
    part = own_part(_memory_file(file))
    try:
        part.write_text(json.dumps(memory, indent=2) + "\n", "utf-8")
        part.replace(_memory_file(file))
    finally:
        part.unlink(missing_ok=True)
