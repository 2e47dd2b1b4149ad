import copy
import json

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

from napari_greyfill.viewer.layers.own import Purpose, disown, find_own, own_layers, sign

PURPOSE = Purpose("fill", "some image", (2,), role="filled")


@pytest.fixture
def viewer():
    return ViewerModel()


@pytest.fixture
def signed(viewer):
    layer = viewer.add_image(np.arange(12, dtype=np.uint8).reshape(3, 4), name="filled")
    sign(layer, PURPOSE)
    return layer


def test_is_found_by_its_purpose_alone(viewer, signed):
    assert find_own(viewer, PURPOSE) == signed
    assert find_own(viewer, PURPOSE.to("telea", "filled")) is None
    assert find_own(viewer, Purpose("fill", "another image", (2,), role="filled")) is None
    assert find_own(viewer, Purpose("fill", "some image", (1,), role="filled")) is None
    assert list(own_layers(viewer, PURPOSE.to("", ""))) == [(PURPOSE, signed)]


def rename(layer):
    layer.name = "mine"


def replace(layer):
    layer.data = layer.data + 1


def write(layer):
    layer.data[1, 1] = 99


def reshape(layer):
    layer.data = layer.data.reshape(4, 3)


@pytest.mark.parametrize("change", [rename, replace, write, reshape, disown])
def test_is_the_user_s_when_it_was_changed(viewer, signed, change):
    change(signed)
    assert find_own(viewer, PURPOSE) is None
    assert list(own_layers(viewer, PURPOSE)) == []


def test_painted_labels_are_the_user_s(viewer):
    region = viewer.add_labels(np.zeros((9, 9), np.uint8))
    sign(region, PURPOSE)
    region.paint((4, 4), 1)
    assert find_own(viewer, PURPOSE) is None
    region.undo()
    assert find_own(viewer, PURPOSE) == region


def test_a_copy_is_the_user_s(viewer, signed):
    twin = Image(signed.data.copy(), metadata=copy.deepcopy(signed.metadata))
    viewer.layers.remove(signed)
    viewer.add_layer(twin)
    twin.name = "filled"
    assert find_own(viewer, PURPOSE) is None


def test_how_it_is_shown_does_not_matter(viewer, signed):
    signed.visible, signed.opacity, signed.contrast_limits = False, 0.5, (0, 3)
    assert find_own(viewer, PURPOSE) == signed


def test_others_may_write_the_metadata_or_have_the_same_key(viewer, signed):
    assert json.loads(json.dumps(signed.metadata)) == signed.metadata
    for strange in (None, 3, {}, {"label": 1}):
        viewer.add_image(np.zeros((3, 4)), metadata={next(iter(signed.metadata)): strange})
    assert find_own(viewer, PURPOSE) == signed
