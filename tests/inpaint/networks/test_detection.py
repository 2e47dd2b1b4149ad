import re

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.detection import (
    DESCRIPTORS,
    detect,
    without_prefix,
)
from tests.test_imports import imported_by

OURS = ("gmcnn", "edgeconnect-edge", "edgeconnect-inpaint", "contextencoder", "prvs", "pggan")
TITLES = {
    "gmcnn": "GMCNN",
    "edgeconnect-edge": "EdgeConnect (edge generator)",
    "edgeconnect-inpaint": "EdgeConnect (completion network)",
    "contextencoder": "Context Encoder",
    "prvs": "PRVS",
    "pggan": "PGGAN",
}
FOREIGN = {
    "nothing": {},
    "another network": {"fc.weight": torch.ones(3, 3), "fc.bias": torch.ones(3)},
    "a discriminator": {
        "conv1.0.weight_orig": torch.ones(64, 3, 4, 4),
        "conv1.0.weight_u": torch.ones(64),
    },
    "a name of ours": {"EB1.0.weight": torch.ones(32, 4, 7, 7)},
    "no tensors": {"encoder.1.weight": "text", "decoder.7.weight": None},
    "no names": {1: torch.ones(3)},
    "other shapes": {
        "encoder.1.weight": torch.ones(64),
        "middle.0.conv_block.1.weight": torch.ones(2),
        "decoder.7.weight": torch.ones(()),
    },
}


def descriptor_of(name):
    return next(descriptor for descriptor in DESCRIPTORS if descriptor.name == name)


def test_names_are_unique_and_begin_with_the_network():
    names = [descriptor.name for descriptor in DESCRIPTORS]
    assert set(OURS) < set(names)
    assert len(set(names)) == len(names)
    for network in NETWORKS:
        assert all(layout.name.startswith(network.name) for layout in network.descriptors)


@pytest.mark.parametrize("name", OURS)
def test_one_descriptor_alone_recognises_a_checkpoint(small, name):
    state = small[name].state_dict()
    assert [d.name for d in DESCRIPTORS if d.detect(state)] == [name]
    assert detect(state) is descriptor_of(name)
    assert descriptor_of(name).title == TITLES[name]


@pytest.mark.parametrize("name", OURS)
def test_the_prefix_of_several_devices_is_taken_off(small, name):
    state = small[name].state_dict()
    prefixed = {f"module.{key}": tensor for key, tensor in state.items()}
    assert detect(prefixed).name == name
    assert list(without_prefix(prefixed)) == list(state)


def test_nothing_else_is_taken_off():
    assert without_prefix({}) == {}
    some = {"module.a": 1, "b": 2}
    assert without_prefix(some) == some
    assert without_prefix({"module.module.a": 1}) == {"module.a": 1}


@pytest.mark.parametrize("state", FOREIGN.values(), ids=FOREIGN)
def test_what_we_do_not_know_is_refused_with_what_it_is(state):
    titles = [network.title for network in NETWORKS]
    count = {0: "no tensors", 1: "one tensor"}.get(len(state), f"{len(state)} tensors")
    first = f", the first is {next(iter(state))}" if state else ""
    message = (
        f"This file is no checkpoint of a network we know (it has {count}{first}); "
        f"choose a checkpoint of {', '.join(titles[:-1])} or {titles[-1]}."
    )
    with pytest.raises(BadCheckpointError, match=f"^{re.escape(message)}$"):
        detect(state)


def test_knowing_the_networks_does_not_import_torch():
    code = "import napari_greyfill.inpaint.networks.detection"
    assert imported_by(code, ("torch",)) == set()
