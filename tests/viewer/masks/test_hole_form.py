import numpy as np
import pytest

from napari_greyfill import FillOptions


@pytest.mark.parametrize("name", ["Fill", "Compare"])
def test_both_docks_choose_the_hole_and_the_options_alike(name, viewer):
    viewer.add_image(np.zeros((20, 30), np.uint8), name="picture")
    mask = viewer.add_labels(np.zeros((20, 30), np.uint8), name="mask")
    form = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1].form
    assert form.image_layer == viewer.layers["picture"]
    assert form.mask_layer == mask
    other = viewer.add_labels(np.zeros((20, 30), np.uint8), name="other")
    form.choose_mask(other)
    assert form.mask_layer == other
    changes = []
    form.changed.connect(lambda: changes.append(1))
    form.fields["grow"].value = 2.5
    form.fields["nodata"].value = -1.0
    assert len(changes) >= 2
    assert form.options() == FillOptions(grow=2.5, nodata=-1.0)
    viewer.layers.remove(other)
    assert form.mask_layer == mask
