"""GMCNN computes what the reference computes, from the same checkpoint."""

import numpy as np
import pytest
import torch

from napari_greyfill.device import Compute
from napari_greyfill.inpaint.networks.gmcnn import GMCNNInpainter
from napari_greyfill.inpaint.networks.gmcnn.inpainter import network_input
from tests import golden

TOLERANCE = 1e-4
PROBES = {
    "probe_eb1_last_conv": ("EB1.11", np.s_[:, ::16, ::3, ::3]),
    "probe_eb2_out": ("EB2", np.s_[:, ::16, ::5, ::5]),
    "probe_eb3_out": ("EB3.17", np.s_[:, ::8, ::5, ::5]),
    "probe_dec0": ("decoding_layers.0", np.s_[:, ::4, ::5, ::5]),
    "net_output": ("", np.s_[:]),
}


@pytest.fixture(scope="module")
def network(published):
    return published("gmcnn")


@pytest.fixture(scope="module", params=["b", "g"])
def case(request):
    return golden.arrays("gmcnn", request.param)


@pytest.fixture(scope="module")
def run(case, network, watched):
    """Return the filled picture, and what the network's parts gave on the way."""
    inpainter = GMCNNInpainter(Compute(), {"gmcnn": network})
    with watched(network, [part for part, _ in PROBES.values()]) as seen:
        return inpainter.fill(*golden.picture(case)), seen


def test_the_input_is_the_references(case):
    ours = network_input(*golden.picture(case))
    np.testing.assert_allclose(ours.transpose(2, 0, 1)[None], case["net_input"], atol=TOLERANCE)


@pytest.mark.parametrize("name", PROBES)
def test_the_network_computes_what_the_reference_computes(case, run, name):
    part, kept = PROBES[name]
    np.testing.assert_allclose(run[1][part][kept], case[name], atol=TOLERANCE)


def test_the_hole_has_the_references_grey_levels(case, run):
    _, hole = golden.picture(case)
    levels = (run[0] * 255).astype(np.uint8).astype(int)
    assert np.abs(levels - case["composite"])[hole].max() <= 1


def test_what_is_under_the_hole_does_not_matter(noise):
    image, hole = noise(9, 7, 3)
    assert not np.array_equal(image, image + hole[..., None])
    expected = network_input(image, hole)
    np.testing.assert_array_equal(network_input(image + hole[..., None], hole), expected)


def test_the_smallest_size_is_the_smallest(small):
    assert small["gmcnn"](torch.zeros(1, 4, 196, 196)).shape == (1, 3, 196, 196)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        small["gmcnn"](torch.zeros(1, 4, 192, 192))
    assert (GMCNNInpainter.minimum, GMCNNInpainter.multiple_of) == (196, 4)
