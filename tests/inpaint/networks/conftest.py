"""Networks from checkpoint files, full size with rule-made weights or small with random ones."""

import numpy as np
import pytest
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.edgeconnect import EdgeConnectInpainter
from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork, EdgeGenerator
from napari_greyfill.inpaint.networks.gmcnn import GMCNNInpainter
from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN
from tests import golden
from tests.checkpoints import spectrally_normalised
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
        }
        # running in training mode is what gives the spectral norms' vectors their values
        modules["edgeconnect-edge"].train()(torch.rand(1, 3, 16, 16))
    return {name: module.eval().requires_grad_(False) for name, module in modules.items()}


@pytest.fixture(scope="session")
def rebuilt(small, tmp_path_factory):
    """Return the small modules after they were saved, recognised and loaded."""
    folder = tmp_path_factory.mktemp("small")
    modules = {}
    for name, module in small.items():
        torch.save(module.state_dict(), folder / name)
        state = torch.load(folder / name, weights_only=True)
        modules[name] = detect(state).build(state)
    return modules


@pytest.fixture(scope="session")
def small_inpainter(rebuilt):
    """Return a function that makes a network's inpainter with the small modules."""
    kinds = {"gmcnn": GMCNNInpainter, "edgeconnect": EdgeConnectInpainter}

    def make(network, compute=None):
        own = {name: module for name, module in rebuilt.items() if name.startswith(network)}
        return kinds[network](compute or Compute(), own)

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
