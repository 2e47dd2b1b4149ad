"""After a run: outlines and mask on top, the brush in hand, unless the user went on elsewhere."""

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.viewer.fill.aftermath import hand_back, outlines, outlining, toggle_outlines
from napari_greyfill.viewer.layers.own import Purpose, sign
from napari_greyfill.viewer.layers.results import REGION


@pytest.fixture
def viewer():
    return ViewerModel()


@pytest.fixture
def layers(viewer):
    """Add an image, its mask, an outline of what was filled in it, and the result."""
    image = viewer.add_image(np.zeros((20, 20)), name="pic")
    mask = viewer.add_labels(np.zeros((20, 20), int), name="mask")
    region = viewer.add_labels(np.zeros((20, 20), int), name="region")
    region.metadata["greyfill"] = {"role": REGION}
    result = viewer.add_image(np.zeros((20, 20)), name="result")
    for layer, role in ((region, REGION), (result, "filled")):
        sign(layer, Purpose("fill", str(image.unique_id), (), "", role))
    return image, mask, region, result


def names(viewer):
    return [layer.name for layer in viewer.layers]


def test_the_mask_comes_on_top_as_an_outline_and_in_hand(viewer, layers):
    image, mask, _, result = layers
    viewer.layers.selection.active = result
    hand_back(viewer, mask, image.unique_id)
    assert names(viewer) == ["pic", "result", "region", "mask"]
    assert mask.contour == 1
    assert viewer.layers.selection.active is mask


def test_what_somebody_chose_meanwhile_stays_chosen(viewer, layers):
    image, mask, _, _ = layers
    other = viewer.add_image(np.zeros((20, 20)), name="other")
    viewer.layers.selection.active = other
    hand_back(viewer, mask, image.unique_id)
    assert viewer.layers.selection.active is other
    assert names(viewer)[-1] == "region"
    assert mask.contour == 0


def test_a_mask_that_has_gone_is_not_missed(viewer, layers):
    image, mask, _, _ = layers
    viewer.layers.remove(mask)
    hand_back(viewer, mask, image.unique_id)
    hand_back(viewer, None, image.unique_id)
    assert names(viewer) == ["pic", "result", "region"]


def test_a_key_hides_and_shows_the_outlines(viewer, layers):
    image, _, region, result = layers
    assert outlines(viewer, image.unique_id) == [region]
    toggle_outlines(viewer, image.unique_id)
    assert not region.visible
    outlining(viewer, image.unique_id)(result)
    assert region.visible
    assert outlines(viewer, "another") == []
