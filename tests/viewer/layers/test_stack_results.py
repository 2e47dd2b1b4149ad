import numpy as np
import pytest

from napari_greyfill.compute.events import Preview
from napari_greyfill.stack.fill import fill_steps
from napari_greyfill.viewer.layers.overlays import Overlay
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


def overlay_of(plane):
    return Overlay([plane.stack.data], plane.stack.axes, plane.so_far.patches)


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
    shown = layers.end(overlay_of(second), {"method": "telea"})
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
        layers.end(overlay_of(planes[-1]), {})
    assert len(viewer.layers) == 5


def test_a_layer_that_was_renamed_meanwhile_is_the_users(viewer, stack):
    image = viewer.add_image(stack, name="pic")
    first, second = planes_of(stack)
    layers = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
    layers.begin(stack.copy(), np.zeros(stack.shape, np.uint8))
    layers.add(first)
    viewer.layers["pic filled"].name = "mine"
    layers.add(second)
    shown = layers.end(overlay_of(second), {})
    assert shown.name == "pic filled"
    assert "mine" in viewer.layers
    again = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
    assert again.end(overlay_of(second), {}).name == "pic filled"
    assert len(viewer.layers) == 4


def test_a_layer_that_got_other_pixels_meanwhile_is_the_users(viewer, stack):
    image = viewer.add_image(stack, name="pic")
    first, second = planes_of(stack)
    layers = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
    layers.begin(stack.copy(), np.zeros(stack.shape, np.uint8))
    layers.add(first)
    own = np.zeros_like(stack)
    theirs = viewer.layers["pic filled"]
    theirs.data = own
    shown = layers.end(overlay_of(second), {})
    assert shown.unique_id != theirs.unique_id
    np.testing.assert_array_equal(theirs.data, own)
    np.testing.assert_array_equal(shown.data[0], first.so_far.image[0])


def test_lazy_stacks_are_drawn_anew_only_for_the_plane_in_view(viewer, stack, monkeypatch):
    monkeypatch.setattr("napari_greyfill.viewer.layers.stack_results._PAUSE", 0.0)
    image = viewer.add_image(stack, name="pic")
    first, second = planes_of(stack)
    layers = StackLayers(viewer, image.unique_id, Placement.of(image, ()))
    layers.lay(Overlay([stack], first.stack.axes))
    viewer.dims.set_current_step(0, 0)
    layers.add(first)
    shown = viewer.layers["pic filled"].data
    layers.add(second)
    assert viewer.layers["pic filled"].data is shown
    viewer.dims.set_current_step(0, 1)
    layers.add(second)
    assert viewer.layers["pic filled"].data is not shown
