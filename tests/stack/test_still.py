"""Dust apart from damage that passes over it."""

from types import SimpleNamespace

import numpy as np

from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.choice import chosen_planes
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.plan import measuring, plan_tasks
from napari_greyfill.stack.still import with_still_parts
from tests.stack.test_plan import counted

FEWEST = 5


def split(painted):
    axes = axes_of(SimpleNamespace(shape=painted.shape), axes="TYX")
    places = chosen_planes("all", axes)
    mask = with_still_parts(matched(painted, axes), places, 0, FEWEST)
    return mask, plan_tasks(mask, places, axes.context("auto"), static=0)


def film():
    painted = np.zeros((8, 48, 48), bool)
    painted[:, 5:9, 5:9] = painted[:, 30:34, 30:34] = True
    return painted


def test_dust_is_apart_from_damage_beside_it():
    painted = film()
    painted[3, 20, :] = True
    mask, tasks = split(painted)
    assert (counted_parts(tasks, mask, painted.shape) == painted).all()
    assert {task.kind for task in tasks} == {"dust", "region"}
    (passing,) = (task for task in tasks if task.kind == "region")
    assert passing.planes == ((3,),) and passing.part == "passing"
    assert len(measuring(tasks)) == 1 and len({task.key for task in tasks}) == len(tasks)


def test_dust_that_is_touched_is_filled_with_what_touches_it():
    painted = film()
    painted[3, 9, :] = True
    mask, tasks = split(painted)
    assert (counted_parts(tasks, mask, painted.shape) == painted).all()
    assert not mask.of("still").hole((3,))[5:9, 5:9].any()
    assert mask.of("still").hole((3,))[30:34, 30:34].all()
    assert mask.of("passing").hole((3,))[5:9, 5:9].all()
    dusty = {plane for task in tasks if task.kind == "dust" for plane in task.filled}
    assert dusty == {(t,) for t in range(8) if t != 3}


def test_masks_of_one_kind_are_not_split():
    assert split(film())[0].parts == ("",)
    alone = np.zeros((8, 48, 48), bool)
    alone[3, 20, :] = True
    assert split(alone)[0].parts == ("",)
    assert split(np.concatenate([film()[:4]]))[0].parts == ("",)


def counted_parts(tasks, mask, shape):
    """Return how many tasks fill each pixel, over all parts."""
    return sum(
        counted([task for task in tasks if task.part == part], mask.of(part), shape)
        for part in mask.parts
    )
