"""One plane of a task."""

import numpy as np
import pytest

from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.plane import PlaneWork, StackWork
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import Source, Task
from tests.stacks import blob, moving


def plane_of(stack, mask, taken=()):
    axes = axes_of(stack)
    work = StackWork(
        StackImage(stack, axes), matched(mask, axes), FillOptions(method="biharmonic")
    )
    task = Task("k", "region", ((1,),), Window(16, 34, 16, 34), Window(0, 48, 0, 48), taken=taken)
    return PlaneWork(task, 0, work, lambda: False)


def test_what_other_tasks_fill_is_missing_and_not_filled():
    plane = plane_of(moving(3), blob(), ((0, Window(0, 24, 0, 48)),))
    assert plane.own.sum() == 5 * 9 and plane.missing.sum() == 81
    assert not plane_of(moving(3), blob(), ((1, Window(0, 24, 0, 48)),)).own[:16].any()


def test_patches_have_the_type_and_the_colours_of_the_stack():
    stack = np.stack([moving(3)] * 3 + [np.full((3, 48, 48), 9, np.uint8)], axis=-1)
    plane = plane_of(stack, blob())
    patch = plane.alone()
    assert patch.values.dtype == np.uint8 and patch.values.shape == (18, 18, 4)
    made = plane.as_values(np.full((48, 48, 3), 0.5, np.float32))
    assert (made[..., 3] == 9).all()
    assert plane.made(made, Source.Z, 2.0, "made").expected_error == 2


def test_a_window_without_a_value_cannot_be_filled():
    with pytest.raises(NothingKnownError, match="Z 1"):
        plane_of(np.full((3, 48, 48), np.nan), blob()).require_known()
