"""A function in a thread that can be left behind, its callbacks in the caller's thread.

What waits for a server cannot be interrupted: looking up its name, connecting, and reading each
wait for as long as their time limits say. In a thread of its own it may wait, while the caller
goes on looking whether it should stop.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

__all__ = ["Handover", "answered", "apart"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_PAUSE = 0.1  # seconds between looks whether to stop
_PATIENCE = 0.5  # seconds to wait for a file system; docks wait in the meantime
_waiting: dict[Path, threading.Thread] = {}  # who still waits for an answer about a folder


class Handover:
    """One run of a function in a thread of its own.

    The thread only does what no callback does. Callbacks that `lend` has wrapped run in the
    caller's thread and, once the caller has left, no more, so nothing is written or shown later.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._left = False
        self._awaited: Future[Any] | None = None
        self._error: BaseException | None = None

    def left(self) -> bool:
        """Tell the thread whether the caller has left; then nobody waits for it."""
        return self._left

    def lend(self, callback: Callable[_P, _R]) -> Callable[_P, _R]:
        """Return a function for the thread that lets the caller's thread call another one.

        It raises `concurrent.futures.CancelledError` once the caller has left.
        """

        def lent(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            result: Future[_R] = Future()
            with self._lock:
                if self._left:
                    raise CancelledError
                self._awaited = result
                self._calls.put(lambda: result.set_result(callback(*args, **kwargs)))
            return result.result()

        return lent

    def run(self, function: Callable[[], None], meanwhile: Callable[[], None]) -> None:
        """Run a function in a thread until it ends or a callback raises.

        Parameters
        ----------
        function : callable
        meanwhile : callable
            Called several times a second. What it raises is raised at once, and so is what lent
            callbacks raise; the thread is then left behind.
        """
        thread = threading.Thread(
            target=self._work, args=(function,), name="greyfill-apart", daemon=True
        )
        thread.start()
        try:
            while (call := self._next_call(meanwhile)) is not None:
                call()
        finally:
            self._leave()
        if self._error is not None:
            raise self._error

    def _work(self, function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            self._error = error
        finally:
            self._calls.put(None)

    def _next_call(self, meanwhile: Callable[[], None]) -> Callable[[], None] | None:
        while True:
            meanwhile()
            try:
                return self._calls.get(timeout=_PAUSE)
            except Empty:
                continue

    def _leave(self) -> None:
        with self._lock:
            self._left = True
            if self._awaited is not None:
                self._awaited.cancel()


def apart(work: Callable[[Callable[[], bool]], _R], meanwhile: Callable[[], None]) -> _R:
    """Return what a function returns that runs in a thread of its own.

    Parameters
    ----------
    work : callable
        Is given a function that tells it whether the caller has left. It must change nothing
        that anybody sees: it may still run then.
    meanwhile : callable
        Called several times a second; what it raises is raised at once.
    """
    handover, results = Handover(), list[_R]()
    handover.run(lambda: results.append(work(handover.left)), meanwhile)
    return results[0]


def answered(folder: Path, ask: Callable[[], _R]) -> _R:
    """Return what a file system answers, if it does.

    Parameters
    ----------
    folder : Path
        What the question is about. As long as one waits for an answer, no others do.
    ask : callable
        Must change nothing: it may still run later.

    Raises
    ------
    TimeoutError
        If it does not answer, as one that was unplugged or whose server is gone.
    OSError, ValueError
        Whatever asking raises.
    """
    earlier = _waiting.get(folder)
    if earlier is not None and earlier.is_alive():
        raise TimeoutError(errno.ETIMEDOUT, "it does not answer")
    result: Future[_R] = Future()

    def work() -> None:
        try:
            result.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            result.set_exception(error)

    thread = threading.Thread(target=work, name="greyfill-answered", daemon=True)
    thread.start()
    try:
        return result.result(_PATIENCE)
    except TimeoutError:
        if result.done():
            raise
        _waiting[folder] = thread
        raise TimeoutError(errno.ETIMEDOUT, "it does not answer") from None
