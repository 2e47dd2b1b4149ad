"""EdgeConnect computes what the reference computes, from the same checkpoints."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from napari_greyfill.device import Compute
from napari_greyfill.errors import BadCheckpoint
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.edgeconnect import EdgeConnectInpainter
from napari_greyfill.inpaint.networks.edgeconnect.inpainter import (
    brightness,
    completion_input,
    edge_input,
    known_edges,
)
from napari_greyfill.inpaint.networks.edgeconnect.network import spectral_norm
from napari_greyfill.inpaint.networks.modules import applied
from tests import golden

TOLERANCE = 1e-4
EDGE, INPAINT = "edgeconnect-edge", "edgeconnect-inpaint"
PARTS = {"probe_encoder": "encoder", "probe_middle": "middle"}
FILES = {EDGE: "edgeconnect_edge", INPAINT: "edgeconnect_inpaint"}


@pytest.fixture(scope="module")
def networks(published):
    return {name: published(file) for name, file in FILES.items()}


@pytest.fixture(scope="module", params=["b", "g"])
def case(request):
    arrays = {
        key: golden.arrays(name, request.param)
        for key, name in {**FILES, "both": "edgeconnect"}.items()
    }
    image, hole = golden.picture(arrays["both"])
    return SimpleNamespace(**arrays["both"], arrays=arrays, plane=image, hole=hole)


@pytest.fixture(scope="module")
def run(case, networks, watched):
    """Return the filled picture, and what both networks' parts gave on the way."""
    names = ["", *PARTS.values()]
    with watched(networks[EDGE], names) as edge, watched(networks[INPAINT], names) as inpaint:
        filled = EdgeConnectInpainter(Compute(), networks).fill(case.plane, case.hole)
    return SimpleNamespace(filled=filled, edge=edge, inpaint=inpaint)


@pytest.fixture(scope="module")
def run_on_known_edges(case, networks, watched):
    """Return the completion network's input and parts without the edge generator."""
    edges = known_edges(brightness(case.plane), case.hole)[..., None]
    inputs = completion_input(case.plane, case.hole, edges)
    with watched(networks[INPAINT], ["", *PARTS.values()]) as seen:
        return SimpleNamespace(
            filled=applied(networks[INPAINT], inputs[None], Compute())[0], seen=seen, inputs=inputs
        )


def channels_first(array):
    return array.transpose(2, 0, 1)[None]


def check(ours, expected, atol=TOLERANCE):
    np.testing.assert_allclose(ours, expected, rtol=0, atol=atol)


def check_levels(ours, expected, hole):
    levels = (ours * 255).astype(np.uint8).astype(int)
    assert np.abs(levels - expected)[hole].max() <= 1


def test_grey_and_edges_are_the_references(case):
    image = case.image.astype(np.float32) / np.float32(255)
    check(brightness(image), case.gray[0, 0], atol=1e-7)
    edges = known_edges(brightness(case.plane), case.hole)
    np.testing.assert_array_equal(edges, case.canny[0, 0])


def test_the_edge_generator(case, run):
    check(channels_first(edge_input(case.plane, case.hole)), case.edge_net_input)
    for name, part in PARTS.items():
        check(run.edge[part][:, ::16], case.arrays[EDGE][name])
    check(run.edge[""], case.edge_net_output)
    edges = run.edge[""][0, 0].numpy()
    check_levels(edges, case.arrays[EDGE]["composite"], case.hole)


def test_both_networks_in_a_row(case, run):
    edges = run.edge[""][0].permute(1, 2, 0).numpy()
    inputs = completion_input(case.plane, case.hole, edges)
    check(channels_first(inputs), case.inpaint_net_input)
    check(run.inpaint[""], case.inpaint_net_output)
    check_levels(run.filled, case.composite, case.hole)


def test_the_completion_network_on_the_known_edges(case, run_on_known_edges):
    expected = case.arrays[INPAINT]
    check(channels_first(run_on_known_edges.inputs), expected["net_input"])
    for name, part in PARTS.items():
        check(run_on_known_edges.seen[part][:, ::16], expected[name])
    check(run_on_known_edges.seen[""], expected["net_output"])
    check_levels(run_on_known_edges.filled, expected["composite"], case.hole)


def test_the_spectral_norms_are_the_references():
    tensors = {k: torch.from_numpy(v) for k, v in golden.state_dict("edgeconnect_edge").items()}
    expected = golden.arrays("edgeconnect_edge", "")
    for name, norm in zip(expected["sn_sigma_module"], expected["sn_sigma"], strict=True):
        parts = (tensors[f"{name}.weight_{part}"] for part in ("orig", "u", "v"))
        axis = 1 if name.startswith("decoder") else 0
        assert spectral_norm(*parts, axis).item() == pytest.approx(norm, rel=1e-5)


@pytest.mark.parametrize("broken", ["gone", "too short"])
@pytest.mark.parametrize("part", ["u", "v"])
def test_a_norm_that_cannot_be_told_is_refused(small, broken, part):
    state = dict(small[EDGE].state_dict())
    vector = state.pop(f"decoder.3.weight_{part}")
    if broken == "too short":
        state[f"decoder.3.weight_{part}"] = vector[:-1]
    with pytest.raises(BadCheckpoint, match=r"normalises its layer decoder\.3.*; choose"):
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
