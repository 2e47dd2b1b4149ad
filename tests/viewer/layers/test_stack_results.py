import numpy as np
import pytest

from napari_greyfill.compute.events import Preview
from napari_greyfill.stack.fill import fill_steps
from napari_greyfill.viewer.layers.planes import Placement
from napari_greyfill.viewer.layers.stack_results import StackLayers


@pytest.fixture
def stack():
    return np.arange(2 * 20 * 24, dtype=np.uint16).reshape(2, 20, 24)


def planes_of(stack):
    mask = np.zeros((20, 24), np.uint8)
    mask[5:8, 5:9] = 1
    steps = fill_steps(stack, mask, axes="ZYX", method="telea")
    return [event.source for event in steps if isinstance(event, Preview)]


def test_planes_are_pasted_as_they_come(viewer, stack):
    image = viewer.add_image(stack, name="pic")
    layers = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
    labels = np.zeros(stack.shape, np.uint8)
    layers.begin(stack.copy(), labels)
    assert len(viewer.layers) == 1
    first, second = planes_of(stack)
    layers.add(first)
    assert (viewer.layers["pic filled region"].data > 0).any(axis=(1, 2)).tolist() == [True, False]
    layers.add(second)
    shown = layers.end(second.so_far, {"method": "telea"})
    assert viewer.layers.selection.active == shown
    assert shown.metadata["greyfill"]["method"] == "telea"
    np.testing.assert_array_equal(shown.data, second.so_far.image)
    assert len(viewer.layers) == 3


def test_layers_that_are_left_to_the_user_stay(viewer, stack):
    image = viewer.add_image(stack, name="pic")
    planes = planes_of(stack)
    for _ in range(2):
        layers = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
        layers.leave_earlier()
        layers.end(planes[-1].so_far, {})
    assert len(viewer.layers) == 5
