"""What travels between processes."""

import pickle

import numpy as np

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.tasks import Source, StackPatch, Task, TaskResult


def test_a_task_is_equal_to_itself_after_a_journey():
    task = Task("Z3/r000", "region", ((3,),), Window(4, 8, 4, 8), Window(0, 32, 0, 32))
    assert pickle.loads(pickle.dumps(task)) == task


def test_what_comes_of_it_travels_as_well():
    patch = StackPatch((3,), Window(0, 2, 0, 2), np.arange(4).reshape(2, 2), np.eye(2, dtype=bool))
    there = pickle.loads(pickle.dumps(TaskResult("Z3/r000", (patch,), ("a note",))))
    assert there.key == "Z3/r000" and there.notes == ("a note",)
    np.testing.assert_array_equal(there.patches[0].values, patch.values)


def test_every_source_has_words_of_its_own():
    assert len({source.words for source in Source}) == len(Source)
    assert [int(source) for source in Source] == [1, 2, 3, 4, 5]
