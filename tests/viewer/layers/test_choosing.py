import numpy as np
import pytest
from napari.layers import Image

from napari_greyfill.viewer.layers.choosing import is_choice, is_made_here
from napari_greyfill.viewer.layers.own import Purpose, sign
from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION


@pytest.mark.parametrize(
    ("metadata", "choice", "made"),
    [
        ({}, True, False),
        ({"other": 1}, True, False),
        ({PROVENANCE: {"role": "done"}}, True, True),
        ({PROVENANCE: {"role": REGION}}, False, True),
        ({PROVENANCE: "someone wrote this"}, True, True),
        ({PREVIEW: True}, False, True),
    ],
)
def test_what_can_be_chosen_and_what_was_made_here(metadata, choice, made):
    layer = Image(np.zeros((4, 4)), metadata=metadata)
    assert is_choice(layer) == choice
    assert is_made_here(layer) == made


def test_a_signed_layer_was_made_here():
    layer = Image(np.zeros((4, 4)))
    sign(layer, Purpose("fill", "an id", ()))
    assert is_made_here(layer)
