"""Networks from checkpoint files, full size with rule-made weights or small with random ones."""

import numpy as np
import pytest
import torch

from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork, EdgeGenerator
from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN
from napari_greyfill.inpaint.networks.pggan.network import Configuration, Generator
from napari_greyfill.inpaint.networks.prvs.network import PRVS
from napari_greyfill.inpaint.networks.shiftnet.network import ShiftNet
from tests import golden
from tests.checkpoints import CONVOLUTIONS, as_shiftnet, spectrally_normalised
from tests.networks import inpainter_of
from tests.parity.frame import Reference


@pytest.fixture(scope="session")
def reference(tmp_path_factory):
    """Return the references' arrays that ship, and the networks made for them."""
    return Reference(golden.FOLDER, tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="session")
def small():
    """Return small modules with random weights, by descriptor name, and their state dicts."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        modules = {
            "gmcnn": GMCNN(width=4, merged=6),
            "edgeconnect-edge": spectrally_normalised(EdgeGenerator(width=4, blocks=2)),
            "edgeconnect-inpaint": CompletionNetwork(width=6, blocks=3),
            "contextencoder": lively(ContextEncoder(width=4, bottleneck=6)),
            "shiftnet": ShiftNet(width=2),
            "prvs": PRVS(width=4),
            "pggan": lively(Generator(Configuration(4, 2, (2, 4)))),
        }
        # running in training mode is what gives the spectral norms' vectors their values
        modules["edgeconnect-edge"].train()(torch.rand(1, 3, 16, 16))
    return {name: module.eval().requires_grad_(False) for name, module in modules.items()}


def lively(module):
    """Give convolutions weights that let a picture come through many of them."""
    for layer in module.modules():
        if isinstance(layer, CONVOLUTIONS):
            torch.nn.init.normal_(layer.weight, std=2 / layer.weight[0].numel() ** 0.5)
    return module


def published(name, module):
    """Return a module's tensors by the names that published checkpoints have for them."""
    return as_shiftnet(module) if name == "shiftnet" else module.state_dict()


@pytest.fixture(scope="session")
def rebuilt(small, tmp_path_factory):
    """Return the small modules after they were saved, recognised and loaded."""
    folder = tmp_path_factory.mktemp("small")
    modules = {}
    for name, module in small.items():
        torch.save(published(name, module), folder / name)
        state = torch.load(folder / name, weights_only=True)
        modules[name] = detect(state).build(state)
    return modules


@pytest.fixture(scope="session")
def small_inpainter(rebuilt):
    """Return a function that makes a network's inpainter with the small modules."""

    def make(network, compute=None):
        own = {name: module for name, module in rebuilt.items() if name.startswith(network)}
        return inpainter_of(own, compute)

    return make


@pytest.fixture(scope="session")
def noise():
    """Return a function that makes a picture of random values, 0 in its hole, and the hole."""

    def make(*shape, hole_share=0.2):
        rng = np.random.default_rng(shape)
        hole = rng.random(shape[:2]) < hole_share
        plane = rng.random(shape, dtype=np.float32)
        plane[hole] = 0
        return plane, hole

    return make
