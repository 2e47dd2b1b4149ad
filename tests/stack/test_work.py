"""What one task does."""

import pickle
from functools import partial

import numpy as np
import pytest

from napari_greyfill.errors import CancelledError
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.run import prepare_stack
from napari_greyfill.stack.tasks import Source
from napari_greyfill.stack.work import work_on
from tests.stacks import moving, one_plane


def job_of(stack, mask, axes=None, context="auto", **fill):
    return prepare_stack(
        stack, mask, axes_of(stack, axes=axes), StackOptions(context=context), FillOptions(**fill)
    )


def test_neighbours_fill_better_than_the_plane_and_say_how_well():
    truth, mask = moving(), one_plane()
    damaged = np.where(mask, 0, truth).astype(np.uint8)
    errors = {}
    for context in ("none", "auto"):
        job = job_of(damaged, mask, context=context)
        (patch,) = work_on(job.tasks[0], work=job.work).patches
        true = truth[3][patch.window.slices][patch.hole].astype(float)
        errors[context] = np.sqrt(np.mean((patch.values[patch.hole] - true) ** 2))
    assert patch.source == Source.Z and patch.share > 0.5 and "Z" not in patch.words
    assert errors["auto"] < 0.7 * errors["none"]
    assert 0.2 * errors["auto"] < patch.expected_error < 5 * errors["auto"]


def test_what_comes_of_it_is_the_same_in_another_process_and_order():
    mask = one_plane() | one_plane(plane=5)
    mask[5, :9, :9] = True
    job = job_of(moving(), mask)
    there = pickle.loads(pickle.dumps(partial(work_on, work=job.work)))
    ways = [
        [there(task) for task in reversed(job.tasks)][::-1],
        [work_on(task, work=job.work) for task in job.tasks],
    ]
    for first, second in zip(*ways, strict=True):
        for a, b in zip(first.patches, second.patches, strict=True):
            np.testing.assert_array_equal(a.values, b.values)


def test_nothing_under_the_mask_is_looked_at():
    mask = one_plane()
    values = []
    for hidden in (0, 255):
        job = job_of(np.where(mask, hidden, moving()).astype(np.uint8), mask)
        values.append(work_on(job.tasks[0], work=job.work).patches[0])
    np.testing.assert_array_equal(
        values[0].values[values[0].hole], values[1].values[values[1].hole]
    )


def test_colour_planes_have_their_grey_from_neighbours():
    grey = moving().astype(float)
    truth = np.stack([grey, 0.8 * grey, 0.5 * grey], axis=-1).astype(np.uint8)
    mask = one_plane()
    job = job_of(np.where(mask[..., None], 0, truth).astype(np.uint8), mask)
    (patch,) = work_on(job.tasks[0], work=job.work).patches
    assert patch.source == Source.Z and patch.values.shape[-1] == 3
    true = truth[3][patch.window.slices][patch.hole].astype(float)
    assert np.sqrt(np.mean((patch.values[patch.hole] - true) ** 2)) < 15


def test_other_methods_fill_each_plane_by_itself():
    job = job_of(moving(), one_plane(), method="biharmonic")
    (patch,) = work_on(job.tasks[0], work=job.work).patches
    assert patch.source == Source.OWN and any("by itself" in note for note in job.notes)


def test_it_stops_when_it_is_told():
    job = job_of(moving(), one_plane())
    with pytest.raises(CancelledError):
        work_on(job.tasks[0], lambda: True, work=job.work)


def test_a_plane_of_which_nothing_is_known_is_left_with_a_note():
    stack, mask = moving().astype(np.float32), one_plane()
    mask[3] |= one_plane()[3]
    stack[3] = np.nan
    job = job_of(stack, mask, context="none")
    result = work_on(job.tasks[0], work=job.work)
    assert result.patches == () and "Z 3" in result.notes[0]


def rms(patches, truth):
    """Return the error of patches over all of their pixels."""
    errors = []
    for patch in patches:
        true = truth[patch.index][patch.window.slices][patch.hole].astype(float)
        errors.append((patch.values[patch.hole] - true) ** 2)
    return float(np.sqrt(np.mean(np.concatenate(errors))))


def test_a_bubble_is_filled_over_all_its_planes():
    truth, mask = moving(11), one_plane(11, 5) | one_plane(11, 6)
    damaged = np.where(mask, 0, truth).astype(np.uint8)
    job = job_of(damaged, mask)
    (task,) = job.tasks
    result = work_on(task, work=job.work)
    assert task.kind == "bubble" and [patch.index for patch in result.patches] == [(5,), (6,)]
    alone = job_of(damaged, mask, context="none")
    by_itself = [p for t in alone.tasks for p in work_on(t, work=alone.work).patches]
    assert rms(result.patches, truth) < 1.05 * rms(by_itself, truth)


def test_a_bubble_through_a_plane_of_nothing_is_filled_in_the_others_and_said():
    stack, mask = moving().astype(np.float32), one_plane(plane=2) | one_plane(plane=3)
    mask |= one_plane(plane=4)
    stack[4] = np.nan
    job = job_of(stack, mask)
    assert [task.kind for task in job.tasks] == ["bubble"]
    result = work_on(job.tasks[0], work=job.work)
    assert [patch.index for patch in result.patches] == [(2,), (3,)]
    assert len(result.notes) == 1 and "plane Z 4" in result.notes[0]


def test_planes_that_are_missing_are_made_of_those_on_either_side():
    truth = moving(14)
    mask = np.zeros(truth.shape, bool)
    mask[7] = True
    for stack in (truth, np.stack([truth, 255 - truth, truth // 2], axis=-1)):
        job = job_of(np.where(mask if stack.ndim == 3 else mask[..., None], 0, stack), mask)
        result = work_on(job.tasks[0], work=job.work)
        assert result.patches, result.notes
        assert rms(result.patches, stack) < 0.7 * stack[7].std()


def test_planes_with_nothing_in_common_are_left_with_a_sentence():
    noise = np.random.default_rng(0).integers(0, 255, (12, 48, 48)).astype(np.uint8)
    mask = np.zeros(noise.shape, bool)
    mask[5] = True
    job = job_of(noise, mask)
    result = work_on(job.tasks[0], work=job.work)
    assert result.patches == () and result.notes[0].startswith("Z 5: ")


def test_a_channel_helps_where_it_promises_to():
    first = moving(1)[0].astype(float)
    stack = np.stack([first, 0.5 * first + 20, 255 - 0.8 * first]).astype(np.uint8)
    mask = one_plane(3, 1)
    job = job_of(np.where(mask, 0, stack).astype(np.uint8), mask, axes="CYX")
    (patch,) = work_on(job.tasks[0], work=job.work).patches
    assert patch.source == Source.CHANNEL and rms([patch], stack) < 4
    alone = job_of(stack, mask, axes="CYX", context="none")
    assert work_on(alone.tasks[0], work=alone.work).patches[0].source == Source.OWN
