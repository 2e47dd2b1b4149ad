"""The weights folder: where it is, and which checkpoints in it can be used.

Beside each checkpoint a small JSON file remembers its SHA-256, so that looking through the
folder does not read gigabytes. It is only believed as long as size and time of the checkpoint
are those it was written for.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from napari_greyfill.compute.detached import answered
from napari_greyfill.errors import GreyfillError, UnwritablePathError
from napari_greyfill.weights.catalogue import CHECKPOINT_FILES, CheckpointInfo
from napari_greyfill.weights.confirmed import is_confirmed
from napari_greyfill.weights.kinds import HEAD, other_kind
from napari_greyfill.weights.memory import Memory, memory_file, recall, remember
from napari_greyfill.weights.own import Own

__all__ = [
    "VARIABLE",
    "Identity",
    "State",
    "WeightsFolder",
    "file_md5",
    "file_sha256",
    "megabytes",
    "prefer_folder",
    "weights_folder",
    "writing",
]

VARIABLE = "NAPARI_GREYFILL_WEIGHTS"
State = Literal["ready", "download", "by hand", "damaged", "unreadable", "unknown", "unconfirmed"]
Identity = Literal["", "published", "claimed", "own", "found"]

_preferred: dict[str, str] = {}  # what the user chose in Preferences
_ABANDONED = 3600.0  # seconds after which a part that nobody has written to is nobody's
_OWN_PART = re.compile(r"\.[0-9a-f]{12}\.part$")
_MEMORY_PART = re.compile(r"\.[0-9a-f]{32}\.part")  # as `atomic` calls them
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
        problem = self.problem(info) if here else ""
        if problem:
            return "damaged", problem
        if not (here and self.belongs(info)):
            return ("download" if info.url else "by hand"), ""
        if info.program and not self.confirmed(info):
            return "unconfirmed", ""
        return "ready", ""

    def belongs(self, info: CheckpointInfo) -> bool:
        """Tell whether a hash or the user says that the file in a checkpoint's place is it."""
        memory = recall(self.file(info))
        if info.own:
            return memory is not None and memory.own is not None
        if info.published_hash:
            return True  # and if it does not agree, it is damaged
        return memory is not None and bool(memory.accepted) and memory.own is None

    def confirmed(self, info: CheckpointInfo) -> bool:
        """Tell whether a program that is here may run: its hash is published or confirmed."""
        try:
            return bool(info.sha256) or is_confirmed(self.sha256(info))
        except OSError:
            return False

    def identity(self, info: CheckpointInfo) -> Identity:
        """Tell what says that a file that is here is that checkpoint."""
        if info.own:
            memory = recall(self.file(info))
            return "found" if memory and memory.own and memory.own.found else "own"
        return "published" if info.published_hash else "claimed"

    def checkpoints(self) -> list[Path]:
        """Return the checkpoint files in the folder, whatever they are; never raises or hangs."""
        try:
            return answered(self.path, lambda: _checkpoints(self.path))
        except (OSError, ValueError):
            return []

    def problem(self, info: CheckpointInfo, *, again: bool = False) -> str:
        """Return what is wrong with a checkpoint that is there; empty if nothing is.

        Parameters
        ----------
        info : CheckpointInfo
            Which one.
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
            memory = Memory.of(file.stat(), sha256, recall(file))
            remember(file, replace(memory, rejected=problem))

    def _mismatch(self, info: CheckpointInfo, again: bool) -> str:
        size = self.file(info).stat().st_size
        if info.bytes not in (None, size):
            return f"has {size:,} bytes instead of {info.bytes:,}"
        other = _other_kind(self.file(info), size)
        if other:
            return other.removesuffix(".")
        memory = recall(self.file(info))
        accepted = memory.accepted if memory and not memory.found else ""
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
            Which one.
        again : bool
            Whether to read the file even if size and time say that it has not changed.
        """
        file = self.file(info)
        memory, status = recall(file), file.stat()
        if memory and memory.describes(status) and not again:
            return memory.sha256
        found = file_sha256(file)
        # in a folder we cannot write to, it is worked out every time
        remember(file, Memory.of(status, found, memory))
        return found

    def accept(self, info: CheckpointInfo, sha256: str, own: Own | None = None) -> bool:
        """Remember that a checkpoint that is now there is as it should be.

        Parameters
        ----------
        info : CheckpointInfo
            Which one; its file lies in the folder.
        sha256 : str
            Of that file, 64 hexadecimal digits.
        own : Own, optional
            What is known about it, if it is no published file.

        Returns
        -------
        bool
            Whether that could be written.
        """
        file = self.file(info)
        with suppress(OSError):
            now = Memory.of(file.stat(), sha256, None)
            return remember(file, replace(now, accepted=sha256, own=own))
        return False

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
            resumed = unfinished(file) if info.url and info.checkable else []
            with suppress(OSError):
                for part in [*unfinished(file), *unfinished(memory_file(file))]:
                    if _OWN_PART.search(part.name) and stale(part) and part not in resumed:
                        part.unlink()
        with suppress(OSError):
            for part in self.path.glob(".*.part"):
                if _MEMORY_PART.fullmatch(part.name) and stale(part):
                    part.unlink()

    def traces(self, info: CheckpointInfo) -> list[Path]:
        """Return the files that belong to a checkpoint: itself, its memory, unfinished parts."""
        file = self.file(info)
        whole = [path for path in (file, memory_file(file)) if path.exists() or path.is_symlink()]
        return [*whole, *unfinished(file), *unfinished(memory_file(file))]


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
        and not path.name.startswith(f"{memory_file(file).name}.")
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


def file_md5(file: Path) -> str:
    """Return the MD5 of a file's content: it tells damage, but no forgery."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


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


def _checkpoints(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [Path(e.path) for e in entries if e.name.lower().endswith(CHECKPOINT_FILES)]
    except FileNotFoundError:
        return []
    return sorted(path for path in found if path.is_file())


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
