"""The journal of a run: which tasks are finished, a line of JSON each, so that it can go on.

A line is written once everything that it speaks of is on the disk, and reaches the disk before
the next task counts. A run that was killed goes on with the tasks that have none; a line that was
cut short is dropped, and its task worked on again. One run at a time holds a journal.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from napari_greyfill.atomic import reason_of
from napari_greyfill.errors import UnreadableFileError, UnwritablePathError

__all__ = ["Journal"]

_FORMAT = 1
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Journal:
    """Where a run writes down what is finished.

    Parameters
    ----------
    path : Path
        The file; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no other run use the journal, until the end of the context or of the process.

        Raises
        ------
        UnwritablePathError
            If another run holds it, or it cannot be written to.
        """
        place = self.path.with_name(f".{self.path.name}.lock")
        lock = FileLock(place)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UnwritablePathError(
                f"{self.path} is in use by {_holder(place)}; wait for it to end, or choose "
                "another place for the result."
            ) from error
        except (OSError, NotImplementedError) as error:
            raise self._unwritable(error) from error
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        with suppress(OSError):  # who holds it is for people; it is held without
            place.write_text(f"process {os.getpid()} on {platform.node()}, since {now}\n")
        try:
            yield
        finally:
            place.unlink(missing_ok=True)
            lock.release()

    def begin(self, run: Mapping[str, Any], *, resume: bool = False) -> dict[str, dict[str, Any]]:
        """Begin a journal, or go on with the one that is there.

        Parameters
        ----------
        run : mapping
            What the results depend on, as JSON has it: image, mask, options.
        resume : bool
            Go on with the journal that is there, if it is of the same run; by default it is
            thrown away.

        Returns
        -------
        dict
            What was written down about each finished task, by its key.

        Raises
        ------
        UnreadableFileError
            If the journal that is there is damaged, or of another run.
        UnwritablePathError
            If it cannot be written.
        """
        head = json.loads(json.dumps({"format": _FORMAT, "run": dict(run)}))
        lines = self._whole_lines() if resume else []
        if lines:
            self._require_same(lines[0], head["run"])
            return self._finished(lines)
        try:
            with self.path.open("wb") as file:
                _append(file.fileno(), head)
        except OSError as error:
            raise self._unwritable(error) from error
        return {}

    def add(self, key: str, record: Mapping[str, Any]) -> None:
        """Write down that a task is finished, and see that it reaches the disk.

        Parameters
        ----------
        key : str
            That of the task.
        record : mapping
            What to know about it, as JSON has it.

        Raises
        ------
        UnwritablePathError
        """
        try:
            with self.path.open("ab") as file:
                _append(file.fileno(), {"key": key, "record": dict(record)})
        except OSError as error:
            raise self._unwritable(error) from error

    def remove(self) -> None:
        """Take the journal away, as after a run that is complete."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def _whole_lines(self) -> list[bytes]:
        """Return the lines, and cut off one that was not written to its end."""
        try:
            whole, _, cut_short = self.path.read_bytes().rpartition(b"\n")
            if cut_short:
                with self.path.open("r+b") as file:
                    file.truncate(len(whole) + 1 if whole else 0)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UnreadableFileError(
                f"{self.path} cannot be read ({reason_of(error)}); change its permissions."
            ) from error
        return whole.splitlines()

    def _require_same(self, line: bytes, run: dict[str, Any]) -> None:
        try:
            head = json.loads(line)
            version, before = head["format"], dict(head["run"])
        except _DAMAGED as error:
            raise UnreadableFileError(
                f"{self.path} is damaged, or no journal; remove it to begin anew."
            ) from error
        if version != _FORMAT:
            raise UnreadableFileError(
                f"{self.path} is of another version of napari-greyfill; go on with that version, "
                "or remove it to begin anew."
            )
        names = sorted(before.keys() | run.keys())
        different = [name for name in names if before.get(name) != run.get(name)]
        if different:
            raise UnreadableFileError(
                f"{self.path} is of a run with another {', '.join(different)}; use the same, or "
                "another place for the result."
            )

    def _finished(self, lines: list[bytes]) -> dict[str, dict[str, Any]]:
        found = {}
        for number, line in enumerate(lines[1:], 2):
            try:
                values = json.loads(line)
                key, record = values["key"], dict(values["record"])
                if not isinstance(key, str):
                    raise TypeError(f"{key!r} is no key")
            except _DAMAGED as error:
                raise UnreadableFileError(
                    f"Line {number} of {self.path} is damaged; remove it, and its task is worked "
                    "on again."
                ) from error
            found[key] = record
        return found

    def _unwritable(self, error: BaseException) -> UnwritablePathError:
        return UnwritablePathError(
            f"{self.path} cannot be written ({reason_of(error)}); make room or choose another "
            "place, then go on."
        )


def _append(file: int, values: dict[str, Any]) -> None:
    """Write one line whole."""
    line = json.dumps(values).encode() + b"\n"
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)


def _holder(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        text = ""
    return text or "another run"
