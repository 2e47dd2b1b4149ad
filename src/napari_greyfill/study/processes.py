"""Work on several things at a time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from threading import Thread
from typing import TypeVar

from napari_greyfill.compute.device import CancelCheck

__all__ = ["side_by_side"]

T = TypeVar("T")
R = TypeVar("R")

_stop: list[Event] = []  # in a worker process: what tells it to stop


@contextmanager
def side_by_side(
    work: Callable[[T, CancelCheck], list[R]], tasks: Sequence[T], jobs: int
) -> Iterator[Iterator[tuple[T, R]]]:
    """Yield what hands out the results of each task, as tasks are finished.

    Leaving the context stops what is still running, within about a second where the work asks
    whether it is cancelled.

    Parameters
    ----------
    work : callable
        Is given a task and what says whether it is cancelled; must be importable.
    tasks : sequence
    jobs : int
        The number of processes.
    """
    context = multiprocessing.get_context(
        "spawn"
    )  # threads and graphics cards do not survive fork
    stop = context.Event()
    executor = ProcessPoolExecutor(
        min(jobs, len(tasks)), mp_context=context, initializer=_begin, initargs=(stop,)
    )
    try:
        futures = {executor.submit(_call, work, task): task for task in tasks}
        yield (
            (futures[future], result)
            for future in as_completed(futures)
            for result in future.result()
        )
    finally:
        stop.set()
        executor.shutdown(wait=True, cancel_futures=True)


def _begin(stop: Event) -> None:
    """Prepare a worker process: Ctrl-C is the parent's business, and so is its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop.append(stop)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(work: Callable[[T, CancelCheck], list[R]], task: T) -> list[R]:
    return work(task, _stop[0].is_set)
