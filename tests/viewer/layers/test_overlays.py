import numpy as np
import pytest

from napari_greyfill.compute.events import Preview
from napari_greyfill.stack.fill import fill_steps
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.viewer.layers.overlays import Overlay


@pytest.fixture
def stack():
    return np.random.default_rng(0).integers(0, 4000, (2, 40, 48)).astype(np.uint16)


def planes_of(stack, store=None):
    mask = np.zeros((40, 48), np.uint8)
    mask[5:9, 5:13] = 1
    steps = fill_steps(stack, mask, axes="ZYX", context="none", method="telea", store=store)
    return [event.source for event in steps if isinstance(event, Preview)]


def test_planes_are_laid_over_the_stack_as_they_come(stack):
    first, second = planes_of(stack)
    overlay = Overlay([stack], first.stack.axes)
    np.testing.assert_array_equal(overlay.image, stack)
    overlay.add(first.patches)
    assert (np.asarray(overlay.labels) > 0).any(axis=(1, 2)).tolist() == [True, False]
    overlay.add(second.patches)
    np.testing.assert_array_equal(overlay.image, second.so_far.image)
    np.testing.assert_array_equal(overlay.labels, second.so_far.filled)


@pytest.mark.parametrize("stored", [False, True])
def test_pyramids_stay_pyramids(stack, tmp_path, stored):
    path = tmp_path / "filled.ome.zarr" if stored else None
    planes = planes_of(stack, path)
    store = PatchStore.open(path, read_only=True) if stored else None
    levels = [stack, stack[:, ::2, ::2]]
    overlay = Overlay(levels, planes[0].stack.axes, planes[-1].so_far.patches, store)
    image, labels = overlay.image, overlay.labels
    assert [level.shape for level in image] == [level.shape for level in levels]
    np.testing.assert_array_equal(image[0], planes[-1].so_far.image)
    changed = np.asarray(image[1]) != levels[1]
    assert changed.any()
    assert (np.asarray(labels[1]) > 0)[changed].all()


def test_each_look_has_names_of_its_own_for_dask(stack):
    overlay = Overlay([stack], planes_of(stack)[0].stack.axes)
    assert overlay.image.name != overlay.image.name
