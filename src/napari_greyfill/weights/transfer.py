"""One file over HTTPS: protected all the way, of bounded size, resumed, cancelled.

The requests are pooch's. Pooch writes to `Transfer` as if to a file, so that every block that
arrives passes through our checks, and `Transfer` looks at every answer of the server before any of
its content is read. Pooch itself runs in a thread of its own, which a cancelled download leaves
behind: it ends when the connection does, at the latest when a time limit is over.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from napari_greyfill.compute.detached import Handover
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import CancelledError, DownloadError, UnwritablePathError
from napari_greyfill.weights.folder import VARIABLE, megabytes, writing

if TYPE_CHECKING:
    from requests import Response

__all__ = ["Progress", "Rules", "Transfer", "silent"]

Progress = Callable[[int, int | None], None]

_BLOCK = 1 << 14  # bytes
_SPARE = 1 << 26  # bytes to leave free on the disk
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_REDIRECTIONS = 12  # addresses that are asked for one file


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        raise DownloadError("The server named an address that is none") from error


def silent(done: int, total: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Rules:
    """What a transfer must keep to.

    Attributes
    ----------
    connect_timeout, read_timeout : float
        Seconds without an answer, and without new data, after which it fails.
    patience : float
        Seconds within which an answer must have come, however often something arrives, and
        over which `slowest` is averaged.
    slowest : int
        Bytes a second, below which it fails.
    limit : int
        The largest file in bytes.
    plain_hosts : frozenset of str
        Hosts that may be asked without HTTPS. There are none but in tests.
    """

    connect_timeout: float = 10
    read_timeout: float = 30
    patience: float = 90
    slowest: int = 100
    limit: int = 1 << 30
    plain_hosts: frozenset[str] = frozenset()

    def require_protected(self, url: str) -> None:
        """Raise `DownloadError` unless an address is protected by HTTPS."""
        parts = urlsplit(url)
        if parts.scheme == "https" or parts.hostname in self.plain_hosts:
            return
        raise DownloadError(
            f"The address {url} is not protected by HTTPS, so nothing was downloaded"
        )


class _Clock:
    """Notices a server that keeps a connection alive and sends next to nothing."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._since, self._done = time.monotonic(), 0
        self.answered = False

    def check(self, done: int) -> None:
        """Raise `DownloadError` if too little has arrived for too long."""
        if time.monotonic() - self._since < self._rules.patience:
            return
        if not self.answered:
            raise DownloadError("The server did not answer")
        if done - self._done < self._rules.patience * self._rules.slowest:
            raise DownloadError("The server sends too slowly")
        self._since, self._done = time.monotonic(), done


class _StartAgainError(Exception):
    """The server will not go on where the part ends."""


