"""Counting the planes that are finished."""

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.progress import PlaneCount
from napari_greyfill.stack.tasks import Task, TaskResult
from tests.stacks import moving

BOX = Window(0, 8, 0, 8)


def task(key, *planes):
    return Task(key, "region", tuple((plane,) for plane in planes), BOX, BOX)


def test_a_plane_is_finished_with_the_last_of_its_tasks():
    tasks = [task("a", 1), task("b", 1, 2)]
    count = PlaneCount(axes_of(moving()), tasks, {})
    assert count.fraction == 0 and count.text(tasks[0]).startswith("plane 1 of 2 (Z 1")
    assert count.done(tasks[0], TaskResult("a", ())) == []
    assert count.finished == 0  # plane 1 has another task
    assert count.done(tasks[1], TaskResult("b", ())) == [(1,), (2,)]
    assert count.fraction == 1 and count.patches((1,)) == ()


def test_what_was_finished_before_counts():
    tasks = [task("a", 1), task("b", 2)]
    count = PlaneCount(axes_of(moving()), tasks, {"a": TaskResult("a", ())})
    assert count.fraction == 0.5 and count.finished == 1
    assert count.done(tasks[1], TaskResult("b", ())) == [(2,)]
