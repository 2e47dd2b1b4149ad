"""EdgeConnect; that it computes what the reference computes is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.edgeconnect import EdgeConnectInpainter
from napari_greyfill.inpaint.networks.edgeconnect.inpainter import (
    completion_input,
    edge_input,
)

EDGE = "edgeconnect-edge"


@pytest.mark.parametrize("broken", ["gone", "too short"])
@pytest.mark.parametrize("part", ["u", "v"])
def test_a_norm_that_cannot_be_told_is_refused(small, broken, part):
    state = dict(small[EDGE].state_dict())
    vector = state.pop(f"decoder.3.weight_{part}")
    if broken == "too short":
        state[f"decoder.3.weight_{part}"] = vector[:-1]
    with pytest.raises(BadCheckpointError, match=r"normalises its layer decoder\.3.*; choose"):
        detect(state).build(state)


def test_weights_that_are_not_normalised_are_taken_as_they_are(small, rebuilt):
    plain = rebuilt[EDGE].state_dict()
    assert detect(plain).name == EDGE
    x = torch.rand(1, 3, 16, 16)
    assert torch.equal(detect(plain).build(plain)(x), rebuilt[EDGE](x))


def test_what_is_under_the_hole_does_not_matter(noise):
    image, hole = noise(40, 44, 3, hole_share=0.02)
    other = image + hole[..., None]
    np.testing.assert_array_equal(edge_input(other, hole), edge_input(image, hole))
    edges = image[..., :1]
    expected = completion_input(image, hole, edges)
    np.testing.assert_array_equal(completion_input(other, hole, edges), expected)


def test_the_smallest_size_is_the_smallest(small):
    assert small[EDGE](torch.zeros(1, 3, 12, 12)).shape == (1, 1, 12, 12)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        small[EDGE](torch.zeros(1, 3, 8, 8))
    assert (EdgeConnectInpainter.minimum, EdgeConnectInpainter.multiple_of) == (12, 4)
