"""Tasks of a stack: every pixel in exactly one of them."""

from types import SimpleNamespace

import numpy as np
import pytest

from napari_greyfill.errors import EmptyMaskError
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.choice import chosen_planes
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.plan import plan_tasks
from tests.stacks import blob, one_plane


def planned(mask, names="ZYX", shape=None, **choices):
    axes = axes_of(SimpleNamespace(shape=shape or mask.shape), axes=names)
    found = matched(mask, axes)
    return plan_tasks(found, chosen_planes("all", axes), axes.context("auto"), **choices), found


def counted(tasks, mask, shape):
    """Return how many tasks fill each pixel."""
    count = np.zeros(shape, int)
    for task in tasks:
        for number, plane in enumerate(task.planes):
            own = np.zeros(shape[-2:], bool)
            own[task.core.slices] = mask.hole(mask.own(plane), task.core)
            for other, window in task.taken:
                if other == number:
                    own[window.slices] = False
            count[plane] += own
    return count


def test_a_flat_mask_gives_every_plane_the_same_regions():
    tasks, _ = planned(blob(), shape=(4, 48, 48))
    assert [task.planes for task in tasks] == [((z,),) for z in range(4)]
    assert len({(task.core, task.window) for task in tasks}) == 1
    assert len({task.key for task in tasks}) == 4


def test_planes_without_holes_have_no_tasks():
    tasks, _ = planned(one_plane())
    assert [(task.kind, task.planes) for task in tasks] == [("region", ((3,),))]


def test_holes_that_go_on_in_the_next_plane_are_one_task():
    mask = one_plane(plane=3) | one_plane(plane=4)
    mask[1, 2:4, 2:4] = True
    tasks, found = planned(mask)
    assert [task.kind for task in tasks] == ["region", "bubble"]
    assert tasks[1].planes == ((3,), (4,)) and tasks[1].axis == 0
    assert (counted(tasks, found, mask.shape) == mask).all()


def test_damage_in_most_planes_is_no_bubble():
    tasks, _ = planned(np.stack([blob()] * 7))
    assert {task.kind for task in tasks} == {"region"} and len(tasks) == 7


def test_planes_that_are_missing_are_a_gap():
    mask = np.zeros((7, 48, 48), bool)
    mask[2:4] = True
    tasks, found = planned(mask)
    assert [(task.kind, task.planes) for task in tasks] == [("gap", ((2,), (3,)))]
    assert (counted(tasks, found, mask.shape) == mask).all()


def test_every_pixel_is_filled_once_however_the_boxes_lie():
    rng = np.random.default_rng(3)
    mask = np.zeros((6, 400, 400), bool)
    for plane in range(6):
        for y, x in rng.integers(0, 380, (5, 2)):
            mask[plane, y : y + rng.integers(1, 40), x : x + rng.integers(1, 8)] = True
    mask[2, 5, :] = mask[3, :, 7] = True
    tasks, found = planned(mask)
    assert (counted(tasks, found, mask.shape) == mask).all()
    assert tasks == planned(mask)[0]


def test_without_neighbours_every_plane_is_by_itself():
    mask = one_plane(plane=3) | one_plane(plane=4)
    axes = axes_of(SimpleNamespace(shape=mask.shape))
    tasks = plan_tasks(matched(mask, axes), chosen_planes("all", axes), ())
    assert [task.kind for task in tasks] == ["region"] * 2


def test_other_axes_do_not_join():
    mask = np.zeros((2, 5, 48, 48), bool)
    mask[:, 1:3] = blob()
    tasks, found = planned(mask, "TZYX")
    assert [task.planes for task in tasks] == [((t, 1), (t, 2)) for t in range(2)]
    assert (counted(tasks, found, mask.shape) == mask).all()


def test_nothing_painted_is_said():
    axes = axes_of(SimpleNamespace(shape=(7, 48, 48)))
    with pytest.raises(EmptyMaskError, match="that were chosen"):
        plan_tasks(matched(one_plane(), axes), chosen_planes(0, axes), (0,))


def test_crowded_specks_of_a_large_plane_are_filled_in_pieces():
    rng = np.random.default_rng(0)
    mask = np.zeros((1, 2100, 2100), bool)
    mask[0, 50:2050:6, 50:2050:3] = rng.random((334, 667)) < 0.9
    mask[0, 50:2050, 50:2050] |= np.roll(mask[0, 50:2050, 50:2050], 1, 0)
    tasks, found = planned(mask)
    assert len(tasks) > 1 and max(max(task.core.shape) for task in tasks) <= 1024
    assert max(max(task.window.shape) for task in tasks) < 2100
    assert (counted(tasks, found, mask.shape) == mask).all()


def test_a_large_hole_is_not_cut():
    mask = np.zeros((1, 1400, 1400), bool)
    mask[0, 100:1300, 100:1300] = True
    tasks, _ = planned(mask)
    assert len(tasks) == 1
