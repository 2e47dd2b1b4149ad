"""GMCNN; that it computes what the reference computes is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.inpaint.networks.gmcnn.inpainter import network_input
from tests.networks import variant_of


def test_what_is_under_the_hole_does_not_matter(noise):
    image, hole = noise(9, 7, 3)
    assert not np.array_equal(image, image + hole[..., None])
    expected = network_input(image, hole)
    np.testing.assert_array_equal(network_input(image + hole[..., None], hole), expected)


def test_the_smallest_size_is_the_smallest(small):
    assert small["gmcnn"](torch.zeros(1, 4, 196, 196)).shape == (1, 3, 196, 196)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        small["gmcnn"](torch.zeros(1, 4, 192, 192))
    _, variant = variant_of("gmcnn")
    assert (variant.minimum, variant.multiple_of) == (196, 4)
