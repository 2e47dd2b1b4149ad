"""PRVS; that it computes what the reference computes is in test_parity."""

import numpy as np
import pytest
import torch
from torch import nn

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.edgeconnect.inpainter import brightness, known_edges
from napari_greyfill.inpaint.networks.prvs.inpainter import network_input
from napari_greyfill.inpaint.networks.prvs.network import PRVS
from napari_greyfill.inpaint.networks.prvs.parts import StructureLayer, partial


def test_what_is_under_the_hole_does_not_matter(noise):
    image, hole = noise(40, 50, 3, hole_share=0)
    hole[10:20, 10:30] = True
    edges = np.ones_like(hole)
    expected = network_input(image, hole, edges)
    np.testing.assert_array_equal(network_input(image + hole[..., None], hole, edges), expected)
    assert (expected[hole] == 0).all()
    assert (expected[~hole][:, 3:] == 1).all()


def test_the_border_of_the_hole_is_no_edge():
    image = np.full((60, 60, 3), 0.8, np.float32)
    hole = np.zeros((60, 60), bool)
    hole[20:40, 20:40] = True
    image[hole] = 0
    assert not known_edges(brightness(image), hole).any()


def test_a_partial_convolution_makes_up_for_what_is_not_known():
    layer = nn.Conv2d(2, 1, 3, padding=1)
    nn.init.constant_(layer.weight, 1 / 18)
    features, known = torch.full((1, 2, 9, 9), 3.0), torch.ones(1, 2, 9, 9)
    known[:, :, :, :5] = 0
    features[:, :, :, :5] = 1e3
    output, after = partial(layer, features, known)
    torch.testing.assert_close(after[0, 0, 4], torch.tensor([0.0] * 4 + [1.0] * 5))
    torch.testing.assert_close(output[0, 0, 4, 4:], (3 + layer.bias).expand(5))
    assert (output[..., :4] == 0).all()


def test_known_edges_are_kept_and_only_what_was_reached_is_drawn():
    torch.manual_seed(0)
    layer = StructureLayer(3, 4, 4, 3).eval()
    known = torch.zeros(1, 3, 12, 12)
    known[..., :6] = 1
    edge = torch.rand(1, 1, 12, 12)
    _, after, drawn = layer(torch.rand(1, 3, 12, 12), known, edge)
    torch.testing.assert_close(drawn[..., :6], edge[..., :6])
    assert (drawn[..., 6] != 0).any()
    assert (drawn[..., 7:] == 0).all()
    assert after[0, 0, 5].sum() == 7


@pytest.mark.parametrize("shape", [(256, 512), (512, 256)])
def test_multiples_of_256_are_taken(shape):
    with torch.inference_mode():
        assert PRVS(4).eval()(torch.rand(1, 5, *shape)).shape == (1, 3, *shape)


def test_other_tensors_are_refused_by_name():
    state = PRVS(4).state_dict()
    del state["resolver.conv1.weight"]
    with pytest.raises(BadCheckpointError, match=r"lacks the tensor resolver\.conv1\.weight"):
        detect(state).build(state)
