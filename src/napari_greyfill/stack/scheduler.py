"""Tasks one after another, in processes of this computer, or on a cluster.

What a task gives depends on the task alone, so it does not matter who works on it, in which
order, or how often: a task whose worker was killed is begun again by another. Tasks in other
processes are futures of dask.distributed; only so many are under way that memory is bounded by
the number of workers and not by that of tasks.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from napari_greyfill.atomic import reason_of
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import (
    CancelledError,
    ClusterError,
    GreyfillError,
    MissingDependencyError,
)
from napari_greyfill.stack.shipping import Shipped, shipped

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["connected", "local_cluster", "run_tasks"]

# what workers run first: Ctrl-C, which a terminal sends to all processes, is for this one alone
_DEAF = """
import signal

def dask_setup(worker):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
"""
T = TypeVar("T")
R = TypeVar("R")

_LOOK = 0.1  # seconds between looks whether to stop
_GONE = 30.0  # seconds without a connection after which a cluster counts as gone
_FEWEST = 8  # tasks under way, so that a cluster that grows with them begins to
_EACH = 3  # tasks under way for each thread: one it works on, and those that come next


def run_tasks(
    tasks: Iterable[T],
    function: Callable[[T, CancelCheck], R],
    *,
    jobs: int = 1,
    client: Client | None = None,
    cancelled: CancelCheck = never,
) -> Generator[tuple[T, R], None, None]:
    """Yield each task with what the function returns for it, as they are finished.

    Closing the generator cancels what is still under way.

    Parameters
    ----------
    tasks : iterable
        Small; sent to a worker one by one. In this process they come in this order.
    function : callable
        Given a task, and a function that says whether it is cancelled. It must be importable,
        and so must be what `functools.partial` binds to it; arrays in memory become files that
        the workers map (`shipping`).
    jobs : int
        Processes on this computer; 1 works in this one, without dask.
    client : distributed.Client, optional
        The cluster to work on in place of processes of this computer.
    cancelled : callable
        Asked several times a second.

    Yields
    ------
    task, result
        In the order in which they are finished.

    Raises
    ------
    CancelledError
        If `cancelled` says so.
    ClusterError
        If the cluster is gone, or its workers are killed at the same task again and again.
    MissingDependencyError
        If dask.distributed is needed and not installed.
    Exception
        What the function raises for the first task that fails; the others are cancelled.
    """
    if client is None and jobs > 1:
        remaining = list(tasks)
        if len(remaining) > 1:
            with local_cluster(min(jobs, len(remaining))) as own:
                yield from _on_cluster(own, remaining, function, cancelled)
            return
        tasks = remaining
    if client is not None:
        yield from _on_cluster(client, tasks, function, cancelled)
        return
    for task in tasks:
        _check(cancelled)
        yield task, function(task, cancelled)


@contextmanager
def local_cluster(jobs: int) -> Iterator[Client]:
    """Start processes on this computer, one thread each, that end with the context.

    Parameters
    ----------
    jobs : int
        The number of processes.

    Raises
    ------
    MissingDependencyError
        If dask.distributed is not installed.
    ClusterError
        If the processes do not start, as in a script that starts them whenever it is imported.
    """
    distributed = _distributed()
    with ExitStack() as stack:
        folder = stack.enter_context(_temporary())
        stack.enter_context(_plain_memory())
        try:
            cluster = distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # any port that is free
                memory_limit=None,  # the system knows better; a pause would never end
                local_directory=str(folder),
                silence_logs=50,
                preload=[_DEAF],
            )
        except (RuntimeError, OSError) as error:
            raise ClusterError(
                f"The {jobs} processes do not start ({reason_of(error)}); set jobs to 1, or put "
                'the call of a script below if __name__ == "__main__".'
            ) from error
        stack.callback(cluster.close)
        client = stack.enter_context(distributed.Client(cluster))
        yield client


@contextmanager
def _plain_memory() -> Iterator[None]:
    """Let workers that start keep the memory that they free.

    dask has them give it back at once, which fixes from what size on the C library asks the
    system for each array anew: a fill takes 1.6 times the processor time with it.
    """
    import dask.config

    key = "distributed.nanny.pre-spawn-environ"
    kept = dict(dask.config.get(key))
    kept.pop("MALLOC_TRIM_THRESHOLD_", None)
    with dask.config.set({key: kept}):
        yield


@contextmanager
def connected(address: str, timeout: float = 10.0) -> Iterator[Client]:
    """Connect to the scheduler of a cluster.

    Parameters
    ----------
    address : str
        Such as ``tcp://192.168.0.1:8786``, or the path of a scheduler file.
    timeout : float
        Seconds to wait for an answer.

    Raises
    ------
    ClusterError
        If nothing answers there.
    MissingDependencyError
        If dask.distributed is not installed.
    """
    distributed = _distributed()
    where: dict[str, Any] = (
        {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    )
    try:
        client = distributed.Client(**where, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ClusterError(
            f"No scheduler answers at {address} ({reason_of(error)}); start one with "
            "dask scheduler, and give the address it prints."
        ) from error
    try:
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=2)


def _on_cluster(
    client: Client,
    tasks: Iterable[T],
    function: Callable[[T, CancelCheck], R],
    cancelled: CancelCheck,
) -> Generator[tuple[T, R], None, None]:
    _distributed()
    finished: SimpleQueue[Future[Any]] = SimpleQueue()
    remaining, under_way = iter(tasks), dict[Any, tuple[T, Any]]()
    run = f"greyfill-{uuid4().hex}"
    number, more = 0, True
    with ExitStack() as stack:
        folder = stack.enter_context(_temporary())
        stack.callback(_let_go, client, under_way)
        watch = _Connection(client)
        with _told():
            ready = client.submit(Shipped, shipped(function, folder).payload, key=run)
            while more or under_way:
                while more and len(under_way) < watch.room():
                    _check(cancelled)
                    try:
                        task = next(remaining)
                    except StopIteration:
                        more = False
                        break
                    future = client.submit(
                        _work, ready, task, key=f"{run}-{number}", priority=-number
                    )
                    under_way[future.key] = task, future
                    future.add_done_callback(finished.put)
                    number += 1
                if not under_way:
                    break
                future = _next_of(finished, watch, cancelled)
                task, _ = under_way.pop(future.key)
                yield task, _result_of(future, task)


def _work(function: Shipped, task: T) -> tuple[Any, Exception | None]:
    """Work on a task in a worker; what goes wrong is handed back, and not logged there."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def cancelled() -> bool:
        known = worker.state.tasks.get(key)
        return known is None or known.state in ("cancelled", "released", "forgotten")

    try:
        return function(task, cancelled), None
    except Exception as error:  # noqa: BLE001 - raised where the task came from
        return None, error


