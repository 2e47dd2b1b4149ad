"""Checkpoints of Torch7, in the layouts of the authors."""

import pytest
import torch
from torch import nn

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights import Own
from napari_greyfill.weights.torch7_tensors import torch7_tensors
from tests.torch7_files import in_a_row, module, written


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ContextEncoder(4, 6, bias=True).eval()


def encoder_inside(network, **changes):
    """Return a Context Encoder as its authors have it: the encoder within a module."""
    modules = [changes.get(f"m{n}") or module(layer) for n, layer in enumerate(network.main)]
    return written(in_a_row(in_a_row(*modules[:15]), *modules[15:]))


def test_the_authors_context_encoder_is_recognised(network):
    state = torch7_tensors(encoder_inside(network), "a.t7")
    layout = detect(state)
    assert layout.name == "contextencoder-t7"
    x = torch.rand(1, 3, 128, 128)
    torch.testing.assert_close(layout.build(state)(x), network(x))


def test_other_modules_are_refused_by_name(network):
    content = encoder_inside(network, m1=module(nn.ELU()))
    state = torch7_tensors(content, "a.t7")
    with pytest.raises(
        BadCheckpointError, match="ELU as module 2 where Context Encoder has Leaky"
    ):
        detect(state).build(state)


def test_other_numbers_are_refused_by_name(network):
    layer = module(network.main[2])
    layer.fields["padW"] = 0
    state = torch7_tensors(encoder_inside(network, m2=layer), "a.t7")
    with pytest.raises(
        BadCheckpointError, match="padW = 0 in module 3 where Context Encoder has 1"
    ):
        detect(state).build(state)


def test_more_modules_are_refused(network):
    content = written(in_a_row(*network.main, nn.ReLU()))
    state = torch7_tensors(content, "a.t7")
    with pytest.raises(BadCheckpointError, match="has 32 modules, and Context Encoder has 31"):
        detect(state).build(state)


def test_it_can_be_added_and_fills(network, tmp_path, monkeypatch):
    import numpy as np

    from napari_greyfill import fill

    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "weights"))
    file = tmp_path / "mine.t7"
    file.write_bytes(encoder_inside(network))
    store = network_weights()
    added = store.add(file, own=Own("mine"))
    assert added.info.id == "contextencoder-t7@mine"
    assert added.info.file.endswith(".t7")
    image = np.random.default_rng(0).random((50, 60, 3), dtype=np.float32)
    mask = np.zeros((50, 60), bool)
    mask[20:30, 20:30] = True
    result = fill(image, mask, method="contextencoder-t7@mine", pipeline="rgb-rgb")
    assert (result.image[mask] != image[mask]).any()
    np.testing.assert_array_equal(result.image[~mask], image[~mask])
