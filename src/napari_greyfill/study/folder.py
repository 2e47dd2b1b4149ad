"""The folder of a study: its settings, its rows as they come, small pictures of the results.

Rows are appended to `rows.jsonl`, one JSON object a line, each written out at once. A study that
was killed goes on from there; a line that was cut short is dropped, and its row filled again.
One run at a time holds the folder.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from napari_greyfill.atomic import reason_of, write_text
from napari_greyfill.comparison import Combination, Row
from napari_greyfill.errors import UnreadableFileError, UnwritablePathError
from napari_greyfill.files import make_folder
from napari_greyfill.study.settings import StudySettings

__all__ = ["Skipped", "StudyFolder"]

_SETTINGS, _ROWS, _SMALL = "settings.json", "rows.jsonl", "thumbnails"
_OURS = (_SETTINGS, _ROWS, _SMALL)
_LOCK, _HOLDER = ".lock", ".lock-holder"
_FORMAT = 1
# what reading a file raises that is damaged, or holds something else
_DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Skipped:
    """A picture that could not be used, and why."""

    picture: str
    reason: str


class StudyFolder:
    """Where a study is kept.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    rows : dict
        Finished rows by picture and combination; a later line counts, where there are two.
    skipped : dict
        Why pictures were skipped, by picture.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[tuple[str, Combination], Row] = {}
        self.skipped: dict[str, str] = {}
        self._lock: FileLock | None = None

    # ------------------------------------------------------------ begin or go on

    def open(self, settings: StudySettings, *, resume: bool = False, force: bool = False) -> None:
        """Begin a study in the folder, or go on with the one that is there.

        Parameters
        ----------
        resume : bool
            Go on with the study in the folder; begin one if there is none.
        force : bool
            Throw the study in the folder away, or use a folder that holds other files. Files
            that are not of a study are never removed.

        Raises
        ------
        UnwritablePathError
            If the folder is in use and neither is allowed, or cannot be written to.
        UnreadableFileError
            If what is there is damaged, or was made with other settings.
        """
        there = self.require_free(resume=resume, force=force)
        if there and resume:
            self._require_same(settings)
            self._read_rows()
        else:
            self._remove_ours()
        self._write_settings(settings)

    def require_free(self, *, resume: bool = False, force: bool = False) -> bool:
        """Check that `open` may use the folder, and return whether it holds a study.

        Raises
        ------
        UnwritablePathError
            As `open` does.
        """
        there = self._holds_study()
        if there and not (resume or force):
            raise UnwritablePathError(
                f"{self.path} holds a study; add --resume to go on with it, or --force to throw "
                "it away."
            )
        elif not there and self._is_used() and not force:
            raise UnwritablePathError(
                f"The folder {self.path} is not empty; choose another, or add --force to write "
                "into it."
            )
        return there

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no other run use the folder, until the end of the context or of the process.

        Raises
        ------
        UnwritablePathError
            If another run holds it, or it cannot be written to.
        """
        if self._lock is not None:  # held already
            yield
            return
        self._lock = self._hold()
        try:
            yield
        finally:
            (self.path / _HOLDER).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def _holds_study(self) -> bool:
        try:
            return (self.path / _SETTINGS).is_file()
        except OSError as error:
            raise UnwritablePathError(
                f"{self.path} cannot be used ({reason_of(error)}); choose another folder."
            ) from error

    def _is_used(self) -> bool:
        try:
            if self.path.exists() and not self.path.is_dir():
                raise UnwritablePathError(f"{self.path} is a file; give a folder.")
            return self.path.is_dir() and any(
                path.name not in (_LOCK, _HOLDER) for path in self.path.iterdir()
            )
        except UnwritablePathError:
            raise
        except OSError as error:
            raise UnwritablePathError(
                f"{self.path} cannot be used ({reason_of(error)}); choose another folder."
            ) from error

    def _hold(self) -> FileLock:
        """Hold the folder, or say who does."""
        self._is_used()
        make_folder(self.path)
        lock = FileLock(self.path / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UnwritablePathError(
                f"{self.path} is in use by {self._holder()}; wait for it to end, or choose "
                "another folder."
            ) from error
        except (OSError, NotImplementedError) as error:
            raise UnwritablePathError(
                f"{self.path} cannot be written to ({reason_of(error)}); choose another folder."
            ) from error
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        text = f"process {os.getpid()} on {platform.node()}, since {now}"
        write_text(self.path / _HOLDER, text + "\n")
        return lock

    def _holder(self) -> str:
        try:
            text = (self.path / _HOLDER).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            text = ""
        return text or "another run"

    def _require_same(self, settings: StudySettings) -> None:
        path = self.path / _SETTINGS
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            before = StudySettings.from_dict(stored["settings"])
        except _DAMAGED as error:
            raise UnreadableFileError(
                f"{path} cannot be read; add --force to begin anew."
            ) from error
        different = before.differences(settings)
        if different:
            raise UnreadableFileError(
                f"The study in {self.path} was begun with other settings "
                f"({', '.join(different)}); use the same, or another folder."
            )

    def _remove_ours(self) -> None:
        for name in _OURS:
            path = self.path / name
            try:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise UnwritablePathError(
                    f"{path} cannot be removed ({reason_of(error)}); choose another folder."
                ) from error

    def _write_settings(self, settings: StudySettings) -> None:
        text = json.dumps({"format": _FORMAT, "settings": settings.to_dict()}, indent=2)
        make_folder(self.path)
        write_text(self.path / _SETTINGS, text + "\n")

    # ------------------------------------------------------------ rows

    def _read_rows(self) -> None:
        path = self.path / _ROWS
        if not path.is_file():
            return
        try:
            whole, _, cut_short = path.read_bytes().rpartition(b"\n")
            if cut_short:
                with path.open("r+b") as file:
                    file.truncate(len(whole) + 1 if whole else 0)
        except OSError as error:
            raise UnreadableFileError(
                f"{path} cannot be read ({reason_of(error)}); change its permissions."
            ) from error
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                self._remember(json.loads(line.decode("utf-8")))
            except _DAMAGED as error:
                raise UnreadableFileError(
                    f"Line {number} of {path} is damaged; remove it, and its row is filled again."
                ) from error

    def _remember(self, values: dict[str, Any]) -> None:
        if "skipped" in values:
            picture, reason = values["picture"], values["skipped"]
            if not (isinstance(picture, str) and isinstance(reason, str)):
                raise TypeError(f"{values!r} is no skipped picture")
            self.skipped[picture] = reason
            return
        row = Row.from_dict(values)
        self.rows[row.picture, row.combination] = row
        self.skipped.pop(row.picture, None)

    def add(self, news: Row | Skipped) -> None:
        """Append a row, or why there is none, and see that it reaches the disk.

        Raises
        ------
        UnwritablePathError
        """
        if isinstance(news, Skipped):
            values: dict[str, Any] = {"picture": news.picture, "skipped": news.reason}
        else:
            values = news.to_dict()
        try:
            with (self.path / _ROWS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(values) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UnwritablePathError(
                f"{self.path / _ROWS} cannot be written ({reason_of(error)}); make room, then go "
                "on with --resume."
            ) from error
        self._remember(values)

    def finished(self, picture: str) -> list[Row]:
        """Return the rows of a picture that need not be filled again: those that did not fail."""
        return [row for (name, _), row in self.rows.items() if name == picture and not row.error]

    def rows_of(self, pictures: Iterable[str]) -> list[Row]:
        """Return the rows of pictures, picture by picture, in the order they came."""
        by_picture: dict[str, list[Row]] = {}
        for (picture, _), row in self.rows.items():
            by_picture.setdefault(picture, []).append(row)
        return [row for picture in pictures for row in by_picture.get(picture, [])]

    def thumbnail(self, picture: str, what: str) -> Path:
        """Return where the small picture of a result, or of what went in, is kept."""
        return self.path / _SMALL / picture / f"{what}.png"