def _next_of(
    finished: SimpleQueue[Future[Any]], watch: _Connection, cancelled: CancelCheck
) -> Future[Any]:
    while True:
        try:
            return finished.get(timeout=_LOOK)
        except Empty:
            _check(cancelled)
            watch.require()


def _result_of(future: Future[Any], task: Any) -> Any:  # noqa: ANN401 - tasks of any type
    """Return what a task gave, or raise why it gave nothing."""
    from distributed import KilledWorker

    name = getattr(task, "key", task)
    if future.status in ("cancelled", "lost"):
        raise ClusterError(_GONE_SENTENCE)
    try:
        result, error = future.result(timeout=_GONE)
    except KilledWorker as killed:
        raise ClusterError(
            f"One worker after another was ended while it worked on {name}, most likely for lack "
            "of memory; give the workers more memory, or start fewer, and go on."
        ) from killed
    if error is not None:
        raise error
    return result


_GONE_SENTENCE = (
    "The cluster is gone: its scheduler does not answer any more. What is finished is kept; "
    "start the cluster again and go on."
)


class _Connection:
    """Whether the scheduler still answers, and how many tasks its workers can have."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lost: float | None = None
        self._asked, self._room = -1.0, _FEWEST

    def require(self) -> None:
        """Raise if the cluster is gone."""
        status = self._client.status
        if status == "running":
            self._lost = None
            return
        now = time.monotonic()
        self._lost = now if self._lost is None else self._lost
        if status in ("closed", "closing", "newly-created") or now - self._lost > _GONE:
            raise ClusterError(_GONE_SENTENCE)

    def room(self) -> int:
        """Return how many tasks may be under way."""
        now = time.monotonic()
        if self._asked < 0 or now - self._asked > 1.0:
            self._asked = now
            threads = sum(self._client.nthreads().values())
            self._room = max(_FEWEST, _EACH * threads)
        return self._room


@contextmanager
def _told() -> Iterator[None]:
    """Say as a sentence that a connection broke."""
    try:
        yield
    except GreyfillError:
        raise
    except Exception as error:
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError

        if isinstance(error, CommClosedError | FutureCancelledError):
            raise ClusterError(_GONE_SENTENCE) from error
        raise


def _let_go(client: Client, under_way: dict[Any, tuple[Any, Any]]) -> None:
    """Cancel what is under way; the cluster may be gone."""
    futures = [future for _, future in under_way.values()]
    under_way.clear()
    if futures and client.status == "running":
        with suppress(OSError, TimeoutError, RuntimeError):
            client.cancel(futures, force=True)


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="greyfill-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _check(cancelled: CancelCheck) -> None:
    if cancelled():
        raise CancelledError("The run was cancelled; what is finished is kept.")


def _distributed() -> Any:  # noqa: ANN401 - a module
    try:
        import distributed
    except ImportError as error:
        raise MissingDependencyError(
            "Work in several processes needs dask.distributed; install it with "
            'pip install "napari-greyfill[stacks]".'
        ) from error
    return distributed
