import numpy as np

from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.viewer.layers.models import FillRequest, PlaneSource, as_python


def request(**kwargs):
    defaults = {
        "image": PlaneSource(np.zeros((4, 5))),
        "mask": PlaneSource(np.ones((4, 5))),
        "rgb": False,
        "options": FillOptions(seed=3, labels=(1, 2)),
        "image_name": "it's",
        "mask_name": "m",
    }
    return FillRequest(**{**defaults, **kwargs})


def test_python_names_only_what_differs_from_the_defaults():
    text = as_python(request())
    compile(text, "console", "exec")
    assert "seed=3" in text
    assert "labels=(1, 2)" in text
    assert "device" not in text
    assert """viewer.layers["it's"]""" in text


def test_python_of_a_plane_of_a_stack():
    text = as_python(request(image=PlaneSource(np.zeros((3, 4, 5)), (2,)), mask_index=(2,)))
    assert """viewer.layers["it's"].data[2],""" in text
    assert "viewer.layers['m'].data[2]," in text
    assert "rgb=False" in text


def test_python_of_several_methods_is_a_comparison():
    text = as_python(request(methods=("telea", "biharmonic")))
    compile(text, "console", "exec")
    assert "greyfill.compare(" in text
    assert "methods=['telea', 'biharmonic']" in text
    assert "seed=3" in text
