import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.image.geometry import Window
from napari_greyfill.viewer.layers.planes import Placement
from napari_greyfill.viewer.layers.results import Region, ResultImage, ResultLayers


@pytest.fixture
def viewer():
    return ViewerModel()


def result(value, rgb=False):
    shape = (6, 7, 3) if rgb else (6, 7)
    return ResultImage("filled", np.full(shape, value, np.uint8), rgb=rgb, visible=True)


def test_a_role_that_changes_its_kind_gets_a_new_layer(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.uint8), name="pic")
    own = ResultLayers(viewer)
    region = Region(np.zeros((6, 7), bool))
    first = own.show(image.unique_id, Placement.of(image, ()), [result(1)], region, {})
    second = own.show(image.unique_id, Placement.of(image, ()), [result(2, rgb=True)], region, {})
    assert second is not first
    assert second.rgb
    assert first in viewer.layers
    np.testing.assert_array_equal(first.data, 1)


def test_grey_of_a_colour_image_spans_the_whole_range(viewer):
    image = viewer.add_image(np.zeros((6, 7, 3), np.uint8), rgb=True, name="pic")
    grey = ResultImage("filled grey", np.full((6, 7), 200, np.uint8), rgb=False)
    own = ResultLayers(viewer)
    own.show("x", Placement.of(image, ()), [grey, result(3, rgb=True)], None, {})
    assert tuple(viewer.layers["pic filled grey"].contrast_limits) == (0, 255)
    assert not viewer.layers["pic filled grey"].visible


def test_preview_comes_and_goes(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.uint8), name="pic")
    own = ResultLayers(viewer)
    own.remove_preview()
    own.show_preview(np.ones((6, 7), np.uint8), Placement.of(image, ()))
    own.show_preview(np.full((6, 7), 2, np.uint8), Placement.of(image, ()))
    assert len(viewer.layers) == 2
    np.testing.assert_array_equal(viewer.layers[-1].data, 2)
    own.remove_preview()
    assert list(viewer.layers) == [image]


def test_a_part_lies_where_it_belongs(viewer):
    spatial = {"scale": (2, 3), "rotate": 30, "shear": [0.2], "translate": (5, 7)}
    image = viewer.add_image(np.zeros((40, 50), np.uint8), name="pic", **spatial)
    window = Window(10, 16, 20, 27)
    part = ResultImage("filled grey", np.ones((6, 7), np.uint8), rgb=False, window=window)
    whole = ResultImage("filled", np.ones((40, 50), np.uint8), rgb=False)
    region = Region(np.ones((6, 7), bool), window)
    own = ResultLayers(viewer)
    own.show(image.unique_id, Placement.of(image, ()), [part, whole], region, {})
    for name in ("pic filled grey", "pic filled region"):
        layer = viewer.layers[name]
        assert layer.data.shape == (6, 7)
        np.testing.assert_allclose(layer.data_to_world((2, 3)), image.data_to_world((12, 23)))


def test_a_preview_follows_its_part(viewer):
    image = viewer.add_image(np.zeros((2, 40, 50), np.uint8), name="pic", scale=(9, 2, 3))
    own, placement = ResultLayers(viewer), Placement.of(image, (1,))
    own.show_preview(np.ones((6, 7), np.uint8), placement, Window(10, 16, 20, 27))
    own.show_preview(np.ones((4, 5), np.uint8), placement, Window(30, 34, 1, 6))
    shown = viewer.layers[-1]
    assert len(viewer.layers) == 2
    assert shown.data.shape == (1, 4, 5)
    np.testing.assert_allclose(shown.data_to_world((0, 0, 0)), image.data_to_world((1, 30, 1)))
