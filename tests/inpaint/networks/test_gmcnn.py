"""GMCNN; that it computes what the reference computes is in test_parity."""

import zipfile

import numpy as np
import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.image.padding import fit_to_size
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.gmcnn.graph_network import (
    GraphGMCNN,
    _Nearest,
    _Same,
    layer_names,
)
from napari_greyfill.inpaint.networks.gmcnn.inpainter import AS_GRAPH
from napari_greyfill.inpaint.networks.showing import Showing
from napari_greyfill.inpaint.networks.trial import try_out
from napari_greyfill.weights.loading import load_state_dict
from tests.frozen import graph_of
from tests.networks import inpainter_of, variant_of


def test_the_smallest_size_is_the_smallest(small):
    assert small["gmcnn"](torch.zeros(1, 4, 196, 196)).shape == (1, 3, 196, 196)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        small["gmcnn"](torch.zeros(1, 4, 192, 192))
    _, variant = variant_of("gmcnn")
    assert (variant.minimum, variant.multiple_of) == (196, 4)


# As a frozen graph


def graph_state(module):
    """Return a module's tensors by the names and with the axes that TensorFlow has for them."""
    state = module.state_dict()
    constants = {}
    for ours, theirs in layer_names().items():
        constants[f"inpaint_net/{theirs}/kernel"] = state[f"{ours}.weight"].permute(2, 3, 1, 0)
        constants[f"inpaint_net/{theirs}/bias"] = state[f"{ours}.bias"]
    return constants


@pytest.fixture(scope="module")
def graph():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return GraphGMCNN(width=4).eval().requires_grad_(False)


@pytest.mark.parametrize("ending", [".pb", ".zip"])
def test_a_frozen_graph_gives_its_network(graph, tmp_path, ending):
    content = graph_of(graph_state(graph))
    file = tmp_path / f"gmcnn{ending}"
    if ending == ".pb":
        file.write_bytes(content)
    else:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("gmcnn-places2-tf/frozen_model.pb", content)
            archive.writestr("gmcnn-places2-tf/LICENSE", b"MIT")
    state = load_state_dict(file)
    assert detect(state).name == "gmcnn-tf"
    x = torch.rand(1, 5, 24, 36)
    torch.testing.assert_close(detect(state).build(state)(x), graph(x))
    try_out(detect(state), state, file.name)


def test_a_graph_that_lacks_a_layer(graph):
    state = graph_state(graph)
    del state["inpaint_net/b2conv5/bias"]
    with pytest.raises(BadCheckpointError, match=r"lacks the tensor b2\.4\.bias"):
        detect(state).build(state)


def test_the_graph_has_the_published_number_of_weights():
    widths = sum(p.numel() for p in GraphGMCNN().parameters())
    # float32, and a little for the nodes: no more than the size of the published archive
    assert 40_000_000 < 4 * widths < 51_000_000


def test_padding_is_as_tensorflow_has_it():
    layer = _Same(1, 1, 3, 2)
    layer.weight.data.fill_(1)
    layer.bias.data.zero_()
    # of an even size, nothing goes above and to the left of the first pixel
    assert layer(torch.eye(4)[None, None])[0, 0].tolist() == [[3, 1], [1, 2]]


def test_nearest_pixels_keep_the_corners():
    row = _Nearest()(torch.arange(4.0).reshape(1, 1, 1, 4))[0, 0, 0]
    assert row.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    row = _Nearest()(torch.arange(3.0).reshape(1, 1, 1, 3))[0, 0, 0]
    assert row.tolist() == [0, 0, 1, 1, 2, 2]


def test_a_graph_is_given_blue_first_ones_and_the_mask(noise):
    image, hole = noise(9, 7, 3)
    plain, found = Showing().given(image, hole), AS_GRAPH.given(image, hole)
    np.testing.assert_array_equal(found[..., :3], plain[..., 2::-1])
    np.testing.assert_array_equal(found[..., 3:], np.stack([np.ones_like(hole), hole], axis=-1))


@pytest.mark.parametrize("shape", [(8, 8), (13, 30), (64, 52)])
def test_a_graph_fills_any_size(graph, noise, shape):
    inpainter = inpainter_of({"gmcnn-tf": graph})
    image, hole = noise(*shape, 3)
    size = {"minimum": inpainter.minimum, "multiple_of": inpainter.multiple_of}
    assert np.isfinite(inpainter.fill(*fit_to_size(image, hole, **size))).all()
