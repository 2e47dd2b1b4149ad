import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.viewer.fill.asking import request_of
from napari_greyfill.viewer.fill.form import FillForm


@pytest.fixture
def form(qtbot):
    viewer = ViewerModel()
    viewer.add_image(np.arange(2 * 8 * 9.0).reshape(2, 8, 9), name="stack")
    viewer.add_labels(np.zeros((8, 9), int), name="flat")
    viewer.add_image(np.ones((2, 8, 9)), name="truth")
    made = FillForm(viewer)
    qtbot.addWidget(made)
    made.image_choice.choose(viewer.layers["stack"])
    return made


def test_a_request_is_of_the_plane_and_of_what_is_chosen(form):
    form.preset.setCurrentIndex(form.preset.findData("quick"))
    request = request_of(form, (1,))
    np.testing.assert_array_equal(request.image.read(), form.image_layer.data[1])
    assert (request.image_name, request.mask_name, request.rgb) == ("stack", "flat", False)
    assert request.options == form.options()
    assert request.options.preset_name == "quick"
    assert request.reference is None
    assert request.hints is None


def test_painting_goes_on_without_it(form):
    request = request_of(form, (0,))
    form.mask_layer.data[2, 2] = 1
    assert not request.mask.read().any()


def test_the_reference_is_its_plane(form):
    form.reference_choice.choose(form.reference_choice.layers[-1])
    request = request_of(form, (1,))
    assert request.reference_name == "truth"
    np.testing.assert_array_equal(request.reference.read(), np.ones((8, 9)))
