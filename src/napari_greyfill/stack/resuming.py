"""What an earlier run has finished, as far as it still holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import CancelledError
from napari_greyfill.stack.keeping import Keeping
from napari_greyfill.stack.stored import left_in_store
from napari_greyfill.stack.tasks import Task, TaskResult
from napari_greyfill.stack.work import StackWork, still_holds

__all__ = ["taken_up"]


def taken_up(
    tasks: Sequence[Task],
    given: Mapping[str, TaskResult],
    work: StackWork,
    keep: Keeping | None,
    cancelled: CancelCheck,
) -> tuple[dict[str, TaskResult], tuple[str, ...]]:
    """Return what is finished of some tasks, and notes; what was made of other pixels is not.

    Parameters
    ----------
    tasks : sequence of Task
        All there are.
    given : mapping
        Results that are in memory, by the keys of their tasks.
    work : StackWork
        What all tasks have in common. The windows that finished tasks have read are read again.
    keep : Keeping or None
        Where results are kept on disk. It gets those in memory that it does not have.
    cancelled : callable
        Asked before each task.

    Raises
    ------
    CancelledError
        If `cancelled` says so.
    """
    on_disk = {} if keep is None else keep.restored(task.key for task in tasks)
    finished = {**given, **on_disk}
    found: dict[str, TaskResult] = {}
    changed = 0
    for task in tasks:
        result = finished.get(task.key)
        if result is None:
            continue
        if cancelled():
            raise CancelledError("The run was cancelled; what is finished is kept.")
        if still_holds(task, result, work):
            if keep is not None and task.key not in on_disk:
                keep.add(result)
            found[task.key] = result if keep is None else left_in_store(result, keep.store)
            continue
        changed += 1
        if keep is not None and task.key in on_disk:
            keep.forget(result)
    notes = [note for result in found.values() for note in result.notes]
    if changed:
        notes.append(
            f"The image or the mask has changed around {changed} of {len(found) + changed} pieces "
            "since they were finished, so these are filled again."
        )
    return found, tuple(notes)
