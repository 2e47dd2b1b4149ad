"""How far a run on a stack is: which of its planes are finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.tasks import StackPatch, Task, TaskResult

__all__ = ["PlaneCount"]

Index = tuple[int, ...]


class PlaneCount:
    """Counts which planes are finished.

    Parameters
    ----------
    axes : Axes
        Of the stack.
    tasks : sequence of Task
        All there are.
    results : mapping
        Of those that were finished before, by their keys.
    """

    def __init__(
        self, axes: Axes, tasks: Sequence[Task], results: Mapping[str, TaskResult]
    ) -> None:
        self._axes = axes
        self._open: dict[Index, set[str]] = {}
        for task in tasks:
            for plane in task.filled:
                self._open.setdefault(plane, set()).add(task.key)
        self._count = len(self._open)
        self._order = {plane: n for n, plane in enumerate(sorted(self._open), start=1)}
        self._work = sum(_work_of(task) for task in tasks)
        self._finished = 0
        self._patches: dict[Index, list[StackPatch]] = {}
        for task in tasks:
            if task.key in results:
                self.done(task, results[task.key])

    @property
    def finished(self) -> int:
        """Return how many planes are finished."""
        return self._count - len(self._open)

    @property
    def fraction(self) -> float:
        """Return how much of the work is done, 0 to 1."""
        return self._finished / max(self._work, 1)

    def done(self, task: Task, result: TaskResult) -> list[Index]:
        """Count a task, and return the planes that are finished by it.

        Parameters
        ----------
        task : Task
            One of those that were given at first.
        result : TaskResult
            What came of it.
        """
        self._finished += _work_of(task)
        for patch in result.patches:
            self._patches.setdefault(patch.index, []).append(patch)
        finished = []
        for plane in task.filled:
            left = self._open.get(plane)
            if left is None:
                continue
            left.discard(task.key)
            if not left:
                del self._open[plane]
                finished.append(plane)
        return finished

    def patches(self, plane: Index) -> tuple[StackPatch, ...]:
        """Return what was filled in a plane so far."""
        return tuple(self._patches.get(plane, ()))

    def text(self, task: Task) -> str:
        """Return which plane a task is at, for people, as in "plane 3 of 36 (T 0, Z 3)"."""
        plane = task.filled[0]
        where = self._axes.words(plane)
        return f"plane {self._order[plane]} of {self._count}" + (f" ({where})" if where else "")


def _work_of(task: Task) -> int:
    return task.window.area * len(task.planes)
