import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.image.geometry import Window
from napari_greyfill.viewer.layers.bars import show_bars
from napari_greyfill.viewer.layers.planes import Placement

WINDOW = Window(2, 5, 1, 5)


@pytest.fixture
def viewer():
    return ViewerModel()


def shown(viewer, image, index=()):
    data = np.zeros((3, 4), np.float32)
    arrays = {"90 % low": data, "90 % high": data + 1, "± 90 %": data + 0.5}
    placement = Placement.of(image, index)
    return show_bars(viewer, image.unique_id, placement, arrays, WINDOW, {"method": "blend"})


def test_ends_are_hidden_and_the_half_width_glows(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.float32), name="pic", scale=(2, 3))
    low, high, half = shown(viewer, image)
    assert [layer.visible for layer in (low, high, half)] == [False, False, True]
    assert half.colormap.map(np.array([0.0]))[0, 3] == 0  # only the hole is covered
    assert half.colormap.map(np.array([0.5]))[0, 3] == 1
    assert half.contrast_limits[0] == 0
    np.testing.assert_array_equal(half.translate, (4, 3))
    assert half.metadata["greyfill"] == {"method": "blend", "role": "± 90 %"}


def test_a_second_time_they_take_the_place_of_the_first(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.float32), name="pic")
    shown(viewer, image)
    shown(viewer, image)
    assert len(viewer.layers) == 4


def test_a_layer_that_was_renamed_is_the_users(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.float32), name="pic")
    shown(viewer, image)[0].name = "mine"
    shown(viewer, image)
    assert "mine" in viewer.layers
    assert len(viewer.layers) == 5


def test_draws_have_an_axis_before_all_others(viewer):
    image = viewer.add_image(
        np.zeros((5, 6, 7), np.uint8), name="pic", scale=(4, 2, 3), rotate=(0, 0, 30)
    )
    arrays = {"draws": np.arange(24, dtype=np.uint8).reshape(2, 3, 4)}
    (draws,) = show_bars(viewer, image.unique_id, Placement.of(image, (3,)), arrays, WINDOW, {})
    assert draws.data.shape == (2, 1, 3, 4)
    corner = draws.data_to_world((1, 0, 0, 0))
    np.testing.assert_allclose(corner[1:], image.data_to_world((3, 2, 1)), atol=1e-6)
    assert corner[0] == 1
    assert viewer.dims.ndim == 4


def test_draws_of_a_colour_picture_are_in_colour(viewer):
    image = viewer.add_image(np.zeros((6, 7, 3), np.uint8), rgb=True, name="pic")
    arrays = {"draws": np.zeros((2, 3, 4, 3), np.uint8)}
    (draws,) = show_bars(viewer, "x", Placement.of(image, ()), arrays, WINDOW, {})
    assert draws.rgb
    assert draws.ndim == 3
