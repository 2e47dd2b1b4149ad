from types import SimpleNamespace

import numpy as np
import pytest

from napari_greyfill.errors import GreyfillError
from napari_greyfill.viewer.compare.swipe import Swipe
from tests.viewer.conftest import colour_ramp, ramp


@pytest.fixture
def pair(viewer):
    """Two images of one size, and a hidden and a shown layer beside them."""
    near = viewer.add_image(colour_ramp(), name="near", rgb=True)
    far = viewer.add_image(colour_ramp() + 5, name="far", rgb=True)
    viewer.add_labels(np.ones((40, 60), np.uint8), name="mask")
    viewer.add_image(ramp(), name="hidden", visible=False)
    viewer.layers.selection.active = near
    return near, far


@pytest.fixture
def swipe(viewer):
    made = Swipe(viewer)
    yield made
    made.stop()


def state(viewer):
    return [(layer.name, layer.visible) for layer in viewer.layers]


def drawn(swipe, fraction):
    swipe.move_to(fraction)
    swipe._draw()


def test_each_side_shows_its_layer(viewer, pair, swipe):
    near, far = pair
    swipe.start(near, far)
    drawn(swipe, 0.25)
    visible = [layer.name for layer in viewer.layers if layer.visible]
    assert visible == ["near", "swipe: far", "swipe divider"]
    side = viewer.layers["swipe: far"]
    np.testing.assert_array_equal(side.data, far.data[:, 15:])
    assert np.shares_memory(side.data, far.data)
    np.testing.assert_allclose(side.translate, (0, 15))
    np.testing.assert_allclose(viewer.layers["swipe divider"].translate, (0, 15))


def test_across_it_cuts_rows(viewer, pair, swipe):
    near, far = pair
    swipe.start(near, far, across=True)
    drawn(swipe, 0.75)
    side = viewer.layers["swipe: far"]
    np.testing.assert_array_equal(side.data, far.data[30:])
    np.testing.assert_allclose(side.translate, (30, 0))


def test_afterwards_everything_is_as_before(viewer, pair, swipe, qtbot):
    near, far = pair
    before, near_data, far_data = state(viewer), near.data.copy(), far.data.copy()
    callbacks = list(viewer.mouse_drag_callbacks)
    swipe.start(near, far)
    drawn(swipe, 0.1)
    with qtbot.waitSignal(swipe.ended):
        swipe.stop()
    assert state(viewer) == before
    assert viewer.layers.selection.active == near
    assert list(viewer.mouse_drag_callbacks) == callbacks
    np.testing.assert_array_equal(near.data, near_data)
    np.testing.assert_array_equal(far.data, far_data)
    swipe.stop()


@pytest.mark.parametrize("fraction", [-1.0, 0.0, 1.0, 2.0])
def test_the_divider_stays_on_the_picture(viewer, pair, swipe, fraction):
    swipe.start(*pair)
    drawn(swipe, fraction)
    width = viewer.layers["swipe: far"].data.shape[1]
    assert 1 <= width <= 59
    assert 0 <= swipe.fraction <= 1


def test_turned_and_stretched_layers(viewer, swipe):
    place = {"scale": (2, 3), "translate": (10, 20), "rotate": 30}
    near = viewer.add_image(ramp(), name="near", **place)
    far = viewer.add_image(ramp(), name="far", **place)
    swipe.start(near, far)
    drawn(swipe, 0.5)
    side = viewer.layers["swipe: far"]
    np.testing.assert_allclose(side.data_to_world((0, 0)), far.data_to_world((0, 30)))
    np.testing.assert_allclose(side.data_to_world((9, 9)), far.data_to_world((9, 39)))
    divider = viewer.layers["swipe divider"]
    np.testing.assert_allclose(
        divider.data_to_world((3, -0.5)), far.data_to_world((3, 29.5)), atol=1e-9
    )


def test_stacks(viewer, swipe):
    near = viewer.add_image(np.stack([ramp()] * 4), name="near")
    far = viewer.add_image(np.stack([ramp() + 1] * 4), name="far")
    viewer.dims.set_point(0, 2)
    swipe.start(near, far)
    drawn(swipe, 0.5)
    assert viewer.layers["swipe: far"].data.shape == (4, 40, 30)
    assert viewer.dims.point[0] == 2


class Mouse:
    """Presses, drags and releases the mouse at places of the picture."""

    def __init__(self, viewer):
        self.viewer = viewer

    def drag(self, *places):
        event = SimpleNamespace(type="mouse_press", button=1, handled=False, position=places[0])
        steps = self.viewer.mouse_drag_callbacks[-1](self.viewer, event)
        handled = []
        for position, kind in zip(
            (*places[1:], places[-1]),
            ["mouse_move"] * (len(places) - 1) + ["mouse_release"],
            strict=True,
        ):
            if next(steps, "over") == "over":
                break
            handled.append(event.handled)
            event.type, event.position, event.handled = kind, position, False
        return handled


def test_dragging_moves_the_divider_and_not_the_camera(viewer, pair, swipe, qtbot):
    viewer.scene.camera.zoom = 4.0
    swipe.start(*pair)
    drawn(swipe, 0.5)
    with qtbot.waitSignal(swipe.moved):
        handled = Mouse(viewer).drag((10, 30), (10, 40), (10, 44.5))
    assert all(handled)
    assert swipe.fraction == pytest.approx(45 / 60)
    qtbot.waitUntil(lambda: viewer.layers["swipe: far"].data.shape[1] == 15)


def test_away_from_the_divider_the_mouse_is_the_viewers(viewer, pair, swipe):
    viewer.scene.camera.zoom = 4.0
    swipe.start(*pair)
    drawn(swipe, 0.5)
    assert Mouse(viewer).drag((10, 50), (10, 20)) == []
    assert swipe.fraction == 0.5


def test_the_divider_keeps_its_width_on_the_screen(viewer, pair, swipe):
    viewer.scene.camera.zoom = 2.0
    swipe.start(*pair)
    before = viewer.layers["swipe divider"].edge_width
    viewer.scene.camera.zoom = 8.0
    after = viewer.layers["swipe divider"].edge_width
    np.testing.assert_allclose(np.array(before) / 4, after)


@pytest.mark.parametrize("name", ["near", "far", "swipe: far", "swipe divider"])
def test_it_ends_when_one_of_its_layers_goes(viewer, pair, swipe, name):
    swipe.start(*pair)
    viewer.layers.remove(name)
    assert not swipe.active
    assert not [layer for layer in viewer.layers if layer.name.startswith("swipe")]
    assert viewer.layers["mask"].visible


def test_what_cannot_be_swiped(viewer, pair, swipe):
    near, far = pair
    other = viewer.add_image(ramp(41), name="other")
    scales = viewer.add_image([ramp(), ramp()[::2, ::2]], name="scales", multiscale=True)
    for first, second, why in (
        (near, other, "differ in size"),
        (near, near, "choose two"),
        (near, scales, "several scales"),
    ):
        with pytest.raises(GreyfillError, match=why):
            swipe.start(first, second)
    viewer.dims.ndisplay = 3
    with pytest.raises(GreyfillError, match="2-D"):
        swipe.start(near, far)
    assert not swipe.active
