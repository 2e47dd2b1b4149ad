import numpy as np
import pytest

from napari_greyfill.image.layer import data_of


class Layer:
    def __init__(self, data, **own):
        self.data = data
        vars(self).update(own)


@pytest.mark.parametrize("own", [{"rgb": False}, {"selected_label": 1}])
def test_a_layer_gives_its_data_at_full_resolution(own):
    full = np.zeros((8, 8))
    assert data_of(Layer(full, **own)) is full
    assert data_of(Layer(full, multiscale=False, **own)) is full
    assert data_of(Layer([full, full[::2, ::2]], multiscale=True, **own)) is full


@pytest.mark.parametrize("given", [np.zeros((2, 2)), [[1, 2]], None, "image"])
def test_anything_else_is_given_back(given):
    """Arrays have an attribute `data` too: the memory they lie in."""
    assert data_of(given) is given