class _RedirectedError(Exception):
    """The server names another address. What it sends beside that is not read: it may not end."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class Transfer:
    """A download into a part file; `run` does it.

    Parameters
    ----------
    url : str
    part : Path
        What it holds already is kept, and only the rest asked for.
    rules : Rules
    progress : callable
        Told the bytes that are there and the total, None if the server does not say.
    cancelled : callable
        Asked several times a second, and before each block.
    """

    def __init__(
        self,
        url: str,
        part: Path,
        rules: Rules,
        progress: Progress = silent,
        cancelled: CancelCheck = never,
    ) -> None:
        self.url, self.part, self.rules = url, part, rules
        self.progress, self.cancelled = progress, cancelled
        self.done = 0
        self.total: int | None = None
        self._file: BinaryIO
        self._response: Response | None = None

    def run(self) -> None:
        """Download what the part lacks.

        Raises
        ------
        DownloadError
            Its message lacks the end of the sentence: what to do next.
        UnwritablePathError
        CancelledError
            Both this and a lost connection leave the part as far as it came.
        """
        self.rules.require_protected(self.url)
        self._target, again = self.url, False
        for _ in range(_REDIRECTIONS):
            try:
                return self._attempt()
            except _RedirectedError as answer:
                self._target = answer.target
            except _StartAgainError:
                self.part.unlink()
                if again:
                    raise DownloadError(
                        "The server answered with a part that nobody asked for"
                    ) from None
                self._target, again = self.url, True
        raise DownloadError("The server leads from one address to the next without end")

    def _attempt(self) -> None:
        self._response = None
        with writing(self.part.parent), self.part.open("ab") as self._file, self._explained():
            self.done = self._file.tell()
            self._check_cancelled()
            handover = Handover()
            try:
                self._clock = _Clock(self.rules)
                handover.run(lambda: self._fetch(handover), self._check)
            finally:
                self._hang_up()
        if self.total not in (None, self.done):
            raise self._cut_off()

    def _fetch(self, handover: Handover) -> None:
        """Let pooch do the request, in whatever thread."""
        from pooch import HTTPDownloader

        answers: list[Response] = []
        look_at = handover.lend(self._look_at)

        def answered(response: Response, *_: object, **__: object) -> None:
            answers.append(response)
            look_at(response)

        headers = {"Accept-Encoding": "identity"}  # or sizes would mean nothing
        if self.done:
            headers["Range"] = f"bytes={self.done}-"
        fetch = HTTPDownloader(
            chunk_size=_BLOCK,
            timeout=(self.rules.connect_timeout, self.rules.read_timeout),
            headers=headers,
            hooks={"response": answered},
        )
        # pooch flushes after each block, as `_write` does
        file = SimpleNamespace(write=handover.lend(self._write), flush=lambda: None)
        try:
            fetch(self._target, file, None)
        finally:
            for response in answers:
                response.close()

    def _hang_up(self) -> None:
        """End a connection that a thread still reads from, so that the thread ends.

        Only that thread can close it, because closing waits for reading to end.
        """
        if self._response is not None:
            # it has ended already, or urllib3 is older than 2.3 and cannot do this
            with suppress(ValueError, RuntimeError, OSError, AttributeError):
                self._response.raw.shutdown()

    def _write(self, block: bytes) -> int:
        """Write a block that has arrived, if it may go on."""
        self._check()
        self._check_size(self.done + len(block))
        self._file.write(block)
        self._file.flush()
        self.done += len(block)
        self.progress(self.done, self.total)
        return len(block)

    # What requests tells of each answer before it follows a redirection or reads content

    def _look_at(self, response: Response) -> None:
        self._response = response
        self._clock.answered = True
        if response.is_redirect:
            target = _joined(response.url, response.headers["location"])
            self.rules.require_protected(target)
            raise _RedirectedError(target)
        elif response.status_code == 206:
            self._go_on(response)
        elif response.status_code == 200:
            self._begin(response)
        elif response.status_code == 416:  # there is nothing where the part ends
            raise _StartAgainError
        else:
            raise DownloadError(f"The server gave no file (its answer was {response.status_code})")

    def _go_on(self, response: Response) -> None:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if not (found and int(found[1]) == self.done):
            raise _StartAgainError
        self._expect(None if found[2] == "*" else int(found[2]))

    def _begin(self, response: Response) -> None:
        self._file.truncate(0)
        self.done = 0
        length = response.headers.get("content-length", "")
        if not _LENGTH.fullmatch(length):
            response.headers.pop("content-length", None)  # pooch would trip over it
        plain = "content-encoding" not in response.headers
        self._expect(int(length) if plain and _LENGTH.fullmatch(length) else None)

    def _expect(self, total: int | None) -> None:
        self.total = total
        if total is None:
            return
        self._check_size(total)
        free = shutil.disk_usage(self.part.parent).free
        if total - self.done + _SPARE > free:
            raise UnwritablePathError(
                f"{megabytes(total - self.done)} are to be downloaded to {self.part.parent}, and "
                f"{megabytes(free)} are free there; free some space, or choose another folder "
                f"with the environment variable {VARIABLE}."
            )

    def _check_size(self, size: int) -> None:
        if size > self.rules.limit:
            raise DownloadError(
                f"The server sends more than the {megabytes(self.rules.limit)} that were expected"
            )

    def _check(self) -> None:
        """Raise if the download is to stop, or is so slow that it may never end."""
        self._check_cancelled()
        self._clock.check(self.done)

    def _check_cancelled(self) -> None:
        if self.cancelled():
            raise CancelledError(
                "The download was cancelled; to go on where it stopped, download it again."
            )

    def _cut_off(self) -> DownloadError:
        total = "" if self.total is None else f" of {megabytes(self.total)}"
        return DownloadError(f"The connection was lost after {megabytes(self.done)}{total}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn whatever a request raises into `DownloadError`."""
        from requests import RequestException, exceptions

        try:
            yield
        except exceptions.Timeout as error:
            raise DownloadError("The server did not answer") from error
        except exceptions.SSLError as error:
            raise DownloadError("No protected connection to the server could be made") from error
        except RequestException as error:
            if self._response is None or self._response.is_redirect:
                raise DownloadError("The server could not be reached") from error
            raise self._cut_off() from error
