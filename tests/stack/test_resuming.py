"""A run that goes on takes up what still holds: an image that changed is filled again there."""

import warnings

import numpy as np
import pytest

from napari_greyfill import fill, fill_steps
from napari_greyfill.errors import GreyfillWarning, UnreadableFileError
from napari_greyfill.stack.composite import Composite
from napari_greyfill.stack.store import PatchStore
from tests.stacks import moving, one_plane

OPTIONS = {"axes": "ZYX"}
MASK = one_plane(9, 1, 56) | one_plane(9, 4, 56) | one_plane(9, 7, 56)


def stack_of(**changes):
    stack = moving(9, 56)
    stack[0, 55, 54:] = 0, 255  # the range stays as it is
    for name, value in changes.items():
        plane = int(name.removeprefix("plane_"))
        stack[plane, 15:40, 15] = value
    return stack


def kept_of(stack, mask, **options):
    """Return the result as it was when two of three planes were finished."""
    steps = fill_steps(stack, mask, **OPTIONS, **options)
    previews = (event for event in steps if type(event).__name__ == "Preview")
    next(previews)
    kept = next(previews).source.so_far
    steps.close()
    assert len(kept.results) == 2 and not kept.complete
    return kept


def worked_on(monkeypatch):
    from napari_greyfill.stack import run

    done, original = [], run.work_on

    def work_on(task, *rest, **more):
        done.append(task)
        return original(task, *rest, **more)

    monkeypatch.setattr(run, "work_on", work_on)
    return done


def notes_of(function):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", GreyfillWarning)
        result = function()
    return result, [str(each.message) for each in seen]


@pytest.mark.parametrize("where", ["memory", "disk"])
class TestAnImageThatChanged:
    def start(self, where, tmp_path, stack, mask=MASK):
        store = tmp_path / "filled.ome.zarr"
        if where == "disk":
            pytest.importorskip("ome_zarr")
            kept_of(stack, mask, store=store)
            return {"store": store}
        return {"resume": kept_of(stack, mask)}

    def test_around_a_hole_is_filled_again_there(self, where, tmp_path, monkeypatch):
        kept = self.start(where, tmp_path, stack_of())
        changed = stack_of(plane_1=130)
        done = worked_on(monkeypatch)
        result, notes = notes_of(lambda: fill(changed, MASK, **OPTIONS, **kept))
        monkeypatch.undo()
        fresh = fill(changed, MASK, **OPTIONS)
        np.testing.assert_array_equal(result.image, fresh.image)
        assert {task.planes[0][0] for task in done} >= {1, 7}
        assert any("has changed around" in note for note in notes)
        if where == "disk":
            stored = Composite(changed, PatchStore.open(kept["store"]))
            np.testing.assert_array_equal(stored, fresh.image)

    def test_not_at_all_is_not_filled_again(self, where, tmp_path, monkeypatch):
        kept = self.start(where, tmp_path, stack_of())
        done = worked_on(monkeypatch)
        result, notes = notes_of(lambda: fill(stack_of(), MASK, **OPTIONS, **kept))
        assert [task.planes for task in done] == [((7,),)]
        assert result.complete and notes == []

    def test_the_mask_of_a_plane_that_was_looked_at(self, where, tmp_path):
        kept = self.start(where, tmp_path, stack_of(), MASK)
        more = MASK.copy()
        more[5, 10:14, 10:14] = True  # a plane that was not to be filled, and a neighbour of 4
        options = {**OPTIONS, "planes": [1, 4, 7]}
        first = fill(stack_of(), more, **options)
        result, notes = notes_of(lambda: fill(stack_of(), more, **kept, **options))
        assert any("mask has changed" in note for note in notes)
        np.testing.assert_array_equal(result.image, first.image)


def test_another_range_is_refused_with_a_sentence(tmp_path):
    pytest.importorskip("ome_zarr")
    store = tmp_path / "filled.ome.zarr"
    stack = stack_of().astype(np.uint16) * 40
    kept_of(stack, MASK, store=store)
    stack[4, :10] = 60000
    with pytest.raises(UnreadableFileError, match="another"):
        fill(stack, MASK, store=store, **OPTIONS)


def test_what_was_kept_in_memory_goes_to_the_store_as_well(tmp_path):
    pytest.importorskip("ome_zarr")
    store = tmp_path / "filled.ome.zarr"
    kept = kept_of(stack_of(), MASK)
    result = fill(stack_of(), MASK, resume=kept, store=store, **OPTIONS)
    np.testing.assert_array_equal(Composite(stack_of(), PatchStore.open(store)), result.image)
