"""A stack with patches over it is the stack everywhere else, and is read only where asked."""

import numpy as np
import pytest

from napari_greyfill.errors import ShapeMismatchError
from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.composite import Composite, composite
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import TaskResult
from tests.stack.test_store import KINDS, patch_of

pytest.importorskip("zarr")


@pytest.fixture(params=KINDS)
def axes(request):
    return KINDS[request.param]


@pytest.fixture
def stack(axes):
    return np.random.default_rng(3).integers(0, 60000, axes.shape).astype(np.uint16)


@pytest.fixture
def store(tmp_path, axes):
    return PatchStore.create(tmp_path / "s.ome.zarr", axes, np.uint16)


def pasted(stack, axes, patch):
    expected = stack.copy()
    view = expected[axes.place(patch.index, patch.window)]
    plane = axes.upright(view)
    plane[patch.hole] = patch.values[patch.hole]
    return expected


def test_patches_lie_over_the_stack_as_they_come(stack, axes, store):
    both = Composite(stack, store)
    np.testing.assert_array_equal(both, stack)
    patch = patch_of(axes)
    store.add(TaskResult("a", (patch,)))
    np.testing.assert_array_equal(both, pasted(stack, axes, patch))


def test_parts_are_those_of_the_whole(stack, axes, store):
    patch = patch_of(axes)
    store.add(TaskResult("a", (patch,)))
    both, expected = Composite(stack, store), pasted(stack, axes, patch)
    place = axes.place(patch.index, patch.window)
    for index in (place, (..., slice(1, 300, 7)), -1, (0, ...), (slice(1, 1),), ...):
        np.testing.assert_array_equal(both[index], expected[index])
    with pytest.raises(IndexError):
        both[10_000]


def test_as_a_dask_array(stack, axes, store):
    dask = pytest.importorskip("dask.array")
    patch = patch_of(axes)
    for image in (stack, dask.from_array(stack, chunks=tuple(min(n, 250) for n in stack.shape))):
        lazy = composite(image, store)
        assert (lazy.shape, lazy.dtype) == (stack.shape, stack.dtype)
        store.add(TaskResult("a", (patch,)))
        np.testing.assert_array_equal(lazy.compute(), pasted(stack, axes, patch))


def test_nothing_is_read_until_it_is_asked_for(tmp_path):
    axes = KINDS["ZYX"]
    store = PatchStore.create(tmp_path / "s", axes, np.uint16)

    asked = []

    class Watched:
        shape, dtype, ndim = axes.shape, np.dtype(np.uint16), 3

        def __getitem__(self, index):
            asked.append(index)
            return np.zeros([part.stop - part.start for part in index], np.uint16)

    lazy = composite(Watched(), store)
    assert asked == []
    window = Window(100, 130, 100, 140)
    lazy[(3, *window.slices)].compute(scheduler="synchronous")
    (index,) = asked
    assert index[0] == slice(3, 4)


def test_of_another_stack_is_a_sentence(stack, store):
    with pytest.raises(ShapeMismatchError, match="give the stack they were filled in"):
        composite(stack[..., :-1], store)
