import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.viewer.layers.planes import Placement
from napari_greyfill.viewer.layers.results import ResultImage, ResultLayers


@pytest.fixture
def viewer():
    return ViewerModel()


def result(value, rgb=False):
    shape = (6, 7, 3) if rgb else (6, 7)
    return ResultImage("filled", np.full(shape, value, np.uint8), rgb=rgb, visible=True)


def test_a_role_that_changes_its_kind_gets_a_new_layer(viewer):
    image = viewer.add_image(np.zeros((6, 7), np.uint8), name="pic")
    own = ResultLayers(viewer)
    region = np.zeros((6, 7), bool)
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
    own.show("x", Placement.of(image, ()), [grey, result(3, rgb=True)], np.zeros((6, 7), bool), {})
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
